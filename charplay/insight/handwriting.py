"""Writing by hand with a model: choosing each character among those that it expects."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from charplay.generation.generator import Draws
from charplay.generation.options import Sampling
from charplay.generation.place import Place, read_tokens
from charplay.generation.sampling import draw_tokens
from charplay.insight.probabilities import Expectation, NextCharacter
from charplay.models.contract import Model
from charplay.text.typed.admission import Admitted
from charplay.text.vocabulary import NEWLINE

# Places to step back to: the last ones, and before them one in so many.
_KEPT = 512
_LONGEST_WORD, _LONGEST_LINE = 60, 400

# Where a model knows only one way to go on, no more are tried.
_MOST_OTHERS = 30

Until = Literal["word", "line"]


class _GoneOn(NamedTuple):
    """What the model wrote last: from where to where, and as in which answer."""

    start: int
    end: int
    until: Until
    number: int


class Handwriting:
    """A text that a person and a model write together, from a place on.

    What the model draws is drawn by the sampling options, at each position with the number that an
    answer has there. A name is whole once it has ended; then nothing can be added to it.
    """

    def __init__(
        self, model: Model, start: Place, sampling: Sampling, draws: Draws, beginning: str = ""
    ) -> None:
        self._model, self._sampling, self._draws = model, sampling, draws
        self.beginning = beginning
        self._tokens: list[int] = []
        self._places = {0: start}
        self._gone: _GoneOn | None = None

    @property
    def text(self) -> str:
        """What was written so far, without the beginning that was given."""
        return self._model.vocabulary.decode(np.array(self._tokens, np.int32))

    def __len__(self) -> int:
        return len(self._tokens)

    @property
    def place(self) -> Place:
        """The model's place after what was written."""
        return self._places[len(self._tokens)]

    @property
    def has_ended(self) -> bool:
        """Whether it is a name that has ended."""
        names = self._model.kind == "names"
        return names and self._tokens[-1:] == [self._model.vocabulary.newline]

    @cached_property
    def _expected(self) -> Expectation:
        fresh = self._model.kind == "names" and not self._tokens and not self.beginning
        place = self.place
        logits, _ = self._model.advance(place.state, np.array([[place.pending]], np.int32))
        return Expectation.of(self._model, logits[0, 0], self._sampling, fresh)

    def ranked(self, most: int) -> tuple[NextCharacter, ...]:
        """The likeliest next characters; none after a name that has ended."""
        if self.has_ended:
            return ()
        return self._expected.rows(self._model.vocabulary.characters, most)

    def choose(self, rank: int) -> bool:
        """Take the character of a rank; whether there is one."""
        ranked = self.ranked(rank)
        if rank > len(ranked):
            return False
        self._append(self._model.vocabulary.index[ranked[-1].character])
        return True

    def write(self, text: str) -> Admitted:
        """Add a text of one's own, in the model's letters; what became of it."""
        if self.has_ended:
            return Admitted("", dropped=text)
        admitted = self._model.vocabulary.admit(text)
        if self._model.kind == "names":
            name, newline, _ = admitted.text.partition(NEWLINE)
            ends = newline if name or self._tokens or self.beginning else ""
            admitted = replace(admitted, text=name + ends)
        for token in self._model.vocabulary.encode(admitted.text).tolist():
            self._append(token)
        return admitted

    def step_back(self) -> bool:
        """Take the last character back; whether there was one."""
        if not self._tokens:
            return False
        self._tokens.pop()
        self._forget_expected()
        count = len(self._tokens)
        if count not in self._places:
            known = count // _KEPT * _KEPT
            read = np.array(self._tokens[known:], np.int32)
            self._places[count] = read_tokens(self._model, self._places[known], read)
        return True

    def step_back_word(self) -> bool:
        """Take the last word back, and the blanks after it; whether there was one."""
        kept = self.text.rstrip()
        kept = kept[: len(kept) - len(kept.split()[-1])] if kept else ""
        return self._step_back_to(len(kept))

    def _step_back_to(self, count: int) -> bool:
        before = len(self._tokens)
        while len(self._tokens) > count:
            self.step_back()
        return len(self._tokens) < before

    def go_on_otherwise(self) -> str:
        """Write something else in place of what the model wrote last; empty where that is gone."""
        gone = self._gone
        if gone is None or len(self._tokens) != gone.end:
            return ""
        before = self.text[gone.start :]
        for number in range(gone.number + 1, gone.number + 1 + _MOST_OTHERS):
            self._step_back_to(gone.start)
            written = self.go_on(gone.until, number)
            if written != before:
                break
        return written

    def go_on(self, until: Until, number: int = 1) -> str:
        """Let the model write a word with the blank after it, or a line with its end; the text.

        It is drawn as in the answer of that number.
        """
        before, begun = len(self._tokens), False
        longest = _LONGEST_WORD if until == "word" else _LONGEST_LINE
        while len(self._tokens) < before + longest and not self.has_ended:
            character = self._draw(number)
            if character == NEWLINE and (begun or until == "line"):
                break
            if until == "word" and begun and character.isspace():
                break
            begun = begun or not character.isspace()
        self._gone = _GoneOn(before, len(self._tokens), until, number)
        return self.text[before:]

    def _draw(self, number: int) -> str:
        uniforms = self._draws(number, 1, len(self._tokens))
        token = int(draw_tokens(self._expected.drawn[None], uniforms)[0])
        self._append(token)
        return self._model.vocabulary.characters[token]

    def _append(self, token: int) -> None:
        place = read_tokens(self._model, self.place, np.array([token], np.int32))
        self._tokens.append(token)
        count = len(self._tokens)
        self._places[count] = place
        old = count - _KEPT
        if old % _KEPT:
            self._places.pop(old, None)
        self._forget_expected()

    def _forget_expected(self) -> None:
        self.__dict__.pop("_expected", None)
