"""Counting n-grams: from a text to a tree of its contexts, and what follows each of them.

A context of length k is the last k tokens. Contexts form a tree whose root is the empty context;
each branch adds one older token. A symbol is a token plus 1; symbol 0 is "nothing read yet".
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.text.vocabulary import Tokens

Integers = NDArray[np.integer[Any]]
Places = NDArray[np.intp]

# Positions of a text that are counted at once: only memory and speed depend on it, and how soon
# Ctrl-C is answered. Each block takes a look at the whole text, so of a large one there are few.
_BLOCK, _SMALLEST_BLOCK, _BLOCKS = 1 << 22, 1 << 19, 32
_LARGEST_CODE = 2**63 - 1


@dataclass(frozen=True, eq=False)
class ReadText:
    """Texts laid out for counting up to an order, as symbols of the smallest type that fits.

    symbols `(N,)`: what was read last at each position; targets `(N,)`: what comes next, 0 where
    nothing is scored. A context is the symbol at a position and those before it. Each text begins
    after so many zeros that no context reaches into the text before. counts `(N,)`: how often each
    position counts; None: once.
    """

    symbols: Integers
    targets: Integers
    order: int
    counts: Integers | None = None

    @classmethod
    def of(cls, texts: Sequence[Tokens], order: int, vocabulary_size: int) -> "ReadText":
        """Texts of tokens `(T,)`, each read from its start; every token is scored."""
        kind = symbol_type(vocabulary_size)
        gap = np.zeros(max(order - 1, 1), kind)
        symbols, targets = [gap[:0]], [gap[:0]]
        for text in filter(len, texts):
            shifted = (text + 1).astype(kind)
            symbols += [gap, shifted[:-1]]
            targets += [gap[1:], shifted]
        return cls(np.concatenate(symbols), np.concatenate(targets), order)

    def windows(self, places: Places) -> Integers:
        """The contexts `(N, order - 1)` at positions, as symbols, the newest last."""
        windows: Integers = self.symbols[places[:, None] - np.arange(self.order - 2, -1, -1)]
        return windows


def symbol_type(vocabulary_size: int) -> np.dtype[Any]:
    """The smallest type for the symbols of a vocabulary."""
    return np.min_scalar_type(vocabulary_size)


@dataclass(frozen=True, eq=False)
class ContextLevel:
    """The C contexts of one length, and the E n-grams that are such a context and one token more.

    All arrays are in the tree's order, so nothing needs an address: how many there are is enough.

    symbols `(C,)`: the oldest symbol of each context, by which it differs from its parent;
    children `(C,)`: how many contexts one longer end in it;
    widths `(C,)`: how many different tokens follow it; tokens `(E,)`: these, ascending;
    occurrences `(E,)`: how often each n-gram occurs;
    predecessors `(E,)`: after how many different older symbols.
    """

    symbols: Integers
    children: Integers
    widths: Integers
    tokens: Integers
    occurrences: Integers
    predecessors: Integers


def count_ngrams(text: ReadText, vocabulary_size: int) -> tuple[ContextLevel, ...]:
    """The levels of a text: contexts of 0 to `order - 1` tokens; none where nothing is scored."""
    parts: list[list[ContextLevel]] = [[] for _ in range(text.order - 1)]
    for places in _blocks_of(text):
        for level, part in zip(parts, _count_block(text, places, vocabulary_size), strict=True):
            level.append(part)
    if not text.targets.any():
        return ()
    # One level after the other leaves the list, so that no more than one is there twice.
    levels = [_join_levels(parts.pop(0)) for _ in range(text.order - 1)]
    return (_root_level(text, levels, vocabulary_size), *levels)


def _blocks_of(text: ReadText) -> Iterator[Places]:
    """The scored positions in parts that share no context but the empty one."""
    counts = _count_symbols(text.symbols, text.targets > 0)
    block = min(max(len(text.symbols) // _BLOCKS, _SMALLEST_BLOCK), _BLOCK)
    firsts = np.flatnonzero(np.diff(np.cumsum(counts) // block, prepend=-1))
    for first, end in zip(firsts, [*firsts[1:], len(counts)], strict=True):
        inside = (text.symbols >= first) & (text.symbols < end) & (text.targets > 0)
        places = np.flatnonzero(inside)
        if len(places):
            yield places


def _count_symbols(
    symbols: Integers, counted: NDArray[np.bool_], counts: Integers | None = None
) -> Integers:
    """How often each symbol stands at a counted position, a block at a time to save memory.

    counts: how often each position counts, as in a ReadText.
    """
    size = int(symbols.max(initial=0)) + 1
    totals = np.zeros(size, np.int64)
    for start in range(0, len(symbols), _BLOCK):
        part = slice(start, start + _BLOCK)
        often = None if counts is None else counts[part][counted[part]]
        found = np.bincount(symbols[part][counted[part]], often, minlength=size)
        totals += found.astype(np.int64)
    return totals


def _count_block(text: ReadText, places: Places, vocabulary_size: int) -> list[ContextLevel]:
    """The levels of some positions, without the root's."""
    places, counts = _distinct_places(text, places, vocabulary_size + 1)
    begins, symbols, parents = _context_tree(text, places)
    contexts = np.repeat(np.arange(len(begins[-1])), np.diff(begins[-1], append=len(places)))
    tokens = text.targets[places].astype(np.int64) - 1
    occurrences = predecessors = counts
    levels: list[ContextLevel] = []
    for depth in range(text.order - 1, 0, -1):
        size = len(begins[depth])
        above = parents[depth + 1] if levels else parents[0][:0]
        level = ContextLevel(
            symbols=symbols[depth],
            children=_narrow(np.bincount(above, minlength=size)),
            widths=_narrow(np.bincount(contexts, minlength=size)),
            tokens=tokens.astype(symbol_type(vocabulary_size)),
            occurrences=_narrow(occurrences),
            predecessors=_narrow(predecessors),
        )
        levels.insert(0, level)
        shorter = parents[depth][contexts] * vocabulary_size + tokens
        order, runs = _sorted_runs(shorter)
        predecessors = np.diff(runs, append=len(shorter))
        occurrences = np.add.reduceat(occurrences[order], runs)
        contexts, tokens = np.divmod(shorter[order[runs]], vocabulary_size)
    return levels


