"""The longest runs of characters that texts share with one long text.

Runs are found with a suffix automaton of the shorter texts (Blumer et al., "The smallest automaton
recognizing the subwords of a text", TCS 40, 1985), which reads the long one from its beginning to
its end. Most of the long text is left out first: a run of L characters or more is in those
stretches alone whose L characters each, by their hash, are in the shorter texts too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_Hashes = NDArray[np.uint64]

# An odd number with well mixed bits: the golden ratio in 64 bits.
_BASE = np.array([0x9E3779B97F4A7C15], np.uint64)
# The table has so many times more bits than there are hashes to find, but not too many.
_FILTER_SPARE, _MOST_FILTER_BITS = 8, 22
_OVERLAP = 4096
# Stands between texts; no text can have it, as it is half of a character.
_BOUNDARY = "\udfff"


@dataclass(frozen=True)
class CommonRun:
    """A run of a text that another text has too: its text, and where it begins in the former."""

    text: str
    start: int


class RunFinder:
    """Finds what texts share with one long text, in runs of `least` characters or more.

    The long text is read in pieces; a run over the end of one is found whole up to 4,096
    characters before that end.
    """

    def __init__(self, texts: Sequence[str], least: int) -> None:
        if least < 1:
            raise ValueError("a run has a character")
        self._texts, self._least, self._before = texts, least, ""
        joined = _BOUNDARY.join(texts)
        self._automaton = SuffixAutomaton(joined)
        self._wanted = _window_hashes(_code_points(joined), least)

    def read(self, piece: str) -> None:
        """Read a piece of the long text, the next one."""
        text = self._before + piece
        for stretch in self._shared_stretches(text):
            self._automaton.read(stretch)
        self._before = text[-_OVERLAP:]

    def longest_runs(self) -> list[list[CommonRun]]:
        """For each text its runs that cannot be longer on either side, from the left.

        A run inside another one is left out; others may overlap.
        """
        lengths = self._automaton.longest_ending()
        runs: list[list[CommonRun]] = []
        start = 0
        for text in self._texts:
            ending = lengths[start : start + len(text)]
            runs.append(list(_whole_runs(text, ending, self._least)))
            start += len(text) + len(_BOUNDARY)
        return runs

    def _shared_stretches(self, text: str) -> Iterable[str]:
        """The stretches of the long text that may have a run of the texts, each once."""
        hashes = _window_hashes(_code_points(text), self._least)
        places = np.flatnonzero(_are_among(hashes, self._wanted))
        if not len(places):
            return ()
        breaks = np.flatnonzero(np.diff(places) > 1)
        firsts = places[np.concatenate([[0], breaks + 1])]
        lasts = places[np.concatenate([breaks, [len(places) - 1]])] + self._least
        found = (text[first:last] for first, last in zip(firsts.tolist(), lasts.tolist()))
        return dict.fromkeys(found)


def _whole_runs(text: str, ending: Sequence[int], least: int) -> Iterator[CommonRun]:
    """The runs of a text, from the length of the longest that ends at each character."""
    for place, length in enumerate(ending):
        goes_on = place + 1 < len(ending) and ending[place + 1] > length
        if length >= least and not goes_on:
            yield CommonRun(text[place + 1 - length : place + 1], place + 1 - length)


def covered_share(runs: Iterable[CommonRun], length: int) -> float:
    """The share of a text's characters that are in one of its runs."""
    covered, end = 0, 0
    for run in runs:
        stop = run.start + len(run.text)
        covered += max(0, stop - max(end, run.start))
        end = max(end, stop)
    return covered / length if length else 0.0


class SuffixAutomaton:
    """All substrings of a text as states, and how much of each another text was found to have.

    Each state stands for substrings with the same ends in the text: its longest one has
    `_lengths[state]` characters, and the next shorter ends belong to the state `_links[state]`.
    """

    def __init__(self, text: str) -> None:
        self._next: list[dict[str, int]] = [{}]
        self._links, self._lengths = [-1], [0]
        self._ends = [0]  # the state of each beginning of the text
        for character in text:
            self._ends.append(self._extend(character, self._ends[-1]))
        self._found = [0] * len(self._next)

    def _extend(self, character: str, last: int) -> int:
        state = self._add(self._lengths[last] + 1, {}, 0)
        at = last
        while at >= 0 and character not in self._next[at]:
            self._next[at][character] = state
            at = self._links[at]
        if at >= 0:
            self._links[state] = self._split(at, character)
        return state

    def _split(self, at: int, character: str) -> int:
        """The state of what `character` makes of the longest substring of `at`, made if need be."""
        target = self._next[at][character]
        if self._lengths[target] == self._lengths[at] + 1:
            return target
        copy = self._add(self._lengths[at] + 1, dict(self._next[target]), self._links[target])
        self._links[target] = copy
        while at >= 0 and self._next[at].get(character) == target:
            self._next[at][character] = copy
            at = self._links[at]
        return copy

    def _add(self, length: int, following: dict[str, int], link: int) -> int:
        self._next.append(following)
        self._lengths.append(length)
        self._links.append(link)
        return len(self._next) - 1

    def read(self, text: str) -> None:
        """Note which substrings another text has; texts that are read one by one are not joined."""
        state, length = 0, 0
        following, links, lengths, found = self._next, self._links, self._lengths, self._found
        for character in text:
            while state and character not in following[state]:
                state = links[state]
                length = lengths[state]
            if character in following[state]:
                state, length = following[state][character], length + 1
            found[state] = max(found[state], length)

    def longest_ending(self) -> list[int]:
        """For each character, how long the longest substring is that ends there and was read."""
        shortest_first = sorted(range(1, len(self._links)), key=self._lengths.__getitem__)
        found = self._found.copy()
        for state in reversed(shortest_first):
            if found[state]:  # so were all the ends of its substrings
                found[self._links[state]] = self._lengths[self._links[state]]
        for state in shortest_first:
            found[state] = found[state] or found[self._links[state]]
        return [found[state] for state in self._ends[1:]]


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _window_hashes(points: NDArray[np.uint32], length: int) -> _Hashes:
    """A hash of the `length` characters from each place on, by doubling the windows."""
    if len(points) < length:
        return np.empty(0, np.uint64)
    hashes, size, power = points.astype(np.uint64) + np.uint64(1), 1, _BASE
    for bit in bin(length)[3:]:
        hashes, size, power = hashes[:-size] * power + hashes[size:], 2 * size, power * power
        if bit == "1":
            following = points[size:].astype(np.uint64) + np.uint64(1)
            hashes, size, power = hashes[:-1] * _BASE + following, size + 1, power * _BASE
    return hashes


def _are_among(hashes: _Hashes, wanted: _Hashes) -> NDArray[np.bool_]:
    """Which hashes are among those wanted; a table of some bits goes before the exact search."""
    bits = min(len(wanted).bit_length() + _FILTER_SPARE, _MOST_FILTER_BITS)
    shift = np.uint64(64 - bits)
    table = np.zeros(1 << bits, bool)
    table[(wanted * _BASE) >> shift] = True
    among: NDArray[np.bool_] = table[(hashes * _BASE) >> shift]
    places = np.flatnonzero(among)
    among[places] = np.isin(hashes[places], wanted)
    return among
