"""`memorised`: whether a model copies its text."""

from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.study_arguments import MemorisedArguments
from charplay.errors import UsageError
from charplay.insight.memorised import Memorised, find_copies

_USUAL_COUNT = {"names": 500, "prose": 5}
# All samples together stay in memory, with an index of every run in them.
_MOST_CHARACTERS = 200_000
_CHARACTERS_EACH = {"names": 10, "prose": 1000}


def show_copies(context: Context, request: Request) -> Memorised:
    """What samples at some temperatures share with the text that a model learned."""
    arguments = request.fill(MemorisedArguments)
    opened = context.model(arguments.model)
    text = context.texts.find(opened, "this needs")
    temperatures = tuple(dict.fromkeys(arguments.temperatures))
    count = arguments.count or _USUAL_COUNT[opened.model.kind]
    most = _MOST_CHARACTERS // (_CHARACTERS_EACH[opened.model.kind] * len(temperatures))
    if count > most:
        raise UsageError(
            f"{count:,} samples at {len(temperatures)} temperatures are more than memory holds",
            f"draw fewer: -n {most}" if most else "name fewer temperatures",
        )
    with context.environment.interrupts() as interrupts:
        copies = find_copies(
            opened.name,
            opened.model,
            text.known,
            text.held_out,
            temperatures,
            count,
            arguments.seed,
            answer_options(context, opened, {}),
            text.notices,
            lambda: interrupts.count > 0,
        )
        context.interrupted = interrupts.count > 0
    return copies
