"""What a request adds to the question that a model is asked: set options, words, the turn."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.generation.options import AnswerOptions, describe_options
from charplay.generation.question import Question, choose_options
from charplay.models.library import OpenModel
from charplay.sessions.tree import Turn

_NO_SEED = "no seed can change this, the likeliest is always taken"


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
    remarks = (_say_again(question),) if request.retried else ()
    after = turn_before(context, request)
    return replace(question, words=request.words, after=after, remarks=remarks)


def _say_again(question: Question) -> str:
    """How a question is asked again: at which temperature, and what else is not the model's own."""
    options = question.options
    if options.greedy:
        return f"{_NO_SEED}; `retry --greedy=off --temperature 1` varies it"
    if options.temperature == 0:
        return f"{_NO_SEED}; `retry --temperature 1` varies it"
    if options.top_k == 1:
        return f"{_NO_SEED}; `retry --top-k none` varies it"
    used = {"temperature": options.temperature, **question.changed}
    return f"again at {describe_options(used)}"


def turn_before(context: Context, request: Request) -> Turn | None:
    """The turn that the answer to a request follows: of one asked again, the one before it."""
    session = context.session
    if session is None:
        return None
    return session.turn_before(request.retried) if request.retried else session.turn
