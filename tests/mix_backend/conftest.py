"""Small models to mix, and a corpus that they are made for."""

import numpy as np
import pytest

from charplay.text.corpus import NameList
from charplay.text.vocabulary import Vocabulary
from charplay_mix.mixer import LogLinearMixer
from charplay_numpy.config import NumpyConfig
from tests.conftest import installed_plugins

REGISTRY = installed_plugins()
LETTERS = Vocabulary.of("abcdefgh\n")
SYLLABLES = ("ab", "ac", "eb", "ed", "hag", "heg", "faf", "dab")


@pytest.fixture(scope="session")
def find():
    """The backend of a name."""
    return REGISTRY.backends.find


@pytest.fixture(scope="session")
def names():
    """A hundred names of two or three syllables."""
    rng = np.random.default_rng(3)
    made = ("".join(rng.choice(SYLLABLES, rng.integers(2, 4))) for _ in range(100))
    return NameList(tuple(made), "syllables", "")


@pytest.fixture(scope="session")
def network(find):
    """Makes a network with first weights by a seed, which draw far from evenly."""

    def make(seed, vocabulary=LETTERS, kind="names", **options):
        backend = find("numpy")
        rng = np.random.default_rng(seed)
        config = NumpyConfig(**{"hidden": 8, "cell": "lstm", **options})
        model = backend.create(vocabulary, kind, config, rng)
        louder = {name: array * 4 for name, array in model.arrays().items()}
        return backend.load(vocabulary, kind, config, louder)

    return make


@pytest.fixture(scope="session")
def counted(find, names):
    """An n-gram of the names."""
    from charplay.models.counting import KneserNey, counted_texts
    from charplay_ngram.config import NgramConfig

    vocabulary = LETTERS
    arrays = KneserNey.count(counted_texts(names, vocabulary), 4, len(vocabulary)).arrays()
    return find("ngram").load(vocabulary, "names", NgramConfig(order=4), arrays)


@pytest.fixture
def mix(find, network, counted):
    """A mix of a network and an n-gram."""
    parts = [(find("numpy"), network(1)), (find("ngram"), counted)]
    return LogLinearMixer(None).mix(parts, [0.7, 0.45])
