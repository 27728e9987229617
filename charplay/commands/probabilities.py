"""`probs` and `why`: what comes next, and why a character came."""

import re

from charplay.commands.answer_traces import PastAnswer, past_answer
from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.insight_arguments import ProbsArguments, WhyArguments
from charplay.commands.request import Request
from charplay.commands.standpoint import standpoint
from charplay.commands.streamed_text import given_pieces
from charplay.errors import UsageError
from charplay.generation.options import choosing_options
from charplay.insight.probabilities import NextCharacters, next_characters
from charplay.insight.whys import Why, explain_choices
from charplay.text.typed.signs import show_text

_LONGEST_SHOWN = 40
_OTHER = (
    "the number that chose it now picks another character: the weights or their rounding differ"
)


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
        fresh=at.fresh,
        model=at.opened.name,
        text=at.text,
        options=choosing_options(options),
        notices=at.notices,
    )


def explain_answer(context: Context, request: Request) -> Why:
    """How the characters of a past answer came, and one of them with all that was expected."""
    arguments = request.fill(WhyArguments)
    past = past_answer(context, arguments.turn, arguments.answer)
    first, last = _find_places(past, arguments.place)
    explained = explain_choices(past.trace, first, last)
    expected = explained.expected.listed(
        past.opened.model.vocabulary.characters,
        arguments.count,
        model=past.opened.name,
        text=past.prompt + past.text[: explained.place - 1],
        options=choosing_options(past.options),
    )
    differs = any(not choice.repeats for choice in explained.choices)
    return Why(
        model=past.opened.name,
        turn=past.turn.number,
        label=past.label,
        text=past.text,
        choices=explained.choices,
        place=explained.place,
        expected=expected,
        notices=(*past.notices, *((_OTHER,) if differs else ())),
    )


def _find_places(past: PastAnswer, typed: str) -> tuple[int, int]:
    """The first and the last place that are meant: a number, the places of a text, or all."""
    text, place = past.text, typed.strip()
    if not text:
        raise UsageError(
            f"the answer of turn {past.turn.number} is empty", "`tree` shows the turns"
        )
    if not place:
        return 1, len(text)
    if place.isdecimal():
        if not 1 <= int(place[:18]) <= len(text):
            raise UsageError(
                f"there is no character {place[:18]}: the answer has {len(text):,}",
                f"name one from 1 to {len(text)}",
            )
        return int(place), int(place)
    found = (
        re.search(re.escape(typed), text)
        or re.search(re.escape(place), text)
        or re.search(re.escape(place), text, re.IGNORECASE)
    )
    if found is None:
        raise UsageError(
            f"the answer has no {show_text(place, _LONGEST_SHOWN)}", "`why` shows all of it"
        )
    return found.start() + 1, found.end()
