"""`edit`."""

from charplay.commands.arguments import EditArguments
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Draft
from charplay.errors import UsageError


def edit_draft(context: Context, request: Request) -> Draft:
    """A text to edit; it is sent by nobody but the person."""
    if not context.prompted:
        raise UsageError(
            "an edited text stands at the prompt, and there is none here",
            "start charplay without a command and type :edit",
        )
    return Draft(request.fill(EditArguments).text)
