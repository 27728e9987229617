"""Training of the NumPy network: one flat block of weights, lanes that share it, an optimiser.

A lane is a thread that takes some rows of a batch forward and back, with gradients of its own;
their sum is the batch's. Rows need nothing of each other, so lanes wait for each other once an
update only, and the cell's own arithmetic runs side by side like the matrix products.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from charplay import (
    Array,
    Arrays,
    Backend,
    Batch,
    Learner,
    Model,
    Plan,
    Tokens,
    blas_threads,
    one_blas_thread,
)
from charplay_numpy.dropout import Dropout, Dropped
from charplay_numpy.network import LayerState, Network
from charplay_numpy.optimiser import Average, clip, optimiser
from charplay_numpy.weights import Block, shapes

T = TypeVar("T")

# A lane pays where a step has work enough: rows times recurrent weights, each lane's share.
_WORK_A_LANE = 500_000
_ROWS_A_LANE = 8


class NumpyLearner(Learner):
    """A recurrent network in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        config = model.config
        # The network's own order, not the file's: what the optimiser remembers lies in it.
        self._weights = Block(shapes(len(model.vocabulary), config), config.precision)
        self._weights.fill(model.arrays())
        lanes = _lanes(plan.batch_size, self._weights["recurrent"].size)
        self._lanes = [
            Network(self._weights, len(model.vocabulary), config.cell, config.layers)
            for _ in range(lanes)
        ]
        self._threads = (
            ThreadPoolExecutor(lanes - 1, initializer=np.seterr, initargs=("ignore",))
            if lanes > 1
            else None
        )
        self._parts = _shares(len(self._weights.flat), lanes)
        self._optimiser = optimiser(plan, self._weights.flat)
        self._dropout = Dropout(config, plan.seed)
        self._average = Average(self._weights.flat, config.averaging) if config.averaging else None
        self._carried = [
            lane.zero_state(rows.stop - rows.start)
            for lane, rows in zip(self._lanes, _shares(plan.batch_size, lanes), strict=True)
        ]
        self._backend, self._model, self._plan = backend, model, plan
        self._summed = plan.reduction == "sum"

    def update(self, batch: Batch, learning_rate: float) -> float:
        loss = self.gradient(batch)
        clip(self._lanes[0].gradients.flat, self._plan)
        self._optimiser.begin()
        if self._average:
            self._average.begin()
        self._each(lambda number: self._step(self._parts[number], learning_rate))
        return loss

    def _step(self, part: slice, rate: float) -> None:
        """Move a part of the weights."""
        weights = self._weights.flat
        if self._plan.weight_decay:
            # Apart from the gradient, so that Adam does not scale it (Loshchilov & Hutter 2019).
            weights[part] *= 1 - rate * self._plan.weight_decay
        self._optimiser.step(weights, self._lanes[0].gradients.flat, rate, part)
        if self._average:
            self._average.take(weights, part)

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        # An explosion shows in the loss, which the trainer watches; NumPy need not warn as well.
        with np.errstate(all="ignore"), one_blas_thread():
            return super().update_many(batches, learning_rates)

    def gradient(self, batch: Batch) -> float:
        """The loss of a batch, its gradients left in the first lane, the state carried on."""
        rows = len(batch.inputs)
        scale = rows if self._summed else batch.characters
        dropped = self._dropout(batch.inputs)
        if len(self._lanes) == 1 or rows < len(self._lanes):
            return self._through(0, dropped, batch.targets, batch.fresh, scale)
        shares = _shares(rows, len(self._lanes))
        losses = self._each(
            lambda number: self._through(
                number, dropped.rows(shares[number]), batch.targets[shares[number]],
                batch.fresh, scale,
            )
        )  # fmt: skip
        first, *others = (lane.gradients.flat for lane in self._lanes)
        for other in others:
            self._each(lambda number: _add(first, other, self._parts[number]))  # noqa: B023
        return sum(losses)

    def _through(
        self, number: int, dropped: Dropped, targets: Tokens, fresh: bool, scale: float
    ) -> float:
        """Take rows through a lane, forward and back."""
        lane = self._lanes[number]
        state = lane.zero_state(len(targets)) if fresh else self._carried[number]
        logits = lane.forward(dropped.inputs.T, state, dropped.masks)
        loss = lane.loss(logits, targets.T.ravel(), scale)
        lane.backward(logits)
        self._carried[number] = lane.last_state()
        return loss

    def _each(self, work: Callable[[int], T]) -> list[T]:
        """Do something in every lane, the first being this thread."""
        if self._threads is None:
            return [work(0)]
        others = [self._threads.submit(work, number) for number in range(1, len(self._lanes))]
        try:
            first = work(0)
        finally:
            # Whatever went wrong here, no lane may still be at work when the next begins.
            wait(others)
        return [first, *(other.result() for other in others)]

    @property
    def gradients(self) -> dict[str, Array]:
        """Copies of the last gradients by the weights' names."""
        return self._lanes[0].gradients.copies()

    def model(self) -> Model:
        model, weights = self._model, self._weights
        if self._average:
            weights = weights.like()
            weights.flat[...] = self._average.of(self._weights.flat)
        return self._backend.load(model.vocabulary, model.kind, model.config, weights.copies())

    def arrays(self) -> Arrays:
        arrays: dict[str, NDArray[Any]] = dict(self._optimiser.arrays())
        arrays["dropout.update"] = np.array([self._dropout.update], np.int64)
        if self._average:
            arrays |= {**self._average.arrays(), "weights": self._weights.flat.copy()}
        return arrays | _named(self._lanes[0], self._carried)

    def restore(self, arrays: Arrays) -> None:
        self._optimiser.restore(arrays)
        self._dropout.update = int(arrays["dropout.update"][0])
        if self._average:
            self._average.restore(arrays)
            self._weights.flat[...] = arrays["weights"]
        self._carried = _parted(self._lanes[0], arrays, len(self._lanes))


def _lanes(rows: int, recurrent: int) -> int:
    """How many lanes are worth while."""
    by_work = rows * recurrent // _WORK_A_LANE
    return max(1, min(blas_threads(), rows // _ROWS_A_LANE, by_work))


def _shares(count: int, lanes: int) -> list[slice]:
    """A count of things, shared out."""
    ends = [count * lane // lanes for lane in range(lanes + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _add(total: Array, more: Array, part: slice) -> None:
    total[part] += more[part]


def _names(lane: Network) -> list[list[str]]:
    """What the carried arrays are called, layer by layer."""
    return [
        [f"carried.{name}.{number}" for name in layer.state_names]
        for number, layer in enumerate(lane.layers)
    ]


def _named(lane: Network, carried: Sequence[Sequence[LayerState]]) -> dict[str, Array]:
    """The states of all lanes' rows, by name."""
    return {
        name: np.concatenate([state[number][kind] for state in carried])
        for number, names in enumerate(_names(lane))
        for kind, name in enumerate(names)
    }


def _parted(lane: Network, arrays: Arrays, lanes: int) -> list[list[LayerState]]:
    """Each lane's rows of the states that `_named` gave."""
    names = _names(lane)
    shares = _shares(len(arrays[names[0][0]]), lanes)
    return [
        [tuple(arrays[name][rows].copy() for name in of_layer) for of_layer in names]
        for rows in shares
    ]
