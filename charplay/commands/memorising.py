"""`memorised`: whether a model copies its text."""

from charplay.commands.asking import answer_options
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.study_arguments import MemorisedArguments
from charplay.insight.memorised import Memorised, find_copies

_USUAL_COUNT = {"names": 500, "prose": 5}


def show_copies(context: Context, request: Request) -> Memorised:
    """What samples at some temperatures share with the text that a model learned."""
    arguments = request.fill(MemorisedArguments)
    opened = context.model(arguments.model)
    text = context.texts.find(opened, "this needs")
    count = arguments.count or _USUAL_COUNT[opened.model.kind]
    with context.environment.interrupts() as interrupts:
        return find_copies(
            opened.name,
            opened.model,
            text.known,
            text.held_out,
            tuple(dict.fromkeys(arguments.temperatures)),
            count,
            arguments.seed,
            answer_options(context, opened, {}),
            text.notices,
            lambda: interrupts.count > 0,
        )
