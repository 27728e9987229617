"""Networks of the backend `keras`, and Keras' own of the same weights."""

from importlib.util import find_spec

import numpy as np
import pytest

from charplay.options import build
from charplay.plan import Plan
from charplay.text.vocabulary import Vocabulary

LETTERS = Vocabulary("\n abcdefg")


@pytest.fixture(scope="session")
def installed():
    """That training is possible here; nothing is imported to find out."""
    if find_spec("tensorflow") is None or find_spec("keras") is None:
        pytest.skip("TensorFlow is not installed: pip install 'charplay[keras]'")


@pytest.fixture(scope="session")
def keras(installed):
    """Keras, imported as a learner imports it."""
    from charplay_keras.tensorflow import prepare_tensorflow

    prepare_tensorflow()
    import keras

    return keras


@pytest.fixture(scope="session")
def backend(registry):
    """The backend as it is found."""
    return registry.backends.find("keras")


@pytest.fixture
def make(backend):
    """Makes a small model by its network's options, every array of it other than at the start."""

    def made(kind="prose", vocabulary=LETTERS, spread=0.3, **config):
        rng = np.random.default_rng(7)
        config = build(backend.Config, {"hidden": 6, **config})
        model = backend.create(vocabulary, kind, config, rng)
        arrays = {
            name: array + rng.normal(0, spread, array.shape).astype(np.float32)
            for name, array in model.arrays().items()
        }
        return backend.load(vocabulary, kind, config, arrays)

    return made


@pytest.fixture
def learn(backend, keras):
    """Makes a learner of a model, by options of a plan."""

    def learner(model, **plan):
        return backend.learner(model, Plan(**{"cutting": "stream", "batch_size": 3, **plan}))

    return learner
