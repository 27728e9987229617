"""Interpolated modified Kneser-Ney: the probability of a token, from counted n-grams.

Chen & Goodman 1999, §3: the highest order uses counts; each lower order uses the number of
different symbols seen before. Each order has three discounts, estimated from the counts of counts.
Below order one is a uniform distribution over the vocabulary.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from charplay.models.arrays import Arrays
from charplay.models.context_memory import ContextMemory
from charplay.models.counted_text import grow_levels, lay_out_counts
from charplay.models.ngram_arrays import pack_levels, unpack_dropped, unpack_levels
from charplay.models.ngrams import Integers, Places, ReadText, count_ngrams
from charplay.models.pruning import prune_levels
from charplay.models.smoothing import Floats, SmoothedLevel, smooth_levels, walk_contexts
from charplay.text.batching import token_table
from charplay.text.corpus import Corpus
from charplay.text.vocabulary import NEWLINE, Tokens, Vocabulary

HIGHEST_ORDER = 8

# Positions that are scored at once.
_SCORED = 1 << 16
# The largest table of ready probabilities.
_TABLE = 1 << 20


class KneserNey:
    """Probabilities of tokens after contexts of up to `order - 1` tokens.

    levels: one for each order, from contexts of no token on; without levels every token is as
    probable as any other. dropped: how many n-grams pruning left out. Nothing changes a model
    after it is made.
    """

    def __init__(
        self, levels: Sequence[SmoothedLevel], vocabulary_size: int, dropped: int = 0
    ) -> None:
        self.levels = tuple(levels)
        self.vocabulary_size = vocabulary_size
        self.dropped = dropped

    @classmethod
    def count(
        cls,
        texts: Sequence[Tokens],
        order: int,
        vocabulary_size: int,
        most: int | None = None,
    ) -> "KneserNey":
        """The model of texts `(T,)`, each read from its start.

        For a list of names, give one text for each name, its newline included; for prose, one text.
        With more than `most` n-grams, those that help least are dropped.
        """
        return cls.of_text(ReadText.of(texts, order, vocabulary_size), vocabulary_size, most)

    @classmethod
    def of_text(cls, text: ReadText, vocabulary_size: int, most: int | None = None) -> "KneserNey":
        """The model of a text that is laid out, of its order."""
        levels = count_ngrams(text, vocabulary_size)
        counts = [level.predecessors for level in levels[:-1]]
        counts += [level.occurrences for level in levels[-1:]]
        smoothed = smooth_levels(levels, counts, vocabulary_size)
        if most is None:
            return cls(smoothed, vocabulary_size)
        pruned = prune_levels(smoothed, levels, most)
        dropped = _count_ngrams(smoothed) - _count_ngrams(pruned)
        return cls(pruned, vocabulary_size, dropped)

    @classmethod
    def load(cls, arrays: Arrays, vocabulary_size: int) -> "KneserNey":
        """The model of arrays from `arrays`; KeyError or ValueError where they do not fit."""
        dropped = unpack_dropped(arrays)
        return cls(unpack_levels(arrays, vocabulary_size), vocabulary_size, dropped)

    def arrays(self) -> Arrays:
        """The model as named arrays, small enough to be kept."""
        packed = pack_levels(self.levels, self.vocabulary_size)
        return {**packed, "dropped_ngrams": np.array([self.dropped])} if self.dropped else packed

    def grown(self, old: Vocabulary, new: Vocabulary) -> "KneserNey":
        """The same counts in a vocabulary with more characters.

        Only the uniform distribution below order one changes: all characters share it.
        """
        levels = grow_levels(self.levels, new.encode(old.characters), len(new))
        return KneserNey(levels, len(new), self.dropped)

    def text(self) -> ReadText | None:
        """A text of the model's order that gives its counts again; see `lay_out_counts`.

        None where nothing was counted.
        """
        return lay_out_counts(self.levels) if self.levels else None

    @property
    def order(self) -> int:
        """The length of the longest n-grams; 0 where nothing was counted."""
        return len(self.levels)

    @property
    def ngrams(self) -> int:
        """How many n-grams of all lengths there are."""
        return _count_ngrams(self.levels)

    def probabilities(self, contexts: Tokens) -> Floats:
        """The probabilities `(B, V)` of the next token after contexts `(B, L)`, the newest last.

        NO_TOKEN stands where nothing was read yet. Of a longer context only the last `order - 1`
        tokens count.
        """
        return self.after_symbols(contexts + 1)

    def after_symbols(self, windows: Integers) -> Floats:
        """As `probabilities`, for contexts whose tokens each have 1 added."""
        table, begins = self._tables
        places, longer = np.zeros(len(windows), np.intp), []
        for depth, rows, contexts in walk_contexts(self.levels, windows):
            if depth < len(begins):
                places[rows] = begins[depth] + contexts
            else:
                longer.append((self.levels[depth], rows, contexts))
        probabilities = table[places]
        for level, rows, contexts in longer:
            probabilities[rows] *= level.weights[contexts, None]
            entries, widths = level.entries_of(contexts)
            shares = level.shares(entries, np.repeat(contexts, widths))
            probabilities[np.repeat(rows, widths), level.tokens[entries]] += shares
        return probabilities

    @cached_property
    def _tables(self) -> tuple[Floats, list[int]]:
        """The probabilities `(N, V)` after all contexts of the first levels that are small.

        And where each of those levels begins in that table.
        """
        table = np.full((1, self.vocabulary_size), 1 / self.vocabulary_size)
        tables = [table]
        parents: Integers = np.zeros(1, np.intp)
        for level in self.levels:
            if len(level.widths) * self.vocabulary_size > max(_TABLE, self.vocabulary_size):
                break
            table = table[parents] * level.weights[:, None]
            contexts, parents = level.contexts, level.parents
            shares: Floats = level.shares(slice(None), contexts)
            np.add.at(table, (contexts, level.tokens), shares)
            tables.append(table)
        begins = np.cumsum([len(ready) for ready in tables])[:-1]
        return np.concatenate(tables), begins.tolist()

    def log_probabilities(self, recent: Iterable[int]) -> NDArray[np.float32]:
        """The log-probabilities `(V,)` after one context; a short time where contexts come back.

        recent: tokens from the newest to the oldest, each plus 1 (0: nothing read). The result is
        shared, so it must not be changed.
        """
        return self._memory.log_probabilities(recent)

    @cached_property
    def _memory(self) -> ContextMemory:
        return ContextMemory(self.levels, *self._tables)

    def target_probabilities(self, text: ReadText) -> Floats:
        """The probability of each token that a text scores, in the text's order."""
        parts = [np.empty(0)]
        for windows, tokens in _scored_parts(text):
            probabilities = np.full(len(tokens), 1 / self.vocabulary_size)
            for depth, rows, contexts in walk_contexts(self.levels, windows):
                level = self.levels[depth]
                probabilities[rows] = level.interpolate(tokens[rows], contexts, probabilities[rows])
            parts.append(probabilities)
        return np.concatenate(parts)

    def loss(self, texts: Sequence[Tokens]) -> float:
        """The mean loss of texts `(T,)` in nats per token, each read from its start."""
        text = ReadText.of(texts, self.order, self.vocabulary_size)
        return float(-np.log(self.target_probabilities(text)).mean())


