"""`sample`, `poem` and plain text: what a model answers."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

from charplay.commands.arguments import PoemArguments, SampleArguments, TalkArguments
from charplay.commands.asking import answer_options, in_session
from charplay.commands.context import Context
from charplay.commands.piped_input import given_text
from charplay.commands.request import Request
from charplay.commands.results import EventStream, RowStream, Table
from charplay.errors import UsageError
from charplay.generation.answers import AnswerEvent, Answers, NameAnswerEvent, NamesAnswered
from charplay.generation.generator import Answer
from charplay.generation.options import POEM_OPTIONS
from charplay.generation.question import Question, ask_question, check_room
from charplay.models.library import OpenModel
from charplay.pretrained import POET
from charplay.sessions.answering import answer_with_names, answer_with_prose, in_conversation


@dataclass(frozen=True)
class StreamedAnswer(EventStream):
    """Prose while it is drawn; JSON and CSV have the finished answers alone."""

    ends_in_table: ClassVar[bool] = True

    events: Iterator[AnswerEvent]

    def results(self) -> Iterator[object]:
        """The finished answers."""
        *_, last = self.events
        yield last


@dataclass(frozen=True)
class StreamedNames(RowStream):
    """Names while they are drawn; no name has a larger number than `largest`."""

    row_type: ClassVar[type] = Answer

    events: Iterator[NameAnswerEvent]
    model: str
    seed: int
    prompt: str
    wanted: int
    largest: int


def talk(context: Context, request: Request) -> StreamedNames | StreamedAnswer | Table:
    """Plain text: prose goes on from it where the session is, names begin with it."""
    arguments = request.fill(TalkArguments)
    opened = context.model()
    if opened.model.kind == "names" and not arguments.text.strip():
        return Table((), (), "an empty line begins no name; `names` makes names")
    options = answer_options(context, opened, arguments.sampling)
    count = context.settings.interface.answers if opened.model.kind == "names" else 1
    question = ask_question(opened, options, arguments.text, count, context.environment.fresh_seed)
    question = in_conversation(question, context.session)
    return _answer(context, in_session(context, request, question))


def sample(context: Context, request: Request) -> StreamedNames | StreamedAnswer:
    """Text from a model: names, or prose that goes on from a prompt."""
    arguments = request.fill(SampleArguments)
    opened = context.model(arguments.model)
    options = answer_options(context, opened, arguments.sampling)
    request, prompt = given_text(context, request, "prompt")
    fresh_seed = context.environment.fresh_seed
    question = ask_question(opened, options, prompt, arguments.count, fresh_seed)
    return _answer(context, in_session(context, request, question))


def write_poem(context: Context, request: Request) -> StreamedAnswer:
    """A poem that begins with a line as it was typed; the conversation goes on after the poem."""
    arguments = request.fill(PoemArguments)
    request, line = given_text(context, request, "line")
    if not line:
        raise UsageError(
            "a poem needs its opening line", "`poem Shall I compare thee to a winter's night`"
        )
    opened = _poet(context, arguments.model)
    options = answer_options(context, opened, arguments.sampling, POEM_OPTIONS)
    options = replace(options, verse=True)
    question = ask_question(opened, options, line, 1, context.environment.fresh_seed)
    question = in_session(context, request, replace(question, usual=POEM_OPTIONS))
    return StreamedAnswer(_events(context, replace(question, after=None, moves=True)))


def _poet(context: Context, reference: str | None) -> OpenModel:
    """The model named, else the conversation's if it writes prose, else the shipped poet."""
    opened = context.model(reference)
    if opened.model.kind == "prose":
        return opened
    if reference is None:
        return context.model(POET)
    raise UsageError(
        f"{opened.name} gives names, not verse", f"`names {reference}`, or leave out --model"
    )


def _answer(context: Context, question: Question) -> StreamedNames | StreamedAnswer:
    if question.opened.model.kind == "prose":
        return StreamedAnswer(_events(context, question))
    question = check_room(question)
    return StreamedNames(
        events=_name_events(context, question),
        model=question.opened.name,
        seed=question.seed,
        prompt=question.prompt,
        wanted=len(question.numbers),
        largest=question.numbers[-1],
    )


def _name_events(context: Context, question: Question) -> Iterator[NameAnswerEvent]:
    for event in answer_with_names(question, context.session, context.environment.interrupts):
        if isinstance(event, NamesAnswered):
            context.interrupted = event.interrupted
        yield event


def _events(context: Context, question: Question) -> Iterator[AnswerEvent]:
    for event in answer_with_prose(question, context.session, context.environment.interrupts):
        if isinstance(event, Answers):
            context.interrupted = event.interrupted
        yield event
