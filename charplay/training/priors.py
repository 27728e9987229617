"""What counting says of a text that another model learns to correct.

A counted model is far too sure of what it has read, so each fifth of a text is judged by a model of
the other four (cross-fitting: Stone 1974), and the inner part, which no model has read, by the
model of all the training text.

A network that is told all of these logits learns only what they lack; one that is told a part of
them adds more to a mix in the end.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from charplay.models.contract import Model
from charplay.text.batching import Batch, Batches, ProseBatches, token_table
from charplay.text.corpus import Corpus, Prose
from charplay.training.texts import RunTexts

_FOLDS = 5
_SEGMENT = 1024
# More than a counted model looks back.
_READ_BEFORE = 32
# Segments beyond this are forgotten, and judged again when they are read again.
_MOST_BYTES = 1 << 30

_Judged = NDArray[np.float16]


class CountedPrior:
    """A share of the logits of counted models at each place of a run's texts, its own called "".

    texts: prose; count: the counted model of other texts of the same names; whole: that of all the
    training text.
    """

    def __init__(
        self,
        texts: RunTexts,
        count: Callable[[Mapping[str, Corpus]], Model],
        whole: Model,
        share: float,
    ) -> None:
        # A list is learned without a prior; see `check_parts`.
        others = {name: cast(Prose, text) for name, text in texts.others.items()}
        known = {"": cast(Prose, texts.known), **others}
        inner = {"": texts.inner.characters}
        self._texts = {name: _FoldedText(text, inner.get(name, 0)) for name, text in known.items()}
        self._count, self._whole, self._share = count, whole, share
        self._models: dict[int, Model] = {}
        self._judged: dict[tuple[str, int], _Judged] = {}
        self._bytes = 0

    def judge_all(self, stop_asked: Callable[[], bool]) -> None:
        """Judge all texts now, so that no update has to wait for it, or until asked to stop."""
        for name, text in self._texts.items():
            for segment in text.segments():
                if stop_asked() or self._bytes > _MOST_BYTES:
                    return
                self._judge(name, segment)
        self._models.clear()

    def joined(self, batches: ProseBatches, name: str, first: int) -> Batches:
        """The batches of a text, each with its prior; first: where their text begins in that."""
        return _BatchesWithPrior(batches, lambda places: self._at(name, places + first))

    def _at(self, name: str, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The share of the logits `(B, T, V)` at places `(B, T)`."""
        text = self._texts[name]
        logits = np.empty((*places.shape, len(self._whole.vocabulary)), np.float32)
        segments = text.segment_of(places)
        for segment in np.unique(segments).tolist():
            chosen = segments == segment
            logits[chosen] = self._judge(name, segment)[places[chosen] - text.span(segment)[0]]
        logits *= self._share
        return logits

    def _judge(self, name: str, segment: int) -> _Judged:
        """The logits `(T, V)` of a segment."""
        known = self._judged.get((name, segment))
        if known is not None:
            return known
        text = self._texts[name]
        fold = text.fold_of(segment)
        judged = text.judge(segment, self._whole if fold is None else self._model(fold))
        if self._bytes > _MOST_BYTES:
            self._bytes -= self._judged.pop(next(iter(self._judged))).nbytes
        self._judged[name, segment] = judged
        self._bytes += judged.nbytes
        return judged

    def _model(self, fold: int) -> Model:
        """The model of all training text but a fold."""
        if fold not in self._models:
            texts = {name: text.without(fold) for name, text in self._texts.items()}
            self._models[fold] = self._count(texts)
        return self._models[fold]


class _FoldedText:
    """A text in segments, which count from 0 after its inner part; each fold is some of them.

    Those of the inner part have numbers below 0 and are in no fold.
    """

    def __init__(self, text: Prose, inner: int) -> None:
        self._text, self._inner = text, inner
        self._count = -(-(text.characters - inner) // _SEGMENT)

    def segments(self) -> range:
        """All segments."""
        return range(-self._inner // _SEGMENT, self._count)

    def segment_of(self, places: NDArray[np.int64]) -> NDArray[np.int64]:
        """The segment that each place is in."""
        return (places - self._inner) // _SEGMENT

    def span(self, segment: int) -> tuple[int, int]:
        """(begin, end) of a segment in the text."""
        begin = self._inner + segment * _SEGMENT
        return max(0, begin), min(begin + _SEGMENT, self._text.characters)

    def fold_of(self, segment: int) -> int | None:
        """The fold that a segment is in."""
        return None if segment < 0 else segment * _FOLDS // self._count

    def without(self, fold: int) -> Prose:
        """The training text without a fold."""
        segments = [number for number in range(self._count) if self.fold_of(number) == fold]
        begin, end = self.span(segments[0])[0], self.span(segments[-1])[1]
        tokens = self._text.tokens
        return replace(
            self._text, tokens=np.concatenate([tokens[self._inner : begin], tokens[end:]])
        )

    def judge(self, segment: int, model: Model) -> _Judged:
        """The logits `(T, V)` of a model at each place of a segment."""
        begin, end = self.span(segment)
        start = max(0, begin - 1 - _READ_BEFORE)
        table = token_table(self._text, model.vocabulary)
        read = table[self._text.tokens[start : end - 1]]
        judged = np.zeros((end - begin, len(model.vocabulary)), np.float16)
        logits, _ = model.advance(model.initial_state(1), read[None])
        # Nothing foretells the first character of a text, and no update asks for it.
        told = logits[0, -(end - begin) :]
        judged[len(judged) - len(told) :] = told
        return judged


class _BatchesWithPrior:
    """Batches that have a prior added."""

    def __init__(
        self,
        batches: ProseBatches,
        prior: Callable[[NDArray[np.int64]], NDArray[np.float32]],
    ) -> None:
        self._batches, self._prior = batches, prior
        self.per_epoch = batches.per_epoch

    def batch(self, k: int) -> Batch:
        return self._batches.batch(k)._replace(prior=self._prior(self._batches.places(k)))
