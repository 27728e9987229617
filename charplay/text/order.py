"""The order in which examples come: a pure function of seed, epoch and place."""

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Order = Callable[[int], NDArray[np.int64]]

_ROUNDS = 6


def shuffled_orders(count: int, seed: int) -> Order:
    """For each epoch an order of `count` examples of its own, by counter-based draws."""

    @lru_cache(maxsize=1)
    def order(epoch: int) -> NDArray[np.int64]:
        return np.random.Generator(_draws(seed, epoch)).permutation(count)

    return order


def course_order(count: int) -> Order:
    """The published exercise's one shuffle: the legacy generator, seed 0, on a Python list."""
    examples = list(range(count))
    np.random.RandomState(0).shuffle(examples)
    once = np.array(examples)
    return lambda epoch: once


class ComputedPermutation:
    """An order of `count` examples that is nowhere written down: each place is computed.

    A Feistel network over pairs of numbers below `side`, walked on from where it leaves the count
    (Black & Rogaway 2002, "Ciphers with arbitrary finite domains").
    """

    def __init__(self, count: int, seed: int, epoch: int) -> None:
        self._count = count
        self._side = np.uint64(math.isqrt(count - 1) + 1)
        self._keys = _draws(seed, epoch).random_raw(_ROUNDS)

    def __getitem__(self, places: slice) -> NDArray[np.int64]:
        found = self._exchanged(np.arange(*places.indices(self._count), dtype=np.uint64))
        while (beyond := found >= self._count).any():
            found[beyond] = self._exchanged(found[beyond])
        return found.astype(np.int64)

    def _exchanged(self, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
        """Each number below side² for another of them, one for one."""
        left, right = np.divmod(numbers, self._side)
        for key in self._keys:
            left, right = right, (left + _mixed(right ^ key) % self._side) % self._side
        return left * self._side + right


def computed_orders(count: int, seed: int) -> Callable[[int], ComputedPermutation]:
    """For each epoch an order of its own, like `shuffled`, of any count in no memory."""
    return lambda epoch: ComputedPermutation(count, seed, epoch)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Bits of each well stirred: the finaliser of SplitMix64 (Steele, Lea & Flood 2014)."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    numbers = (numbers ^ (numbers >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return numbers ^ (numbers >> np.uint64(31))


def _draws(seed: int, epoch: int) -> np.random.Philox:
    return np.random.Philox(key=np.array([seed, epoch], np.uint64))
