"""Sampling: from logits, options and one uniform number to a token.

No random generator keeps a state here. The draw for answer *i* (from 1) at position *t* (from 0) is
the *i*-th number of `Philox(key=(seed, t))` (Salmon et al. 2011), so an answer can be drawn again
alone, or among any number of others.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from charplay.generation.options import Sampling
from charplay.models.arrays import Array

Probabilities = NDArray[np.float64]
Indices = NDArray[np.intp]

# Philox gives four numbers for each value of its counter.
_NUMBERS_PER_COUNTER = 4


def token_probabilities(logits: Array, sampling: Sampling) -> Probabilities:
    """The probability of each token, float64 `(…, V)`, from logits `(…, V)`.

    Temperature comes first, then the cuts top-k, top-p (Holtzman et al. 2020) and min-p (Nguyen et
    al. 2024), each on what the one before left. Temperature 0 gives the most probable token all.
    """
    scores = np.asarray(logits, dtype=np.float64)
    if sampling.is_greedy:
        return _one_hot(scores.argmax(axis=-1), scores.shape)
    scores = scores - scores.max(axis=-1, keepdims=True)
    # With a temperature near 0 a score may overflow to -inf: probability 0, as it should be.
    with np.errstate(over="ignore"):
        probabilities: Probabilities = np.exp(scores / sampling.temperature)
    probabilities /= probabilities.sum(axis=-1, keepdims=True)
    if sampling.top_k is None and sampling.top_p is None and sampling.min_p is None:
        return probabilities
    return _cut_unlikely(probabilities, sampling)


def _one_hot(tokens: Indices, shape: tuple[int, ...]) -> Probabilities:
    probabilities = np.zeros(shape)
    np.put_along_axis(probabilities, tokens[..., None], 1.0, axis=-1)
    return probabilities


def _cut_unlikely(probabilities: Probabilities, sampling: Sampling) -> Probabilities:
    """Probabilities after top-k, top-p and min-p, those left scaled to a sum of 1."""
    order = np.argsort(-probabilities, kind="stable")
    ranked = np.take_along_axis(probabilities, order, axis=-1)
    if sampling.top_k is not None:
        ranked[..., sampling.top_k :] = 0
    if sampling.top_p is not None:
        ranked /= ranked.sum(axis=-1, keepdims=True)
        before = np.cumsum(ranked, axis=-1) - ranked
        ranked[before >= sampling.top_p] = 0
    if sampling.min_p is not None:
        ranked[ranked < sampling.min_p * ranked[..., :1]] = 0
    left = np.empty_like(probabilities)
    np.put_along_axis(left, order, ranked, axis=-1)
    left /= left.sum(axis=-1, keepdims=True)
    return left


def draw_tokens(probabilities: Probabilities, uniforms: NDArray[np.float64]) -> Indices:
    """The tokens `(B,)` that uniform numbers `(B,)` in [0, 1) pick from probabilities `(B, V)`.

    Each is the first token whose cumulative probability exceeds its number, as in
    `numpy.random.choice`.
    """
    cumulative = probabilities.cumsum(axis=-1)
    cumulative /= cumulative[..., -1:]
    tokens: Indices = (cumulative <= uniforms[..., None]).sum(axis=-1)
    return tokens


def draws_of(sampling: Sampling, seed: int) -> "Philox | Course":
    """The draws of a seed, by the random scheme that the options choose."""
    return Course() if sampling.seeding == "course" else Philox(seed)


@dataclass(frozen=True)
class Philox:
    """Draws by counter.

    A call gives the uniform numbers in [0, 1), float64 `(count,)`, of the answers from number
    `first` on, at one position.
    """

    seed: int
    empty_answers: ClassVar[bool] = False

    def __call__(self, first: int, count: int, position: int) -> NDArray[np.float64]:
        blocks, skipped = divmod(first - 1, _NUMBERS_PER_COUNTER)
        key = np.array([self.seed, position], np.uint64)
        bits = np.random.Philox(counter=blocks, key=key)
        return np.random.Generator(bits).random(skipped + count)[skipped:]


@dataclass(frozen=True)
class Course:
    """Draws of the published exercise: answer *i* at position *t* by `RandomState(i - 1 + 2 t)`.

    The exercise seeds NumPy's legacy generator with counter + seed before every character, and then
    adds 1 to both. That generator takes 32 bits, so seeds start again from 0 after the largest.
    An answer may be empty, as in the exercise.
    """

    seed: ClassVar[int] = 0
    empty_answers: ClassVar[bool] = True

    def __call__(self, first: int, count: int, position: int) -> NDArray[np.float64]:
        seeds: Any = range(first - 1 + 2 * position, first - 1 + 2 * position + count)
        return np.array([np.random.RandomState(seed % 2**32).random_sample() for seed in seeds])
