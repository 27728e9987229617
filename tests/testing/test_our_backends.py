"""Our own backends are held to the classes that plugin authors use."""

from importlib.util import find_spec
from typing import ClassVar

import pytest

from charplay.testing import BackendContract, FakeBackend, ModelContract
from charplay_keras.backend import KerasBackend
from charplay_mix.backend import MixBackend
from charplay_mix.mixer import LogLinearMixer
from charplay_ngram.backend import NgramBackend
from charplay_numpy.backend import NumpyBackend

PARTS = {"numpy": NumpyBackend(), "ngram": NgramBackend()}
KEEPS_COUNTS = 0.2  # what is left for characters never seen is shared with the new ones


class TestFake(BackendContract):
    backend = FakeBackend()


class TestNumpy(BackendContract):
    backend = NumpyBackend()
    config: ClassVar = {"hidden": 8}


class TestNumpyWithAllItsOptions(BackendContract):
    backend = NumpyBackend()
    config: ClassVar = {
        "cell": "lstm", "layers": 2, "hidden": 6, "embedding": 4, "dropout": 0.2,
        "recurrent_dropout": 0.1, "input_dropout": 0.1, "averaging": 0.9,
    }  # fmt: skip
    kinds = ("names",)


class TestNgram(BackendContract):
    backend = NgramBackend()
    grown_closeness = KEEPS_COUNTS


class TestKerasModels(ModelContract):
    """Which need no TensorFlow."""

    backend = KerasBackend()
    config: ClassVar = {"cell": "gru", "layers": 2, "hidden": 6, "embedding": 4}


class TestKerasWindows(ModelContract):
    backend = KerasBackend()
    config: ClassVar = {"cell": "unrolled", "hidden": 6, "window": 3}
    kinds = ("prose",)


@pytest.mark.slow
@pytest.mark.skipif(find_spec("tensorflow") is None, reason="TensorFlow is not installed")
class TestKeras(BackendContract):
    """Each learner is compiled, which takes two seconds."""

    backend = KerasBackend()
    config: ClassVar = {"cell": "gru", "hidden": 6}
    kinds = ("names",)


class TestMix(ModelContract):
    backend = MixBackend(PARTS.__getitem__)

    def create_model(self, kind):
        """A network and an n-gram that has read a little."""
        network, counting = TestNumpy(), TestNgram()
        parts = [(each.backend, each.make_model(kind)) for each in (network, counting)]
        return LogLinearMixer(None).mix(parts, [0.6, 0.5])
