"""Sampling: options and logits in, one uniform number in, a token out.

No generator has a state here. The draw for answer *i* (from 1) at position *t* (from 0) is the
*i*-th number of `Philox(key=(seed, t))` (Salmon et al. 2011), so an answer can be drawn again
alone, or among any number of others.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from charplay.generation.options import Sampling
from charplay.models.arrays import Array

Probabilities = NDArray[np.float64]
Tokens = NDArray[np.intp]

_WORDS_A_COUNTER = 4


def token_probabilities(logits: Array, sampling: Sampling) -> Probabilities:
    """Probabilities `(…, V)` that a token is drawn, after temperature and the cuts.

    The cuts apply in the order top-k, top-p (Holtzman et al. 2020), min-p (Nguyen et al. 2024),
    each to what the one before left. Temperature 0 puts all on the most probable token.
    """
    scores = np.asarray(logits, dtype=np.float64)
    if sampling.greedily:
        return _all_on(scores.argmax(axis=-1), scores.shape)
    scores = scores - scores.max(axis=-1, keepdims=True)
    # A temperature near 0 may send scores past the least float: to probability 0, as it should.
    with np.errstate(over="ignore"):
        chances: Probabilities = np.exp(scores / sampling.temperature)
    chances /= chances.sum(axis=-1, keepdims=True)
    if sampling.top_k is None and sampling.top_p is None and sampling.min_p is None:
        return chances
    return _cut(chances, sampling)


def _all_on(chosen: Tokens, shape: tuple[int, ...]) -> Probabilities:
    chances = np.zeros(shape)
    np.put_along_axis(chances, chosen[..., None], 1.0, axis=-1)
    return chances


def _cut(chances: Probabilities, sampling: Sampling) -> Probabilities:
    order = np.argsort(-chances, axis=-1, kind="stable")
    ranked = np.take_along_axis(chances, order, axis=-1)
    if sampling.top_k is not None:
        ranked[..., sampling.top_k :] = 0
    if sampling.top_p is not None:
        ranked /= ranked.sum(axis=-1, keepdims=True)
        before = np.cumsum(ranked, axis=-1) - ranked
        ranked[before >= sampling.top_p] = 0
    if sampling.min_p is not None:
        ranked[ranked < sampling.min_p * ranked[..., :1]] = 0
    kept = np.empty_like(chances)
    np.put_along_axis(kept, order, ranked, axis=-1)
    kept /= kept.sum(axis=-1, keepdims=True)
    return kept


def draw_tokens(chances: Probabilities, uniforms: NDArray[np.float64]) -> Tokens:
    """The token `(B,)` that each uniform number in [0, 1) picks from probabilities `(B, V)`.

    It is the first whose cumulative probability exceeds the number, as in `numpy.random.choice`.
    """
    cumulative = chances.cumsum(axis=-1)
    cumulative /= cumulative[..., -1:]
    tokens: Tokens = (cumulative <= uniforms[..., None]).sum(axis=-1)
    return tokens


def draws_of(sampling: Sampling, seed: int) -> "Philox | Course":
    """The draws of a seed, by the scheme that is asked for."""
    return Course() if sampling.seeding == "course" else Philox(seed)


@dataclass(frozen=True)
class Philox:
    """Draws by counter: uniforms of `count` answers from number `first`, at a position."""

    seed: int
    empty_answers: ClassVar[bool] = False

    def __call__(self, first: int, count: int, position: int) -> NDArray[np.float64]:
        blocks, skipped = divmod(first - 1, _WORDS_A_COUNTER)
        key = np.array([self.seed, position], np.uint64)
        bits = np.random.Philox(counter=blocks, key=key)
        return np.random.Generator(bits).random(skipped + count)[skipped:]


@dataclass(frozen=True)
class Course:
    """Draws of the published exercise: answer *i* at position *t* by `RandomState(i - 1 + 2 t)`.

    There the legacy generator is seeded anew with counter + seed before every character, and both
    then grow by one, as far as its 32 bits go, and from 0 again. An answer may be empty, as there.
    """

    seed: ClassVar[int] = 0
    empty_answers: ClassVar[bool] = True

    def __call__(self, first: int, count: int, position: int) -> NDArray[np.float64]:
        seeds: Any = range(first - 1 + 2 * position, first - 1 + 2 * position + count)
        return np.array([np.random.RandomState(seed % 2**32).random_sample() for seed in seeds])
