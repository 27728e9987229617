"""`pick`: writing by hand with a model."""

from collections.abc import Iterator
from dataclasses import replace

from charplay.commands.asking import answer_options, in_session
from charplay.commands.context import Context
from charplay.commands.generating import StreamedAnswer, StreamedNames
from charplay.commands.insight_arguments import PickArguments
from charplay.commands.request import Request
from charplay.commands.results import Table
from charplay.commands.streamed_text import first_characters, given_pieces
from charplay.errors import UsageError
from charplay.generation.answers import (
    AnswerEnded,
    AnswerEvent,
    Answers,
    AnswerStarted,
    AnswerText,
    NamesAnswered,
)
from charplay.generation.generator import Answer, Stopped
from charplay.generation.place import initial_place, read_tokens
from charplay.generation.question import Question, ask_question
from charplay.generation.sampling import draws_of
from charplay.insight.handwriting import Handwriting
from charplay.text.vocabulary import NEWLINE

_LONGEST_TEXT = 100_000


def pick_text(context: Context, request: Request) -> StreamedAnswer | StreamedNames | Table:
    """A text that a person writes with a model; it is kept as an answer of the session."""
    arguments = request.fill(PickArguments)
    if context.picker is None:
        raise UsageError(
            "pick needs a terminal, where somebody chooses",
            "`probs TEXT` shows what there is to choose, `sample --prompt TEXT` writes by itself",
        )
    opened = context.model(arguments.model)
    options = answer_options(context, opened, arguments.sampling)
    pieces = given_pieces(context, request, "text")
    text, more = first_characters(pieces or (), _LONGEST_TEXT)
    if more:
        raise UsageError(
            f"a text to go on from has at most {_LONGEST_TEXT:,} characters", "name a shorter one"
        )
    question = ask_question(opened, options, text, 1, context.environment.fresh_seed)
    question = in_session(context, request, question)
    prose = opened.model.kind == "prose"
    question = replace(question, goes_on=prose, moves=prose)
    writing = _begin_writing(context, question)
    if not context.picker(writing) or not len(writing):
        return Table((), (), "nothing was picked")
    return _keep(context, question, writing)


def _begin_writing(context: Context, question: Question) -> Handwriting:
    model, session = question.opened.model, context.session
    start = initial_place(model)
    if session and question.goes_on:
        start = session.place_after(question.after, question.opened)
    beginning = question.admitted.text
    start = read_tokens(model, start, model.vocabulary.encode(beginning))
    draws = draws_of(question.options, question.seed)
    return Handwriting(model, start, question.options, draws, beginning)


def _keep(
    context: Context, question: Question, writing: Handwriting
) -> StreamedAnswer | StreamedNames:
    """Keep what was written as a turn, and show it as any other answer."""
    names = question.opened.model.kind == "names"
    text = writing.text
    if names:
        text = question.options.present(writing.beginning + text.removesuffix(NEWLINE))
    stopped: Stopped = "end" if writing.has_ended or not names else "interrupted"
    answer = Answer(text, question.seed, 1, stopped)
    notices = question.notices
    if context.session:
        notices = (*context.session.take_notices(), *notices)
        context.session.keep_turn(question, (answer,), writing.place if question.moves else None)
    started = AnswerStarted(
        model=question.opened.name,
        kind=question.opened.model.kind,
        seed=question.seed,
        prompt=question.prompt,
        notices=notices,
        changed=question.changed,
    )
    if names:
        events = iter((started, answer, NamesAnswered((), False, question.changed)))
        return StreamedNames(events, started.model, question.seed, question.prompt, 1, 1)
    return StreamedAnswer(_prose_events(started, answer))


def _prose_events(started: AnswerStarted, answer: Answer) -> Iterator[AnswerEvent]:
    yield started
    yield AnswerText(1, answer.text)
    yield AnswerEnded(1, answer.stopped)
    yield Answers(
        model=started.model,
        seed=answer.seed,
        prompt=started.prompt,
        answers=(answer,),
        notices=started.notices,
        changed=started.changed,
    )
