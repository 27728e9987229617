"""`probs`: what comes next."""

from collections.abc import Mapping

from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.insight_arguments import ProbsArguments
from charplay.commands.request import Request
from charplay.commands.standpoint import standpoint
from charplay.commands.streamed_text import given_pieces
from charplay.generation.options import AnswerOptions, describe_options
from charplay.insight.probabilities import NextCharacters, next_characters
from charplay.options import option_values

_CHOOSING = ("temperature", "greedy", "top_k", "top_p", "min_p")


def show_probabilities(context: Context, request: Request) -> NextCharacters:
    """The likeliest characters after a text, a turn, or where the session is."""
    arguments = request.fill(ProbsArguments)
    pieces = given_pieces(context, request, "text")
    at = standpoint(context, arguments.model, arguments.turn, pieces)
    options = answer_options(context, at.opened, arguments.sampling)
    return next_characters(
        at.opened.model,
        at.place,
        options,
        arguments.count,
        name=at.opened.name,
        text=at.text,
        options=choosing_options(options),
        fresh=at.fresh,
        notices=at.notices,
    )


def choosing_options(options: AnswerOptions) -> str:
    """The options by which characters are chosen, in words; empty without any."""
    own = option_values(AnswerOptions())
    changed: Mapping[str, object] = {
        name.replace("_", "-"): value
        for name, value in option_values(options).items()
        if name in _CHOOSING and value != own[name]
    }
    return describe_options(changed)
