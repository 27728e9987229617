"""Names as they are found: the events of a search, and what of them the session keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from charplay.commands.arguments import NamesArguments
from charplay.commands.context import Context
from charplay.commands.results import RowStream
from charplay.generation.generator import Answer
from charplay.insight.described_name import DescribedName
from charplay.insight.naming import NameDraw
from charplay.insight.score import LEAST_RANKED
from charplay.interrupts import Interrupts
from charplay.sessions.choice import ANSWERS_A_TURN, unkept_notice
from charplay.text.typed.typography import comparing_form

if TYPE_CHECKING:
    from charplay.generation.question import Question

DRAWN_ORDER = "draw"
CAUTION = "This is no regulatory check: a name that passes is not a name cleared."
_RANKED = "no centile: it ranks a name among held-out names, and the model"
_UNRANKED = f"{_RANKED} has fewer than {LEAST_RANKED}"
_UNTESTED = f"{_RANKED} was not tested on any"
_SORT_KEYS: dict[str, Callable[[DescribedName], Any]] = {
    "loss": lambda name: name.loss,
    "length": lambda name: (len(name.text), name.text),
    "alphabet": lambda name: comparing_form(name.text),
}
# Names that are sorted at once; sorting more would keep Ctrl-C waiting.
_SORTED_AT_ONCE = 1 << 15


@dataclass(frozen=True)
class NamesSoFar:
    """How many names were found, after how many were looked at; notices: what turned out by now."""

    fitting: int
    tried: int
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class NamesFound:
    """The end of a search. fitting: how many of the names tried passed every filter.

    filters: the options that names had to pass, as they are typed; changed: the options that
    differ from the model's own; notices: all there were; caution: what to know of names that were
    compared by sound.
    """

    wanted: int
    fitting: int
    tried: int
    filters: tuple[str, ...] = ()
    changed: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[str, ...] = ()
    caution: str = ""
    interrupted: bool = False


NameEvent: TypeAlias = DescribedName | NamesSoFar | NamesFound


@dataclass(frozen=True)
class NameStream(RowStream):
    """Names as they are found: each, how many there are after each block of tries, and the end.

    largest: no name has a larger number; ordered: the names come sorted, after the last block.
    """

    row_type: ClassVar[type] = DescribedName

    events: Iterator[NameEvent]
    model: str
    seed: int
    prompt: str
    wanted: int
    largest: int
    ordered: bool = False


@dataclass
class NameEvents:
    """The events of a search; the first names that it gives become a turn before the last event.

    filters: the options that names have to pass, as they are typed; changed: those that differ
    from the model's own.
    """

    context: Context
    question: Question
    draw: NameDraw
    notices: tuple[str, ...]
    arguments: NamesArguments
    filters: tuple[str, ...]
    changed: Mapping[str, object]
    _fitting: int = 0
    _kept: list[Answer] = field(default_factory=list)

    def __iter__(self) -> Iterator[NameEvent]:
        yield NamesSoFar(0, 0, self.notices)
        sort_key = _SORT_KEYS.get(self.arguments.sort)
        with self.context.environment.interrupts() as interrupts:
            found = self._found(interrupts)
            for event in self._sorted(found, sort_key, interrupts) if sort_key else found:
                if isinstance(event, DescribedName) and len(self._kept) < ANSWERS_A_TURN:
                    self._kept.append(Answer(event.text, event.seed, event.number, event.stopped))
                yield event
            self.context.interrupted = interrupts.count > 0
        self._keep_turn()
        yield self._end()

    def _found(self, interrupts: Interrupts) -> Iterator[DescribedName | NamesSoFar]:
        """The names, and after each block of tries how many there are."""
        for burst in self.draw.bursts(lambda: interrupts.count > 0):
            yield from self._unranked(burst)
            yield from burst
            self._fitting += len(burst)
            yield NamesSoFar(self._fitting, self.draw.tried)

    def _unranked(self, burst: list[DescribedName]) -> Iterator[NamesSoFar]:
        """Before the first names, why they have no centile, where they have none."""
        header = self.question.opened.header
        if burst and not self._fitting and not header.held_out_quantiles:
            # A model in training, or kept along the way, is tested at the end.
            reason = _UNTESTED if header.held_out_loss is None else _UNRANKED
            self.notices = (*self.notices, reason)
            yield NamesSoFar(0, 0, (reason,))

    def _sorted(
        self,
        events: Iterator[DescribedName | NamesSoFar],
        key: Callable[[DescribedName], Any],
        interrupts: Interrupts,
    ) -> Iterator[DescribedName | NamesSoFar]:
        """The same events, the names sorted behind all the others; the first ones after Ctrl-C."""
        runs: list[list[DescribedName]] = [[]]
        for event in events:
            if not isinstance(event, DescribedName):
                yield event
                continue
            runs[-1].append(event)
            if len(runs[-1]) == _SORTED_AT_ONCE:
                runs[-1].sort(key=key)
                runs.append([])
        runs[-1].sort(key=key)
        pressed = interrupts.count
        for name in islice(merge(*runs, key=key), ANSWERS_A_TURN if pressed else None):
            yield name
            if interrupts.count > pressed:
                return

    def _keep_turn(self) -> None:
        session = self.context.session
        if session:
            session.keep_turn(self.question, self._kept)
            self.notices = (*self.notices, *unkept_notice(self._fitting))

    def _end(self) -> NamesFound:
        return NamesFound(
            wanted=len(self.question.numbers),
            fitting=self._fitting,
            tried=self.draw.tried,
            filters=self.filters,
            changed=self.changed,
            notices=self.notices,
            caution=CAUTION if self.arguments.sounds else "",
            interrupted=self.context.interrupted,
        )
