"""Training of the NumPy network: one flat block of weights, lanes that share it, an optimiser.

A lane is a thread that takes some rows of a batch forward and backward, with gradients of its own;
the batch's gradients are their sum. Rows do not depend on each other, so lanes wait for each other
only once per update, and not only the matrix products but all of a cell's arithmetic runs in
parallel.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from charplay import (
    Array,
    ArrayBlock,
    Arrays,
    Backend,
    Batch,
    Learner,
    Model,
    Optimiser,
    Plan,
    one_blas_thread,
)
from charplay_numpy.averaging import Average
from charplay_numpy.dropout import Dropout, DroppedBatch
from charplay_numpy.former import current_learner
from charplay_numpy.lanes import count_lanes
from charplay_numpy.layers import LayerState
from charplay_numpy.network import Network
from charplay_numpy.weights import array_shapes

T = TypeVar("T")


class NumpyLearner(Learner):
    """A recurrent network in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        config = model.config
        self._weights = ArrayBlock(array_shapes(len(model.vocabulary), config), config.precision)
        self._weights.fill(model.arrays())
        lanes = count_lanes(plan.batch_size, self._weights["recurrent.0"].size)
        self._lanes = [
            Network(self._weights, len(model.vocabulary), config.cell, config.layers)
            for _ in range(lanes)
        ]
        self._threads = (
            ThreadPoolExecutor(lanes - 1, initializer=np.seterr, initargs=("ignore",))
            if lanes > 1
            else None
        )
        self._parts = _share_out(len(self._weights.flat), lanes)
        self._optimiser = Optimiser(self._weights, plan)
        self._dropout = Dropout(config, plan.seed)
        self._average = Average(self._weights, config.averaging) if config.averaging else None
        self._carried = [
            lane.zero_state(rows.stop - rows.start)
            for lane, rows in zip(self._lanes, _share_out(plan.batch_size, lanes), strict=True)
        ]
        self._backend, self._model, self._plan = backend, model, plan

    def update(self, batch: Batch, learning_rate: float) -> float:
        loss = self.gradient(batch)
        self._optimiser.begin(self._lanes[0].gradients.flat)
        if self._average:
            self._average.begin()
        self._run_lanes(lambda number: self._move_weights(self._parts[number], learning_rate))
        return loss

    def _move_weights(self, part: slice, rate: float) -> None:
        """Update a part of the weights."""
        self._optimiser.move(self._lanes[0].gradients.flat, rate, part)
        if self._average:
            self._average.take(self._weights.flat, part)

    def update_many(self, batches: Sequence[Batch], learning_rates: Sequence[float]) -> list[float]:
        # The trainer sees an explosion in the loss, so NumPy need not warn as well.
        with np.errstate(all="ignore"), one_blas_thread():
            return super().update_many(batches, learning_rates)

    def gradient(self, batch: Batch) -> float:
        """The loss of a batch; leaves its gradients in the first lane and carries the state on."""
        rows = len(batch.inputs)
        scale = batch.loss_scale(self._plan)
        dropped = self._dropout(batch.inputs)
        if len(self._lanes) == 1 or rows < len(self._lanes):
            return self._run_rows(0, dropped, batch, scale)
        shares = _share_out(rows, len(self._lanes))
        losses = self._run_lanes(
            lambda number: self._run_rows(
                number, dropped.rows(shares[number]), _some_rows(batch, shares[number]), scale
            )
        )
        first, *others = (lane.gradients.flat for lane in self._lanes)
        for other in others:
            self._run_lanes(lambda number: _add_part(first, other, self._parts[number]))  # noqa: B023
        return sum(losses)

    def _run_rows(self, number: int, dropped: DroppedBatch, batch: Batch, scale: float) -> float:
        """Take rows through a lane, forward and backward; their loss."""
        lane, targets, prior = self._lanes[number], batch.targets, batch.prior
        state = lane.zero_state(len(targets)) if batch.fresh else self._carried[number]
        forward = lane.forward(dropped.inputs.T, state, dropped.masks)
        if prior is not None:
            prior = prior.swapaxes(0, 1).reshape(forward.logits.shape)
        loss = lane.backward(forward, targets.T.ravel(), scale, prior)
        self._carried[number] = forward.final_state()
        return loss

    def _run_lanes(self, work: Callable[[int], T]) -> list[T]:
        """Run `work` with each lane's number in that lane's thread; this is the first lane's."""
        if self._threads is None:
            return [work(0)]
        others = [self._threads.submit(work, number) for number in range(1, len(self._lanes))]
        try:
            first = work(0)
        finally:
            # Also after an error: no lane may still be at work when the next update begins.
            wait(others)
        return [first, *(other.result() for other in others)]

    @property
    def gradients(self) -> dict[str, Array]:
        """Copies of the last gradients by the weights' names."""
        return self._lanes[0].gradients.copies()

    def model(self) -> Model:
        model, weights = self._model, self._weights
        if self._average:
            weights = weights.zeros_like()
            weights.flat[...] = self._average.value(self._weights.flat)
        return self._backend.load(model.vocabulary, model.kind, model.config, weights.copies())

    def arrays(self) -> Arrays:
        arrays: dict[str, NDArray[Any]] = dict(self._optimiser.arrays())
        arrays["dropout.update"] = np.array([self._dropout.update], np.int64)
        if self._average:
            arrays |= {**self._average.arrays(), **self._weights.copies("weights.")}
        return arrays | _join_states(self._lanes[0], self._carried)

    def restore(self, arrays: Arrays) -> None:
        arrays = current_learner(arrays, self._weights.shapes)
        self._optimiser.restore(arrays)
        self._dropout.update = int(arrays["dropout.update"][0])
        if self._average:
            self._average.restore(arrays)
            self._weights.fill(arrays, "weights.")
        self._carried = _split_states(self._lanes[0], arrays, len(self._lanes))


def _share_out(count: int, lanes: int) -> list[slice]:
    """Each lane's share of `count` things."""
    ends = [count * lane // lanes for lane in range(lanes + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _some_rows(batch: Batch, part: slice) -> Batch:
    """A batch with some of its rows."""
    prior = None if batch.prior is None else batch.prior[part]
    return batch._replace(inputs=batch.inputs[part], targets=batch.targets[part], prior=prior)


def _add_part(total: Array, more: Array, part: slice) -> None:
    total[part] += more[part]


def _carried_names(lane: Network) -> list[list[str]]:
    """What the carried arrays are called, layer by layer."""
    return [[f"carried.{name}" for name in layer.state_names] for layer in lane.layers]


def _join_states(lane: Network, carried: Sequence[Sequence[LayerState]]) -> dict[str, Array]:
    """The states of all lanes' rows, by name."""
    return {
        name: np.concatenate([states[layer][place] for states in carried])
        for layer, names in enumerate(_carried_names(lane))
        for place, name in enumerate(names)
    }


def _split_states(lane: Network, arrays: Arrays, lanes: int) -> list[list[LayerState]]:
    """Each lane's rows of the states that `_join_states` gave."""
    layers = _carried_names(lane)
    shares = _share_out(len(arrays[layers[0][0]]), lanes)
    return [
        [tuple(arrays[name][rows].copy() for name in names) for names in layers] for rows in shares
    ]
