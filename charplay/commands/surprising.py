"""`surprise`: how surprised a model is by each character of a text."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from charplay.blas import one_blas_thread
from charplay.commands.context import Context
from charplay.commands.insight_arguments import SurpriseArguments
from charplay.commands.request import Request
from charplay.commands.results import RowStream, Table
from charplay.commands.streamed_text import check_known, text_pieces, until_interrupted
from charplay.insight.surprise import ScoredLine, Surprise, SurpriseEvent, read_surprise
from charplay.models.library import OpenModel
from charplay.text.typed.streaming import StreamAdmission


@dataclass(frozen=True)
class SurpriseStream(RowStream):
    """The lines of a text as they are read, and at last what it came to."""

    row_type: ClassVar[type] = ScoredLine
    rows_field: ClassVar[str] = "lines"
    head_fields: ClassVar[tuple[str, ...]] = ("model",)

    events: Iterator[SurpriseEvent]
    model: str

    def results(self) -> Iterator[object]:
        for table in super().results():
            assert isinstance(table, Table)
            yield replace(table, json_only=("words", "character_bits"))


def show_surprise(context: Context, request: Request) -> SurpriseStream:
    """The bits of every character of a text, which is read as it comes."""
    arguments = request.fill(SurpriseArguments)
    opened = context.model(arguments.model)
    pieces = text_pieces(context, request, "text")
    return SurpriseStream(_events(context, opened, pieces), opened.name)


def _events(context: Context, opened: OpenModel, pieces: Iterable[str]) -> Iterator[SurpriseEvent]:
    admission = StreamAdmission(opened.model.vocabulary)
    with context.environment.interrupts() as interrupts, one_blas_thread():
        admitted = admission.admit(until_interrupted(pieces, interrupts))
        for event in read_surprise(opened.model, admitted, lambda: interrupts.count > 0):
            if isinstance(event, Surprise):
                context.interrupted = interrupts.count > 0
                check_known(opened, event.characters, admission, context.interrupted)
                event = replace(event, interrupted=context.interrupted)
                notice = admission.admitted.notice
                event = replace(event, notices=(notice,) if notice else ())
            yield event
