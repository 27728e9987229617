"""Answers: a prose model goes on from a place, a name model gives names."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, groupby, islice
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from charplay.blas import blas_threads, run_side_by_side
from charplay.generation.options import Sampling
from charplay.generation.place import Place, initial_place, read_tokens, repeat_state
from charplay.generation.sampling import (
    Course,
    Philox,
    Probabilities,
    draw_tokens,
    draws_of,
    token_probabilities,
)
from charplay.generation.steering import Steer, forbid_empty, steered_token
from charplay.interrupts import Interrupted
from charplay.models.arrays import Array
from charplay.models.contract import Model
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import NEWLINE, Tokens

Stopped = Literal["end", "length", "lines", "stop", "interrupted"]
Draws: TypeAlias = Philox | Course

# Names are always drawn in blocks of this many rows, each answer in the row of its number, however
# few are wanted: matrix products of one shape round alike, so no answer depends on the others.
ROWS = 64
_ROWS_TOGETHER = 8
_BLOCKS_AT_ONCE = 8
# Of a model with many characters so many probabilities are worked out at once.
_PROBABILITIES_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class Answer:
    """One text drawn from a model; `--seed` with its label repeats it."""

    text: str
    seed: int
    number: int
    stopped: Stopped
    label: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "label", f"{self.seed}/{self.number}")


class Continuation(Iterator[str]):
    """Prose growing a character at a time; stop asking for more and what it has stays valid.

    `text` and `place` always belong together; `stopped` says why it ended, once it has.
    """

    def __init__(
        self, model: Model, place: Place, sampling: Sampling, seed: int, number: int
    ) -> None:
        self._vocabulary = model.vocabulary
        self._stream = model.stream(place.state)
        self._pending = place.pending
        self._place: Place | None = place
        self._sampling = sampling
        self._draws = draws_of(sampling, seed)
        self._drawn: list[str] = []
        self._lines = sampling.lines
        self.seed, self.number = seed, number
        self.stopped: Stopped = "interrupted"

    @property
    def text(self) -> str:
        """What was drawn so far."""
        return "".join(self._drawn)

    @property
    def place(self) -> Place:
        """The model's place after `text`."""
        if self._place is None:
            self._place = Place(self._stream.snapshot(), self._pending)
        return self._place

    @property
    def answer(self) -> Answer:
        """The text so far, as an answer."""
        return Answer(self.text, self.seed, self.number, self.stopped)

    def __next__(self) -> str:
        if self.stopped != "interrupted":
            raise StopIteration
        logits = self._stream.step(self._pending)
        probabilities = token_probabilities(logits[None], self._sampling)
        token = int(draw_tokens(probabilities, self._draws(self.number, 1, len(self._drawn)))[0])
        self._pending, self._place = token, None
        character = self._vocabulary.characters[token]
        self._drawn.append(character)
        self._note_end()
        return character

    def _note_end(self) -> None:
        """Note why the answer ends, if it does after the last character."""
        stop = self._sampling.stop
        if self._lines is not None and self._drawn[-1] == NEWLINE:
            self._lines -= 1
        if stop is not None and "".join(self._drawn[-len(stop) :]) == stop:
            self.stopped = "stop"
        elif self._lines == 0:
            self.stopped = "lines"
        elif len(self._drawn) >= self._sampling.max_chars:
            self.stopped = "length"


