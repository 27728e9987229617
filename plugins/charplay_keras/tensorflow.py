"""How TensorFlow is set up, before anything imports it."""

import os
from contextlib import suppress

import charplay

_ERRORS_ONLY = "2"


def prepare_tensorflow() -> None:
    """Import TensorFlow as Keras' backend, quietly, with as many threads as NumPy has."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", _ERRORS_ONLY)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    # Imported here, after the variables above are set, which it reads when it is imported.
    import tensorflow as tf

    # A process that has computed with TensorFlow already keeps the threads that it has.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(charplay.blas_threads())
