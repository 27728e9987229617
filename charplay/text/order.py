"""The order of examples: a pure function of seed and epoch."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Order = Callable[[int], NDArray[np.int64]]

_ROUNDS = 6


def shuffled_orders(count: int, seed: int) -> Order:
    """For each epoch a random order of `count` examples, by counter-based draws."""

    @lru_cache(maxsize=1)
    def order(epoch: int) -> NDArray[np.int64]:
        return np.random.Generator(_epoch_draws(seed, epoch)).permutation(count)

    return order


def course_order(count: int) -> Order:
    """The published exercise's order of every epoch: NumPy's legacy generator with seed 0."""
    examples = list(range(count))
    np.random.RandomState(0).shuffle(examples)
    once = np.array(examples)
    return lambda epoch: once


class ComputedPermutation:
    """A permutation of `count` numbers, computed on demand: a slice of it gives int64 numbers.

    A Feistel network permutes the pairs of numbers below `side`, and is applied again to a result
    of `count` or more (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
    """

    def __init__(self, count: int, seed: int, epoch: int) -> None:
        self._count = count
        self._side = np.uint64(math.isqrt(count - 1) + 1)
        self._keys = _epoch_draws(seed, epoch).random_raw(_ROUNDS)

    def __getitem__(self, places: slice) -> NDArray[np.int64]:
        numbers = self._encrypt(np.arange(*places.indices(self._count), dtype=np.uint64))
        while (beyond := numbers >= self._count).any():
            numbers[beyond] = self._encrypt(numbers[beyond])
        return numbers.astype(np.int64)

    def _encrypt(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Each number below side² as another one, no two as the same."""
        left, right = np.divmod(numbers, self._side)
        for key in self._keys:
            left, right = right, (left + _mix_bits(right ^ key) % self._side) % self._side
        return left * self._side + right


def computed_orders(count: int, seed: int) -> Callable[[int], ComputedPermutation]:
    """For each epoch a random order, as `shuffled_orders`, but without memory for the numbers."""
    return lambda epoch: ComputedPermutation(count, seed, epoch)


def _mix_bits(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """The bits of each number mixed by the finaliser of SplitMix64 (Steele, Lea & Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _epoch_draws(seed: int, epoch: int) -> np.random.Philox:
    return np.random.Philox(key=np.array([seed, epoch], np.uint64))
