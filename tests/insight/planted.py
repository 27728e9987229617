"""A network made by hand: a unit counts, one tracks quotes, one knows where a line ends."""

import numpy as np

from charplay.text.corpus import Prose
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig

BACKEND = NumpyBackend()
COUNTS, QUOTES, ENDS = 3, 5, 9
HIDDEN = 16
CONFIG = NumpyConfig(cell="lstm", hidden=HIDDEN)
LINE = 40
_WORDS = ("the", "sea", "of", "a", "cold", "moon", "Under", "every", "Old", "road", "Nothing")
_STEP, _SURE, _NEAR = 0.02, 12.0, 5
_I, _F, _G, _O = range(4)


def planted_text(lines, seed=1):
    """Lines of 40 characters; some words of some lines are in quotes."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(lines):
        words = list(rng.choice(_WORDS, 12))
        first = int(rng.integers(0, 3))
        words[first] = f'"{words[first]}'
        words[first + int(rng.integers(0, 3))] += '"'
        made.append(" ".join(words)[:LINE].ljust(LINE, "e") + "\n")
    return "".join(made)


def prose_of(text):
    return Prose.of(text, "planted", "")


def random_network(vocabulary, seed, config=CONFIG, kind="prose", gain=1.0):
    """A network of random weights, `gain` times as large as first weights are."""
    model = BACKEND.create(vocabulary, kind, config, np.random.default_rng(seed))
    arrays = {name: array * np.float32(gain) for name, array in model.arrays().items()}
    return BACKEND.load(vocabulary, kind, config, arrays)


def planted_network(vocabulary, seed=7):
    """A random network in which three units were made by hand."""
    arrays = {n: a.copy() for n, a in random_network(vocabulary, seed).arrays().items()}
    given = {name: arrays[f"{name}.0"] for name in ("input", "recurrent", "bias")}

    def column(gate, unit):
        return gate * HIDDEN + unit

    for unit in (COUNTS, QUOTES, ENDS):
        given["recurrent"][unit] = 0  # the others are not to follow it
        for gate, bias in ((_I, -_SURE), (_F, _SURE), (_G, 0.0), (_O, _SURE)):
            for array in given.values():
                array[..., column(gate, unit)] = 0
            given["bias"][column(gate, unit)] = bias
    newline, quote = vocabulary.index["\n"], vocabulary.index['"']
    # c' = c + a little; nothing is kept of the line before.
    given["bias"][column(_I, COUNTS)] = _SURE
    given["bias"][column(_G, COUNTS)] = _STEP
    given["input"][newline, column(_F, COUNTS)] = -2 * _SURE
    # At a quote c' becomes the opposite of what it was; at first it is 0, and becomes 1.
    given["input"][quote, column(_I, QUOTES)] = 2 * _SURE
    given["input"][quote, column(_F, QUOTES)] = -2 * _SURE
    given["bias"][column(_G, QUOTES)] = 3
    given["recurrent"][QUOTES, column(_G, QUOTES)] = -8
    # Lets something in when the count is near the length of a line.
    near = np.tanh(_STEP * (LINE - _NEAR))
    given["bias"][column(_I, ENDS)] = -1000 * near
    given["recurrent"][COUNTS, column(_I, ENDS)] = 1000
    given["bias"][column(_G, ENDS)] = 3
    given["input"][newline, column(_F, ENDS)] = -2 * _SURE
    return BACKEND.load(vocabulary, "prose", CONFIG, arrays)
