"""How each character of an answer came: what was expected, and the number that chose it.

Draws are counter-based, so what the sampler did at any place of any answer is computed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from charplay.generation.generator import Draws
from charplay.generation.options import Sampling
from charplay.generation.place import Place, read_tokens
from charplay.generation.sampling import Probabilities, draw_tokens
from charplay.generation.steering import Steer, steered_draws
from charplay.insight.probabilities import Expectation, bits_of, softmax
from charplay.models.contract import Model

# Nearer to the edge of a share than this, rounding decides which character a number picks.
_ROUNDING = 1e-6

Came = Literal["drawn", "likeliest", "given", "by hand"]


@dataclass(frozen=True)
class Choice:
    """How one character came.

    place: its number in the answer, from 1; came: `given` before the answer began, `drawn` by a
    number, `likeliest` where nothing is drawn, or `by hand`; rank, probability, bits: under the
    model; drawn: the probability after temperature and cuts; instead: the likeliest other
    character. uniform: the number that chose it, which fell into [low, high), its share of all
    numbers from 0 to 1; nearly: the character whose share is nearest: it would have been chosen by
    a number that is greater by `nearly_by`, or less where that is negative; refused:
    characters that the number picked before, and the form that was asked for did not allow.
    repeats: whether the sampler picks the same again.
    """

    place: int
    character: str
    came: Came
    rank: int
    probability: float
    bits: float
    drawn: float
    instead: str
    instead_probability: float
    uniform: float | None = None
    low: float | None = None
    high: float | None = None
    nearly: str | None = None
    nearly_by: float | None = None
    refused: str = ""
    repeats: bool = True


@dataclass(frozen=True)
class AnswerTrace:
    """An answer to go through again: what was given, and what was drawn after it.

    start: the model's place before it; given: what a name began with; drawn: the characters after
    that as the reader sees them, the newline that ended a name included; draws: of its seed, None
    where it was written by hand; steer: what may follow a text; capital: the first is capitalised.
    """

    model: Model
    start: Place
    given: str
    drawn: str
    sampling: Sampling
    draws: Draws | None
    number: int
    steer: Steer | None = None
    capital: bool = False

    def __iter__(self) -> Iterator[tuple[Choice, Expectation]]:
        """How each character came, with all that was expected there."""
        stream = self.model.stream(self.start.state)
        pending, text = self.start.pending, ""
        for place, shown in enumerate(self.given + self.drawn):
            logits = stream.step(pending)
            fresh = self.model.kind == "names" and not place and self._must_begin
            expected = Expectation.of(self.model, logits, self.sampling, fresh)
            position = place - len(self.given)
            draw = self._draw(expected.drawn, position, text) if position >= 0 else None
            pending = self._token_of(shown, place, draw)
            yield self._choice(place, shown, pending, expected, draw), expected
            text += self.model.vocabulary.characters[pending]

    def parts_at(self, place: int) -> dict[str, Probabilities]:
        """What each part of a mix expected at a place."""
        read = enumerate((self.given + self.drawn)[: place - 1])
        tokens = np.array([self._token_of(shown, at, None) for at, shown in read], np.int32)
        there = read_tokens(self.model, self.start, tokens)
        views = self.model.views(there.state, np.array([[there.pending]], np.int32))
        return {name: softmax(logits[0, 0]) for name, logits in views.items()}

    @property
    def _must_begin(self) -> bool:
        return self.draws is None or not self.draws.empty_answers

    def _draw(self, drawn: Probabilities, position: int, text: str) -> _Draw | None:
        """What a number picked at a position; None where no number chose."""
        if self.draws is None or (self.sampling.is_greedy and self.steer is None):
            return None
        uniform = float(self.draws(self.number, 1, position)[0])
        if self.steer is None:
            token = int(draw_tokens(drawn[None], np.array([uniform]))[0])
            return _Draw(token, uniform, drawn, ())
        refused: list[int] = []
        for token, moved, left in steered_draws(drawn, uniform):
            if self.steer(text, self.model.vocabulary.characters[token]):
                return _Draw(token, moved, left, tuple(refused))
            refused.append(token)
        return _Draw(self.model.vocabulary.newline or 0, uniform, drawn, tuple(refused))

    def _token_of(self, shown: str, place: int, draw: _Draw | None) -> int:
        """The token of a character as it is shown; KeyError where the model has none."""
        characters, index = self.model.vocabulary.characters, self.model.vocabulary.index
        if not place and self.capital:
            if draw and characters[draw.token].upper() == shown:
                return draw.token
            return next(index[c] for c in (shown.lower(), shown) if c in index)
        return index[shown]

    def _choice(
        self, place: int, shown: str, token: int, expected: Expectation, draw: _Draw | None
    ) -> Choice:
        characters = self.model.vocabulary.characters
        other = _likeliest_other(expected.model, token)
        choice = Choice(
            place=place + 1,
            character=shown,
            came=self._came(place, draw),
            rank=expected.rank_of(token),
            probability=float(expected.model[token]),
            bits=bits_of(expected.model[token]),
            drawn=float(expected.drawn[token]),
            instead=characters[other],
            instead_probability=float(expected.model[other]),
        )
        return draw.told_in(choice, token, characters) if draw else choice

    def _came(self, place: int, draw: _Draw | None) -> Came:
        if place < len(self.given):
            return "given"
        if draw:
            return "drawn"
        return "by hand" if self.draws is None else "likeliest"


@dataclass(frozen=True)
class _Draw:
    """A token that a number picked from probabilities `(V,)`, and those refused before it."""

    token: int
    uniform: float
    probabilities: Probabilities
    refused: Sequence[int]

    def told_in(self, choice: Choice, token: int, characters: str) -> Choice:
        """The choice with the number, its share, and what nearly came instead of the token."""
        ends = self.probabilities.cumsum()
        ends /= ends[-1]
        low, high = float(ends[token - 1]) if token else 0.0, float(ends[token])
        near = _nearest_share(self.probabilities, token, self.uniform - low, high - self.uniform)
        repeats = low - _ROUNDING <= self.uniform < high + _ROUNDING
        values = {
            **vars(choice),
            "uniform": self.uniform,
            "low": low,
            "high": high,
            "refused": "".join(characters[each] for each in self.refused),
            "repeats": token == self.token or repeats,
        }
        if near:
            values |= {"nearly": characters[near[0]], "nearly_by": near[1]}
        return Choice(**values)


def _nearest_share(
    probabilities: Probabilities, token: int, below: float, above: float
) -> tuple[int, float] | None:
    """The token whose share is nearest to a number in another's, and the way there."""
    some = np.flatnonzero(probabilities)
    before, after = some[some < token], some[some > token]
    sides = [(-below, before[-1:]), (above, after[:1])]
    found = [(int(side[0]), way) for way, side in sides if len(side)]
    return min(found, key=lambda each: abs(each[1]), default=None)


def _likeliest_other(probabilities: Probabilities, token: int) -> int:
    others = probabilities.copy()
    others[token] = -1
    return int(others.argmax())
