"""Training by counting: a learner keeps what it has read, and counts it when a model is wanted."""

import numpy as np

from charplay import (
    NO_TOKEN,
    Arrays,
    Backend,
    Batch,
    KneserNey,
    Learner,
    Model,
    Plan,
    ReadText,
    giving_up,
)
from charplay_ngram.config import HIGHEST_CHOSEN
from charplay_ngram.model import NgramModel
from charplay_ngram.orders import choose_order

# The loss of an update is a shorter n-gram's on its first characters, so that it costs little.
_MEASURED_ORDER = 5
_MEASURED_CHARACTERS = 512
_MEASURED_TEXT = 1 << 20


class NgramLearner(Learner):
    """Everything read so far, laid out for counting.

    The loss of an update is that of an n-gram of the first part of what was read before: after each
    doubling, up to a million characters, that part is all there is. What a model has counted is
    read before all else, and its order stays.
    """

    def __init__(self, backend: Backend, model: NgramModel, plan: Plan) -> None:
        self._backend, self._model, self._plan = backend, model, plan
        self._size = len(model.vocabulary)
        self._symbols: list[np.ndarray] = []
        self._targets: list[np.ndarray] = []
        self._counted: Model | None = None
        before = model.counted.text()
        # How often each of the first positions counts, and their order; 0 where any may be chosen.
        self._counts: np.ndarray = np.zeros(0, np.uint32)
        self._fixed_order = 0
        if before is not None and before.counts is not None:
            self._symbols, self._targets = [before.symbols], [before.targets]
            self._counts, self._fixed_order = before.counts, before.order
        self._read = len(self._counts)
        self._carried = np.zeros((0, self._gap), np.int32)
        self._measure_with(min(self._read, _MEASURED_TEXT))

    @property
    def _order(self) -> int:
        return self._fixed_order or self._model.config.order or HIGHEST_CHOSEN

    @property
    def _gap(self) -> int:
        return max(self._order - 1, 1)

    def update(self, batch: Batch, learning_rate: float) -> float:
        symbols, targets = self._lay_out(batch)
        loss = self._loss_of(symbols, targets)
        self._symbols.append(symbols)
        self._targets.append(targets)
        self._read += len(symbols)
        self._counted = None
        if 2 * self._measured <= self._read and self._measured < _MEASURED_TEXT:
            self._measure_with(self._read)
        return loss * (batch.characters / batch.loss_scale(self._plan))

    def _lay_out(self, batch: Batch) -> tuple[np.ndarray, np.ndarray]:
        """The batch's rows one after the other, each behind what was read before it."""
        rows, kind = len(batch.inputs), np.min_scalar_type(self._size)
        before = self._carried
        if batch.fresh or len(before) != rows:
            before = np.full((rows, self._gap), NO_TOKEN, np.int32)
        symbols = np.concatenate([before, batch.inputs], axis=1) + 1
        targets = np.concatenate([np.zeros_like(before), batch.targets + 1], axis=1)
        self._carried = symbols[:, -self._gap :] - 1
        return symbols.astype(kind).ravel(), targets.astype(kind).ravel()

    def _loss_of(self, symbols: np.ndarray, targets: np.ndarray) -> float:
        """The mean loss of the first characters of a batch, before they are counted."""
        first = slice(_MEASURED_CHARACTERS)
        text = ReadText(symbols[first], targets[first], self._measured_order)
        return float(-np.log(self._measure.target_probabilities(text)).mean())

    def _measure_with(self, length: int) -> None:
        """From now on measure losses with the n-gram of so many first positions."""
        self._measured = length
        self._measure = KneserNey.of_text(self._text(self._measured_order, length), self._size)

    @property
    def _measured_order(self) -> int:
        return min(self._order, _MEASURED_ORDER)

    def _text(self, order: int, length: int | None = None) -> ReadText:
        """What was read, or its first positions."""
        symbols, targets = (
            _join_parts(parts, self._size) for parts in (self._symbols, self._targets)
        )
        if not len(self._counts):
            return ReadText(symbols[:length], targets[:length], order)
        counts = np.ones(len(symbols), np.uint32)
        counts[: len(self._counts)] = self._counts
        return ReadText(symbols[:length], targets[:length], order, counts[:length])

    def model(self) -> Model:
        if self._counted is None:
            self._counted = self._count()
        return self._counted

    def _count(self) -> Model:
        """The model of all that was read; of its first part, if counting the rest is given up."""
        model, counted = self._model, self._measure
        with giving_up():
            counted = self._count_all()
        return self._backend.load(model.vocabulary, model.kind, model.config, counted.arrays())

    def _count_all(self) -> KneserNey:
        config, kind = self._model.config, self._model.kind
        order = self._fixed_order or config.order
        order = order or choose_order(self._text(self._order), kind, self._size)
        return KneserNey.of_text(self._text(order), self._size, config.most)

    def arrays(self) -> Arrays:
        text = self._text(self._order)
        arrays = {
            "symbols": text.symbols.copy(),
            "targets": text.targets.copy(),
            "carried": self._carried.copy(),
            "measured": np.array([self._measured]),
        }
        if self._fixed_order:
            arrays["counts"] = self._counts.copy()
            arrays["fixed_order"] = np.array([self._fixed_order])
        return arrays

    def restore(self, arrays: Arrays) -> None:
        self._symbols, self._targets = [arrays["symbols"]], [arrays["targets"]]
        self._read, self._carried = len(arrays["symbols"]), arrays["carried"]
        self._counts = arrays.get("counts", np.zeros(0, np.uint32))
        self._fixed_order = int(arrays.get("fixed_order", np.zeros(1))[0])
        self._counted = None
        self._measure_with(int(arrays["measured"][0]))


def _join_parts(parts: list[np.ndarray], vocabulary_size: int) -> np.ndarray:
    """The parts as one array, which takes their place."""
    nothing = np.zeros(0, np.min_scalar_type(vocabulary_size))
    parts[:] = [np.concatenate([nothing, *parts])]
    return parts[0]
