"""The search for names of a form: draw, filter, and go on until there are enough."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from charplay.generation.constraints import Shape, steer_by
from charplay.generation.generator import Answer, Draws, draw_names
from charplay.generation.options import Sampling
from charplay.insight.known_names import KnownNames
from charplay.interrupts import Interrupted
from charplay.models.contract import Model
from charplay.text.typed.typography import comparing_form

# How many names are tried for each one wanted, within these limits.
_TRIES_A_NAME, _LEAST_TRIES, _MOST_TRIES = 50, 2000, 100_000
# So many at a time are compared with the known names, fewer where these are many: what is computed
# at once, and between two looks at whether to stop, is bounded.
_BLOCK, _PAIRS_AT_ONCE = 64, 2**20


@dataclass(frozen=True)
class SearchFilters:
    """Which names a search gives.

    new: only names outside the model's list. unique: each name once. min_distance: only names
    that are at least so many edits away from every known name.
    """

    shape: Shape = field(default_factory=Shape)
    new: bool = False
    unique: bool = False
    min_distance: int | None = None

    @property
    def pass_all(self) -> bool:
        """Whether every drawn name passes."""
        picky = self.shape.constrains or self.new or self.unique
        return not picky and self.min_distance is None


class NameSearch:
    """Draws names from a model until enough of them pass the filters, or enough were tried.

    The shape's starts must be in the model's characters. `tried` counts the names drawn.
    """

    def __init__(
        self,
        model: Model,
        sampling: Sampling,
        draws: Draws,
        filters: SearchFilters,
        known: KnownNames,
    ) -> None:
        self._model, self._sampling, self._draws = model, sampling, draws
        self._filters, self._known = filters, known
        self.tried = 0

    def run(self, numbers: range, exact: bool = False) -> list[Answer]:
        """All that `blocks` gives, in one list."""
        return [answer for block in self.blocks(numbers, exact) for answer in block]

    def blocks(
        self, numbers: range, exact: bool = False, interrupted: Interrupted = lambda: False
    ) -> Iterator[list[Answer]]:
        """The first names that pass, as many as there are numbers, in the order of their draws.

        They come a block of tries at a time, with or without a name that passes. With `exact`, the
        answers of exactly these numbers instead, whether they pass or not.
        """
        tries = numbers if exact else range(1, self.most_tries(len(numbers)) + 1)
        drawn = self._draw(tries, interrupted)
        missing, seen = len(numbers), set[str]()
        size = max(1, min(_BLOCK, _PAIRS_AT_ONCE // max(1, len(self._known.names))))
        while missing and not interrupted() and (block := list(islice(drawn, size))):
            passed = block if exact else self._passing(block, seen, missing)
            self.tried += len(block) if exact else 0
            missing -= len(passed)
            yield passed

    def most_tries(self, wanted: int) -> int:
        """How many names are tried at most for so many wanted."""
        if self._filters.pass_all:
            return wanted
        return max(_LEAST_TRIES, min(_TRIES_A_NAME * wanted, wanted + _MOST_TRIES))

    def _draw(self, numbers: range, interrupted: Interrupted) -> Iterator[Answer]:
        """The answers of those numbers; of several starts, answer 1 has the first, and so on."""
        starts = self._filters.shape.starts or ("",)
        count = len(starts)
        firsts = [(turn + 1 - numbers.start) % count for turn in range(count)]
        drawn = [
            self._draw_from(start, numbers[first::count], interrupted)
            for start, first in zip(starts, firsts, strict=True)
        ]
        for number in numbers:
            answer = next(drawn[(number - 1) % count], None)
            if answer is None:
                return
            # A name that Ctrl-C cut short is left out: its label would give another name.
            if answer.stopped != "interrupted":
                yield answer

    def _draw_from(self, start: str, numbers: range, interrupted: Interrupted) -> Iterator[Answer]:
        shape, vocabulary = self._filters.shape, self._model.vocabulary
        return draw_names(
            self._model,
            vocabulary.encode(start),
            self._sampling,
            self._draws,
            numbers,
            interrupted,
            steer_by(shape, vocabulary.characters) if shape.steers else None,
        )

    def _passing(self, block: Sequence[Answer], seen: set[str], missing: int) -> list[Answer]:
        """The answers that pass, up to as many as are missing, each one looked at counted."""
        passed: list[Answer] = []
        for answer, far in zip(block, self._far_enough(block), strict=True):
            self.tried += 1
            if far and self._passes(answer.text, seen):
                passed.append(answer)
                if len(passed) == missing:
                    break
        return passed

    def _passes(self, text: str, seen: set[str]) -> bool:
        filters = self._filters
        if filters.shape.constrains and not filters.shape.fits(text):
            return False
        if filters.new and self._known.status(text) != "new":
            return False
        if not filters.unique:
            return True
        form = comparing_form(text)
        first = form not in seen
        seen.add(form)
        return first

    def _far_enough(self, answers: Sequence[Answer]) -> list[bool]:
        """Whether each answer is far enough from every known name."""
        least = self._filters.min_distance
        if least is None:
            return [True] * len(answers)
        near = self._known.spelling_index.nearest([answer.text for answer in answers])
        return [nearest is None or nearest.edits >= least for nearest in near]
