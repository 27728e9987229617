"""Which of several models finds a text least surprising (Bayes' rule over models as classes).

p(class | text) ∝ p(class) · p(text | class), where p(text | class) is what the model of the class
gives the whole text: of a name, with its end. To be compared, the models share one alphabet: that
of all of them together. What a model lacks of it has the probability 0.001, shared out evenly; the
others have 0.999 of what the model says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from charplay.insight.units import known_tokens
from charplay.kind import Kind
from charplay.models.arrays import Array
from charplay.models.contract import Model
from charplay.text.corpus import Corpus, NameList, lines_of
from charplay.text.tokens import NO_TOKEN
from charplay.text.typed.admission import Admitted
from charplay.text.vocabulary import NEWLINE, Vocabulary

Numbers = NDArray[np.float64]

_MISSING_SHARE = 0.001
# Texts are read side by side, of similar length, with so many characters at once.
_ROWS, _CHARACTERS_AT_ONCE = 256, 1 << 15
_LONGEST_LINE = 1000


@dataclass(frozen=True)
class ClassShare:
    """A class with its probability; loss: its model's on the text, in nats per character."""

    model: str
    probability: float
    prior: float
    loss: float


@dataclass(frozen=True)
class Classified:
    """A text and the classes, the most probable first; text: as the models read it."""

    text: str
    classes: tuple[ClassShare, ...]
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class ConfusionCell:
    """How many held-out texts of a class were taken for another, or for itself."""

    actual: str
    guessed: str
    count: int


@dataclass(frozen=True)
class ClassTest:
    """How well models tell held-out texts apart.

    accuracy: the share taken for their own class; most_common: that of a guess that always says the
    class with the most texts.
    """

    classes: tuple[str, ...]
    texts: int
    accuracy: float
    most_common: float
    cells: tuple[ConfusionCell, ...]
    notices: tuple[str, ...] = ()

    def count(self, actual: str, guessed: str) -> int:
        """How many texts of a class were taken for another."""
        found = (c.count for c in self.cells if (c.actual, c.guessed) == (actual, guessed))
        return next(found, 0)

    def total(self, actual: str) -> int:
        """How many texts of a class there are."""
        return sum(cell.count for cell in self.cells if cell.actual == actual)


class Classifier:
    """Models of one kind as classes, by their names, with priors that sum to 1."""

    def __init__(
        self, models: Mapping[str, Model], priors: Mapping[str, float] | None = None
    ) -> None:
        self.names = tuple(models)
        given = priors or dict.fromkeys(models, 1.0)
        total = sum(given[name] for name in models)
        self.priors = {name: given[name] / total for name in models}
        characters = "".join(model.vocabulary.characters for model in models.values())
        self._alphabet = Vocabulary.of(characters)
        self._readers = [_ClassReader(model, len(self._alphabet)) for model in models.values()]

    @property
    def kind(self) -> Kind:
        """The kind of the models."""
        return self._readers[0].kind

    def admit(self, text: str) -> Admitted:
        """A text in characters that some model knows."""
        return self._alphabet.admit(text)

    def losses(self, texts: Sequence[str]) -> Numbers:
        """The loss of each text under each model, `(texts, models)`, in nats in all.

        KeyError for a character that no model knows.
        """
        for text in texts:
            self._alphabet.encode(text)
        return np.stack([reader.losses(texts) for reader in self._readers], axis=1)

    def probabilities(self, losses: Numbers) -> Numbers:
        """The probability of each class `(texts, models)`, from losses."""
        scores = np.log([max(self.priors[name], 1e-300) for name in self.names]) - losses
        scores -= scores.max(axis=1, keepdims=True)
        shares: Numbers = np.exp(scores)
        shares *= [self.priors[name] > 0 for name in self.names]
        shares /= shares.sum(axis=1, keepdims=True)
        return shares

    def classify(self, text: str, notices: tuple[str, ...] = ()) -> Classified:
        """A text with its classes."""
        losses = self.losses([text])
        shares = self.probabilities(losses)[0]
        length = len(text) + (self.kind == "names")
        rows = [
            ClassShare(name, float(share), self.priors[name], float(loss) / length)
            for name, share, loss in zip(self.names, shares, losses[0], strict=True)
        ]
        rows.sort(key=lambda row: -row.probability)
        return Classified(text, tuple(rows), notices)

    def test(
        self, held_out: Mapping[str, Sequence[str]], notices: tuple[str, ...] = ()
    ) -> ClassTest:
        """How well the models tell texts apart that none of them learned, by their class."""
        cells: list[ConfusionCell] = []
        right = 0
        for name, texts in held_out.items():
            if not texts:
                continue
            guesses = self.probabilities(self.losses(texts)).argmax(axis=1)
            counts = np.bincount(guesses, minlength=len(self.names)).tolist()
            right += counts[self.names.index(name)]
            cells += [
                ConfusionCell(name, guessed, count)
                for guessed, count in zip(self.names, counts, strict=True)
            ]
        sizes = [len(texts) for texts in held_out.values()]
        total = max(1, sum(sizes))
        return ClassTest(
            self.names, sum(sizes), right / total, max(sizes) / total, tuple(cells), notices
        )


