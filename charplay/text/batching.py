"""Cutting a corpus into batches.

Batch *k* is a pure function of corpus, plan and *k*. No random generator keeps a state, so a run
that is resumed at update *k* gets the same batches as one that never stopped.
"""

from functools import lru_cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from charplay.errors import CorpusError
from charplay.plan import Plan
from charplay.text.corpus import Corpus, NameList, Prose
from charplay.text.order import computed_orders, course_order, shuffled_orders
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import NEWLINE, Tokens, Vocabulary

# The order of more windows is computed on demand: a list of it would be too large.
MOST_SHUFFLED = 1 << 22
_SHORT_WINDOW = 8


class Batch(NamedTuple):
    """Rows to learn from in one update.

    inputs, targets: int32 `(B, T)`, with NO_TOKEN as padding. fresh: whether the carried state
    starts again from zero. characters: how many targets are scored. prior: logits `(B, T, V)` to
    which a network adds its own, so that it learns what they lack; None for none.
    """

    inputs: Tokens
    targets: Tokens
    fresh: bool
    characters: int
    prior: NDArray[np.float32] | None = None

    def loss_scale(self, plan: Plan) -> int:
        """What the loss summed over scored characters is divided by: rows for sum, or those."""
        return len(self.targets) if plan.reduction == "sum" else self.characters


class Batches(Protocol):
    """The numbered batches of a corpus; `per_epoch` is how many make one pass over it."""

    per_epoch: int

    def batch(self, k: int) -> Batch:
        """Batch k, counted from 0 over all epochs."""
        ...


class ProseBatches(Batches, Protocol):
    """Batches of prose, of which each target has its place in the text."""

    def places(self, k: int) -> NDArray[np.int64]:
        """Where the targets `(B, T)` of batch k stand in the text."""
        ...


def cut_batches(corpus: Corpus, vocabulary: Vocabulary, plan: Plan) -> Batches:
    """The batches that a plan asks for; CorpusError if the corpus does not fit the plan."""
    if isinstance(corpus, NameList):
        if plan.cutting != "names":
            raise CorpusError(
                f"{corpus.source} is a list of names and cannot be cut as {plan.cutting}",
                "use --set cutting=names, or read it as prose with --kind prose",
            )
        if plan.carry:
            return CarriedNames(corpus, vocabulary, plan)
        return PaddedNames(corpus, vocabulary, plan)
    if plan.cutting == "names":
        raise CorpusError(
            f"{corpus.source} is prose and cannot be cut as names",
            "use --set cutting=stream, or read it as a list with --kind names",
        )
    return (Streams if plan.cutting == "stream" else Windows)(corpus, vocabulary, plan)


def name_row(vocabulary: Vocabulary, name: str) -> Tokens:
    """A name as tokens: NO_TOKEN, its letters, the newline; KeyError for an unknown letter."""
    tokens = vocabulary.encode(name + NEWLINE)
    return np.concatenate((np.array([NO_TOKEN], np.int32), tokens))


class _NameRows:
    """Names as rows of tokens."""

    def __init__(self, corpus: NameList, vocabulary: Vocabulary, plan: Plan) -> None:
        self._rows = [name_row(vocabulary, name) for name in corpus.names]
        self._order = (
            shuffled_orders(len(self._rows), plan.seed)
            if plan.shuffle == "epochs"
            else course_order(len(self._rows))
        )


class CarriedNames(_NameRows):
    """One name at a time; the state is carried from each name to the next, over all epochs."""

    def __init__(self, corpus: NameList, vocabulary: Vocabulary, plan: Plan) -> None:
        super().__init__(corpus, vocabulary, plan)
        if plan.batch_size != 1:
            raise CorpusError(
                f"a state carried from name to name needs names one at a time, "
                f"not {plan.batch_size} side by side",
                "use --set batch-size=1",
            )
        self.per_epoch = len(self._rows)

    def batch(self, k: int) -> Batch:
        epoch, place = divmod(k, self.per_epoch)
        row = self._rows[self._order(epoch)[place]]
        return Batch(row[None, :-1], row[None, 1:], k == 0, len(row) - 1)


