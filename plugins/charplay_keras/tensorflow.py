"""Setting TensorFlow up, before anything imports it."""

import os
from contextlib import suppress

from charplay import blas_threads

_ERRORS_ONLY = "2"


def prepare() -> None:
    """Import TensorFlow quietly, as what Keras computes with, on as many threads as NumPy has."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", _ERRORS_ONLY)
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import tensorflow as tf

    # A process that computed with TensorFlow before has its threads already, and keeps them.
    with suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(blas_threads())