class _ClassReader:
    """A model that reads texts of an alphabet larger than its own."""

    def __init__(self, model: Model, alphabet: int) -> None:
        self._model, self.kind = model, model.kind
        missing = alphabet - len(model.vocabulary)
        self._known = log(1 - _MISSING_SHARE) if missing else 0.0
        self._missing = log(_MISSING_SHARE / max(1, missing))

    def losses(self, texts: Sequence[str]) -> Numbers:
        """The loss of each text `(texts,)` in nats, a name's end included."""
        losses = np.zeros(len(texts))
        for rows in _similar_rows(texts):
            losses[rows] = self._rows_loss([texts[row] for row in rows])
        return losses

    def _rows_loss(self, texts: Sequence[str]) -> Numbers:
        ending = NEWLINE if self.kind == "names" else ""
        rows = [known_tokens(self._model.vocabulary, text + ending) for text in texts]
        shape = (len(rows), max(1, max(map(len, rows))))
        inputs = np.full(shape, NO_TOKEN, np.int32)
        inputs[:, 0] = self._model.opening_token
        targets, scored = np.full(shape, NO_TOKEN, np.int32), np.zeros(shape, bool)
        for place, row in enumerate(rows):
            inputs[place, 1 : len(row)] = row[:-1]
            targets[place, : len(row)] = row
            scored[place, : len(row)] = True
        total = np.zeros(len(rows))
        state = self._model.initial_state(len(rows))
        steps = max(1, _CHARACTERS_AT_ONCE // len(rows))
        for start in range(0, shape[1], steps):
            part = slice(start, start + steps)
            logits, state = self._model.advance(state, inputs[:, part])
            total += self._parts_loss(logits, targets[:, part], scored[:, part])
        return total

    def _parts_loss(
        self, logits: Array, targets: NDArray[np.int32], scored: NDArray[np.bool_]
    ) -> Numbers:
        scores = logits.astype(np.float64)
        scores -= scores.max(axis=-1, keepdims=True)
        picked = np.take_along_axis(scores, np.maximum(targets, 0)[..., None], axis=-1)[..., 0]
        known = picked - np.log(np.exp(scores).sum(axis=-1)) + self._known
        values = np.where(targets == NO_TOKEN, self._missing, known)
        losses: Numbers = -np.where(scored, values, 0).sum(axis=1)
        return losses


def _similar_rows(texts: Sequence[str]) -> Iterable[list[int]]:
    """The numbers of texts, in groups of similar length."""
    order = sorted(range(len(texts)), key=lambda row: len(texts[row]))
    for first in range(0, len(order), _ROWS):
        yield order[first : first + _ROWS]


def texts_to_test(held_out: Corpus, most: int) -> list[str]:
    """Texts of a part held out: its different names, or lines of its prose, at most so many.

    Of more they are spread over it evenly; a very long line is cut.
    """
    if isinstance(held_out, NameList):
        texts = list(dict.fromkeys(held_out.names))
    else:
        texts = [line[:_LONGEST_LINE] for line in lines_of(held_out)]
    places = np.linspace(0, len(texts) - 1, min(len(texts), most)).round().astype(int)
    return [texts[place] for place in places]