def _distinct_places(text: ReadText, places: Places, symbols: int) -> tuple[Places, Integers]:
    """A position of each different n-gram, in the tree's order, and how often each occurs.

    An n-gram's code has its symbols as digits, the context's newest first. Where one more digit
    would not fit into 64 bits, the codes' ranks take their place.
    """
    codes, possible = np.zeros(len(places), np.int64), 1
    for column in (*_context_columns(text, places), text.targets[places]):
        if possible * symbols > _LARGEST_CODE:
            distinct, codes = np.unique(codes, return_inverse=True)
            possible = len(distinct)
        codes *= symbols
        codes += column
        possible *= symbols
    order, runs = _sorted_runs(codes)
    if text.counts is None:
        return places[order[runs]], np.diff(runs, append=len(codes))
    often = text.counts[places[order]]
    return places[order[runs]], np.add.reduceat(often, runs, dtype=np.int64)


def _context_columns(text: ReadText, places: Places) -> Iterator[Integers]:
    """The symbols of the contexts at positions, the newest first."""
    for ago in range(text.order - 1):
        yield text.symbols[places - ago]


def _sorted_runs(codes: NDArray[np.int64]) -> tuple[Places, Places]:
    """(an order that sorts codes, where in it each different code begins)."""
    order = np.argsort(codes)
    ordered = codes[order]
    changed = np.ones(len(codes), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=changed[1:])
    return order, np.flatnonzero(changed)


def _context_tree(
    text: ReadText, places: Places
) -> tuple[list[Places], list[Integers], list[Places]]:
    """For each length: where contexts begin among sorted positions, their symbols and parents."""
    changed = np.arange(len(places)) == 0
    begins, symbols, parents = [np.zeros(1, np.intp)], [text.symbols[:1]], [np.zeros(1, np.intp)]
    for column in _context_columns(text, places):
        changed[1:] |= column[1:] != column[:-1]
        begins.append(np.flatnonzero(changed))
        symbols.append(column[begins[-1]])
        parents.append(np.searchsorted(begins[-2], begins[-1], side="right") - 1)
    return begins, symbols, parents


def _join_levels(parts: Sequence[ContextLevel]) -> ContextLevel:
    """The level of several parts of the tree, one after the other."""
    if len(parts) == 1:
        return parts[0]
    names = vars(parts[0])
    return ContextLevel(**{n: np.concatenate([getattr(part, n) for part in parts]) for n in names})


def _root_level(
    text: ReadText, levels: Sequence[ContextLevel], vocabulary_size: int
) -> ContextLevel:
    """The level of the empty context."""
    occurrences = _count_symbols(text.targets, text.targets > 0, text.counts)[1:]
    tokens = np.flatnonzero(occurrences)
    after = _count_symbols(levels[0].tokens, levels[0].tokens >= 0) if levels else occurrences
    return ContextLevel(
        symbols=np.zeros(1, text.symbols.dtype),
        children=np.array([len(levels[0].symbols) if levels else 0]),
        widths=np.array([len(tokens)]),
        tokens=tokens.astype(symbol_type(vocabulary_size)),
        occurrences=occurrences[tokens],
        predecessors=after[tokens],
    )


def _narrow(counts: Integers) -> Integers:
    """Counts in the smallest type that holds them."""
    return counts.astype(np.min_scalar_type(int(counts.max(initial=0))))