def draw_names(
    model: Model,
    prefix: Tokens,
    sampling: Sampling,
    draws: Draws,
    numbers: Iterable[int],
    interrupted: Interrupted = lambda: False,
    steer: Steer | None = None,
) -> Iterator[Answer]:
    """The answers of those ascending numbers, each a name that begins with the prefix `(T,)`.

    `max_chars` is the longest name, its prefix included; `steer` says what may follow
    a text. Raises ValueError for a model of prose.
    """
    if model.vocabulary.newline is None:
        raise ValueError("a model of names ends each with a newline")
    start = read_tokens(model, initial_place(model), prefix)
    blocks = (
        _Block(model, start, prefix, sampling, draws, block * ROWS + 1, _rows_of(wanted), steer)
        for block, wanted in groupby(numbers, key=lambda number: (number - 1) // ROWS)
    )
    return _draw_blocks(blocks, interrupted)


def _rows_of(numbers: Iterable[int]) -> NDArray[np.intp]:
    """The rows of the names of those numbers in their block."""
    return np.array([(number - 1) % ROWS for number in numbers])


def _draw_blocks(blocks: Iterator["_Block"], interrupted: Interrupted) -> Iterator[Answer]:
    """The answers of blocks, in order, as many blocks run at once as there are threads for.

    Each round takes twice as many blocks as the one before: the first answers come soon, and of
    many, seldom does a thread wait for the others.
    """
    lanes = size = blas_threads()
    while (some := list(islice(blocks, size))) and not interrupted():
        answers = run_side_by_side([partial(_answers_of, block, interrupted) for block in some])
        yield from chain.from_iterable(answers)
        size = max(lanes, min(2 * size, _BLOCKS_AT_ONCE))


def _answers_of(block: "_Block", interrupted: Interrupted, stop: Interrupted) -> list[Answer]:
    """The wanted names of a block, which ends early where either says so."""
    return block.answers(lambda: interrupted() or stop())


def _unended_rows(ended: NDArray[np.bool_]) -> NDArray[np.intp]:
    """The rows to go on with: those of names not ended, filled up to whole eights.

    All rows of a block are drawn, wanted or not, so which ones leave, and with them the shape of
    each product, does not depend on what was asked for.
    """
    going = len(ended) - int(ended.sum())
    size = -(-going // _ROWS_TOGETHER) * _ROWS_TOGETHER
    return np.sort(np.argsort(ended, kind="stable")[:size])


def _parts(rows: int, characters: int) -> list[slice]:
    """Slices of rows, together all, whose probabilities are worked out at once."""
    size = max(1, _PROBABILITIES_AT_ONCE // characters)
    return [slice(first, first + size) for first in range(0, rows, size)]


@dataclass
class _Block:
    """ROWS names drawn side by side; only some rows are wanted."""

    model: Model
    start: Place
    prefix: Tokens
    sampling: Sampling
    draws: Draws
    first: int
    rows: NDArray[np.intp]
    steer: Steer | None = None
    tokens: list[Tokens] = field(default_factory=list)
    unended: Stopped = "length"

    def __post_init__(self) -> None:
        self.texts = [self.model.vocabulary.decode(self.prefix)] * ROWS

    def answers(self, interrupted: Interrupted) -> list[Answer]:
        """The wanted names; none where a block is interrupted before it begins."""
        if interrupted():
            return []
        beginning = self.texts[0]
        self.run(interrupted)
        drawn = np.array(self.tokens, np.int32).reshape(-1, ROWS).T.tolist()
        return [self.answer(row, beginning, drawn[row]) for row in self.rows.tolist()]

    def run(self, interrupted: Interrupted) -> None:
        """Draw until every wanted name has ended."""
        newline = self.model.vocabulary.newline
        state = repeat_state(self.start.state, ROWS)
        column = np.full(ROWS, self.start.pending, np.int32)
        names, ended = np.arange(ROWS), np.zeros(ROWS, bool)
        for position in range(max(0, self.sampling.max_chars - len(self.prefix))):
            logits, state = self.model.step(state, column)
            uniforms = self.draws(self.first, ROWS, position)[names]
            going = np.where(ended[names], -1, names)
            drawn = [
                self._drawn(
                    self._allowed(logits[part], position), uniforms[part], going[part], interrupted
                )
                for part in _parts(*logits.shape)
            ]
            column = np.concatenate(drawn)
            if interrupted():
                self.unended = "interrupted"
                break
            column[ended[names]] = NO_TOKEN
            self._write(names, column)
            ended[names] |= column == newline
            if ended[self.rows].all():
                break
            kept = _unended_rows(ended[names])
            if len(kept) < len(names):
                names, column = names[kept], column[kept]
                state = {name: array[kept] for name, array in state.items()}

    def _drawn(
        self,
        logits: Array,
        uniforms: NDArray[np.float64],
        names: NDArray[np.intp],
        interrupted: Interrupted,
    ) -> Tokens:
        """The tokens that uniform numbers pick for names; -1 stands for one that has ended."""
        probabilities = token_probabilities(logits, self.sampling)
        column = draw_tokens(probabilities, uniforms).astype(np.int32)
        if self.steer:
            for row in np.flatnonzero(names >= 0):
                if interrupted():
                    break
                text = self.texts[names[row]]
                column[row] = self._steered(text, probabilities[row], uniforms[row])
        return column

    def _steered(self, text: str, probabilities: Probabilities, uniform: float) -> int:
        """The token that a uniform number picks; where none may follow a text, the name ends."""
        vocabulary = self.model.vocabulary
        assert self.steer is not None
        token = steered_token(text, probabilities, uniform, self.steer, vocabulary.characters)
        return (vocabulary.newline or 0) if token is None else token

    def _write(self, names: NDArray[np.intp], column: Tokens) -> None:
        """Note what those names are given, and each one's text where somebody steers by it."""
        tokens = np.full(ROWS, NO_TOKEN, np.int32)
        tokens[names] = column
        self.tokens.append(tokens)
        if self.steer:
            characters, newline = self.model.vocabulary.characters, self.model.vocabulary.newline
            for name, token in zip(names, column, strict=True):
                if token not in (NO_TOKEN, newline):
                    self.texts[name] += characters[token]

    def _allowed(self, logits: Array, position: int) -> Array:
        """Logits in which a name that has no letter yet cannot end."""
        if position or len(self.prefix) or self.draws.empty_answers:
            return logits
        return forbid_empty(logits, self.model.vocabulary.newline)

    def answer(self, row: int, beginning: str, drawn: list[int]) -> Answer:
        """The name in a row; stop text and greatest length are looked for in its whole text."""
        characters, newline = self.model.vocabulary.characters, self.model.vocabulary.newline or 0
        ended = newline in drawn
        if ended:
            drawn = drawn[: drawn.index(newline)]
        text = beginning + "".join(map(characters.__getitem__, drawn))
        stopped: Stopped = "end" if ended else self.unended
        if self.sampling.stop and self.sampling.stop in text[len(self.prefix) :]:
            cut = text.index(self.sampling.stop, len(self.prefix)) + len(self.sampling.stop)
            text, stopped = text[:cut], "stop"
        return Answer(text, self.draws.seed, self.first + row, stopped)