class PaddedNames(_NameRows):
    """Names of similar length side by side, padded on the right; each starts from a zero state."""

    def __init__(self, corpus: NameList, vocabulary: Vocabulary, plan: Plan) -> None:
        super().__init__(corpus, vocabulary, plan)
        self._size = plan.batch_size
        self._lengths = np.array([len(row) for row in self._rows])
        self.per_epoch = -(-len(self._rows) // self._size)
        # Seeds from the other half of their range, so that no order of rows uses the same.
        self._places = shuffled_orders(self.per_epoch, plan.seed + 2**63)
        self._groups = lru_cache(maxsize=1)(self._group_rows)

    def _group_rows(self, epoch: int) -> list[NDArray[np.int64]]:
        """The rows of each batch: shuffled, sorted by length, cut, and the batches shuffled."""
        order = self._order(epoch)
        order = order[np.argsort(self._lengths[order], kind="stable")]
        groups = [order[i : i + self._size] for i in range(0, len(order), self._size)]
        return [groups[place] for place in self._places(epoch)]

    def batch(self, k: int) -> Batch:
        epoch, place = divmod(k, self.per_epoch)
        return pad_rows([self._rows[i] for i in self._groups(epoch)[place]])


def pad_rows(rows: list[Tokens]) -> Batch:
    """Rows of tokens as one batch, padded on the right; each token predicts the next."""
    shape = (len(rows), max(len(row) for row in rows) - 1)
    inputs = np.full(shape, NO_TOKEN, np.int32)
    targets = np.full(shape, NO_TOKEN, np.int32)
    for i, row in enumerate(rows):
        inputs[i, : len(row) - 1] = row[:-1]
        targets[i, : len(row) - 1] = row[1:]
    return Batch(inputs, targets, True, sum(map(len, rows)) - len(rows))


def token_table(corpus: Prose, vocabulary: Vocabulary) -> Tokens:
    """For each token of a corpus its token in a vocabulary; KeyError if that lacks a character."""
    return vocabulary.encode(corpus.vocabulary.characters)


def _longer_or(characters: int, otherwise: str) -> str:
    """What to do about a text that a plan needs longer; of one character nothing is learnt."""
    return f"use a longer text, or {otherwise}" if characters > 1 else "use a longer text"


class Streams:
    """B contiguous parts of the text, read side by side; the state is carried within an epoch.

    Characters at the end that do not fill another batch are left out.
    """

    def __init__(self, corpus: Prose, vocabulary: Vocabulary, plan: Plan) -> None:
        tokens, self._table = corpus.tokens, token_table(corpus, vocabulary)
        columns = (len(tokens) - 1) // plan.batch_size
        self._length = plan.length
        self.per_epoch = columns // plan.length
        if not self.per_epoch:
            needed = plan.batch_size * plan.length + 1
            fewer = "batch-size=1" if plan.batch_size > 1 else f"length={len(tokens) // 2}"
            raise CorpusError(
                f"{corpus.source} has {len(tokens)} characters to train on, and this plan "
                f"needs {needed}: {plan.batch_size} streams of {plan.length}",
                _longer_or(len(tokens), f"a smaller plan with --set {fewer}"),
            )
        rows = plan.batch_size * columns
        self._inputs = tokens[:rows].reshape(plan.batch_size, columns)
        self._targets = tokens[1 : rows + 1].reshape(plan.batch_size, columns)
        self._row_starts = np.arange(plan.batch_size)[:, None] * columns

    def places(self, k: int) -> NDArray[np.int64]:
        start = k % self.per_epoch * self._length
        return self._row_starts + np.arange(start + 1, start + 1 + self._length)

    def batch(self, k: int) -> Batch:
        start = k % self.per_epoch * self._length
        part = slice(start, start + self._length)
        inputs, targets = self._table[self._inputs[:, part]], self._table[self._targets[:, part]]
        return Batch(inputs, targets, start == 0, targets.size)


class Windows:
    """Windows of the text, shuffled each epoch; each starts from a zero state."""

    def __init__(self, corpus: Prose, vocabulary: Vocabulary, plan: Plan) -> None:
        self._tokens, self._table = corpus.tokens, token_table(corpus, vocabulary)
        self._length, self._stride, self._size = plan.length, plan.stride, plan.batch_size
        self._last_only = plan.scored == "last"
        self._count = (len(self._tokens) - 1 - plan.length) // plan.stride + 1
        if (characters := len(self._tokens)) <= plan.length:
            shorter = min(_SHORT_WINDOW, characters - 1)
            raise CorpusError(
                f"{corpus.source} has {characters} characters to train on, and this plan "
                f"needs {plan.length + 1}: a window of {plan.length} and the next one",
                _longer_or(characters, f"a shorter window with --set length={shorter}"),
            )
        self.per_epoch = -(-self._count // self._size)
        self._order = (shuffled_orders if self._count <= MOST_SHUFFLED else computed_orders)(
            self._count, plan.seed
        )

    def places(self, k: int) -> NDArray[np.int64]:
        epoch, place = divmod(k, self.per_epoch)
        chosen = self._order(epoch)[place * self._size : (place + 1) * self._size]
        return chosen[:, None] * self._stride + np.arange(1, self._length + 1)

    def batch(self, k: int) -> Batch:
        at = self.places(k)
        inputs, targets = self._table[self._tokens[at - 1]], self._table[self._tokens[at]]
        if self._last_only:
            targets[:, :-1] = NO_TOKEN
        scored = len(targets) if self._last_only else targets.size
        return Batch(inputs, targets, True, scored)
