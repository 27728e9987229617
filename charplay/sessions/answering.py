"""Answering in a session: where the model goes on from, and what is kept of it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TypeAlias

from charplay.generation.answers import AnswerEvent, NameAnswerEvent, NameAnswers, ProseAnswer
from charplay.generation.generator import Answer
from charplay.generation.place import initial_place
from charplay.generation.question import Question
from charplay.interrupts import Interrupts
from charplay.sessions.choice import ANSWERS_A_TURN, unkept_notice
from charplay.sessions.session import Session

CountInterrupts: TypeAlias = Callable[[], AbstractContextManager[Interrupts]]


def in_conversation(question: Question, session: Session | None) -> Question:
    """The question as plain text: prose goes on from where the session is, and moves it."""
    prose = question.opened.model.kind == "prose"
    after = session.turn if session else None
    return replace(question, after=after, goes_on=prose, moves=prose)


def answer_with_names(
    question: Question, session: Session | None, count_interrupts: CountInterrupts
) -> Iterator[NameAnswerEvent]:
    """The events of names that answer a question; the first of them are kept as a turn.

    Ctrl-C keeps those so far.
    """
    notices, kept, count = _session_notices(question, session), list[Answer](), 0
    with count_interrupts() as interrupts:
        answers = NameAnswers(question, notices, lambda: interrupts.count > 0)
        yield answers.started
        for count, answer in enumerate(answers.names(), start=1):
            if count <= ANSWERS_A_TURN:
                kept.append(answer)
            yield answer
            if interrupts.count:
                break
    if session:
        session.keep_turn(question, kept)
    yield answers.finished(unkept_notice(count) if session else ())


def answer_with_prose(
    question: Question, session: Session | None, count_interrupts: CountInterrupts
) -> Iterator[AnswerEvent]:
    """The events of prose that answers a question, kept as a turn before the last of them.

    Ctrl-C keeps the text so far and the place after it.
    """
    start = initial_place(question.opened.model)
    if session and question.goes_on:
        start = session.place_after(question.after, question.opened)
    notices = _session_notices(question, session)
    # A long prompt is read first: Ctrl-C ends that as it ends anything that has nothing to keep.
    prose = ProseAnswer(question, start, notices, lambda: interrupts.count > 0)
    yield from prose.reading()
    with count_interrupts() as interrupts:
        yield prose.started
        yield from prose.events()
    finished = prose.finished
    if session:
        session.keep_turn(question, finished.answers, prose.place if question.moves else None)
    yield finished


def _session_notices(question: Question, session: Session | None) -> tuple[str, ...]:
    """What the person should know of the session, where the model is its own."""
    if session is None or (question.words and not question.moves):
        return ()
    return (*session.live_notice(question.opened), *session.take_notices())