def _count_ngrams(levels: Sequence[SmoothedLevel]) -> int:
    return sum(len(level.tokens) for level in levels)


def counted_texts(corpus: Corpus, vocabulary: Vocabulary) -> list[Tokens]:
    """The texts of a corpus as they are counted: each name and its newline, or all of the prose.

    Raises KeyError for a character that the vocabulary lacks.
    """
    if corpus.kind == "names":
        return [vocabulary.encode(name + NEWLINE) for name in corpus.names]
    return [token_table(corpus, vocabulary)[corpus.tokens]]


def _scored_parts(text: ReadText) -> Iterator[tuple[Integers, Places]]:
    """(contexts `(N, order - 1)` as symbols, tokens `(N,)`) of what a text scores, part by part."""
    for start in range(0, len(text.targets), _SCORED):
        targets = text.targets[start : start + _SCORED]
        places = np.flatnonzero(targets)
        yield text.windows(places + start), targets[places].astype(np.intp) - 1


def find_best_order(
    training: Sequence[Tokens],
    chosen_by: Sequence[Tokens],
    vocabulary_size: int,
    most: int = HIGHEST_ORDER,
) -> tuple[float, int]:
    """(loss in nats per token, order) of the best order from 2 to `most` on other texts.

    The training texts are counted once: all orders share the levels below their highest.
    """
    losses = order_losses(
        ReadText.of(training, most, vocabulary_size),
        ReadText.of(chosen_by, most, vocabulary_size),
        vocabulary_size,
    )
    return min((loss, order) for order, loss in enumerate(losses, start=1) if order > 1)


def order_losses(training: ReadText, scored: ReadText, vocabulary_size: int) -> list[float]:
    """The mean loss in nats per token of each order from 1 on, up to that of the texts."""
    levels = count_ngrams(training, vocabulary_size)
    lower = smooth_levels(levels, [level.predecessors for level in levels], vocabulary_size)
    highest = smooth_levels(levels, [level.occurrences for level in levels], vocabulary_size)
    totals = np.zeros(len(levels))
    for windows, tokens in _scored_parts(scored):
        below = np.full(len(tokens), 1 / vocabulary_size)
        for depth, rows, contexts in walk_contexts(lower, windows):
            probabilities = below.copy()
            probabilities[rows] = highest[depth].interpolate(tokens[rows], contexts, below[rows])
            totals[depth] -= np.log(probabilities).sum()
            below[rows] = lower[depth].interpolate(tokens[rows], contexts, below[rows])
    return [float(total) for total in totals / np.count_nonzero(scored.targets)]
