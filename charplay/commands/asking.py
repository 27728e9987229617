"""What a request adds to the question that a model is asked: set options, words, the turn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.generation.options import AnswerOptions
from charplay.generation.question import Question, choose_options
from charplay.models.library import OpenModel
from charplay.sessions.tree import Turn


def answer_options(
    context: Context,
    opened: OpenModel,
    given: Mapping[str, Any],
    usual: AnswerOptions | None = None,
) -> AnswerOptions:
    """The options of the model's file, then those that were set, then those given now.

    `usual` replaces what is usual for the model's kind.
    """
    return choose_options(opened, context.settings.sampling, given, usual=usual)


def in_session(context: Context, request: Request, question: Question) -> Question:
    """The question with the words that asked it, after the turn where the session is."""
    return replace(question, words=request.words, after=turn_before(context, request))


def turn_before(context: Context, request: Request) -> Turn | None:
    """The turn that the answer to a request follows: of one asked again, the one before it."""
    session = context.session
    if session is None:
        return None
    return session.turn_before(request.retried) if request.retried else session.turn
