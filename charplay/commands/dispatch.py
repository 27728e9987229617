"""From a typed line, or a shell's words, to a result."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from pkgutil import resolve_name
from typing import Any

from charplay.commands.command import Command
from charplay.commands.context import Context
from charplay.commands.macro_lines import expand_typed
from charplay.commands.plain_words import COMMAND_MARK, agrees, declines, meant_command, spoken_text
from charplay.commands.reader import read_line, read_words
from charplay.commands.request import Request
from charplay.commands.returned import check_returned
from charplay.commands.saving import SavePlan, is_picture
from charplay.commands.spreadsheet import local_spreadsheet
from charplay.commands.words import Word, type_word
from charplay.errors import UsageError
from charplay.files import new_file
from charplay.plugins.loading import leave_breadcrumb

_TALK = Command(
    "talk",
    "plain text",
    "charplay.commands.generating:talk",
    "charplay.commands.arguments:TalkArguments",
)


@dataclass(frozen=True)
class Performed:
    """What a command returned, the format in which to write it, and what to tell before it.

    picture: the file to draw the value in, if that is asked.
    """

    value: object
    format: str
    notes: tuple[str, ...] = ()
    picture: Path | None = None


def perform_line(context: Context, line: str) -> Performed | None:
    """Do what a line says: `:command …`, or plain text; a backslash keeps a text from being other.

    A macro's name stands for its line. A command without its colon is asked about where somebody
    is there, and an answer that is neither yes nor no is the next line; elsewhere it is text, and
    that is told.
    """
    expanded = expand_typed(context.commands, context.macros, line)
    if expanded != line:
        return perform_line(context, expanded)
    if line.startswith(COMMAND_MARK):
        request = read_line(context.commands, line.removeprefix(COMMAND_MARK))
        return perform(context, request) if request else None
    meant = meant_command(context.commands, line)
    if meant and context.chooser:
        typed = context.chooser(meant.question)
        if typed.strip() == meant.escaped:
            return perform(context, plain_text(line))
        if declines(typed):
            return None
        return perform_line(context, meant.line if agrees(typed) else typed)
    performed = perform(context, plain_text(spoken_text(context.commands, line)))
    return replace(performed, notes=(meant.note, *performed.notes)) if meant else performed


def perform_words(context: Context, words: Sequence[Word]) -> Performed | None:
    """Do what words say, the first being a command's name or a macro's."""
    if words[0].text in context.macros and words[0].text not in context.commands:
        return perform_line(context, COMMAND_MARK + " ".join(map(type_word, words)))
    return perform(context, read_words(context.commands, words))


def plain_text(text: str) -> Request:
    """The request that plain text is."""
    return Request((), _TALK, {"text": text})


def perform(context: Context, request: Request) -> Performed:
    """Run a request's handler, or explain its command; save the result where that is asked."""
    context.performing = request
    if request.help:
        from charplay.commands.help import describe_command  # no prompt needs it

        written_as = request.format or context.settings.interface.format
        return Performed(describe_command(request.command, request.path), written_as)
    if request.save is not None and request.command.draws and is_picture(request.save):
        picture = new_file(request.save)
        value = run_handler(context, request)
        return Performed(value, "text", context.take_notes(), picture)
    if request.save is not None:
        plan = SavePlan.of(request.save, request.format, request.command.draws)
        value = run_handler(context, request)
        if value is None:
            raise UsageError("there is nothing to save", "leave out --save")
        spreadsheet = local_spreadsheet(context.environment.variables)
        return Performed(plan.save(value, spreadsheet), "text", context.take_notes())
    value = run_handler(context, request)
    written_as = request.format or context.settings.interface.format
    return Performed(value, written_as, context.take_notes())


def run_handler(context: Context, request: Request) -> Any:
    """What the handler of a request returns; ReturnError where that cannot be shown."""
    name = " ".join(dict.fromkeys((*request.path, request.command.name)))
    return check_returned(name, load_handler(context, request)(context, request))


def load_handler(context: Context, request: Request) -> Callable[[Context, Request], Any]:
    """The function that a command names; imported here, when the command runs."""
    offered, name = context.registry.commands, next(iter(request.path), "")
    plugin = offered.origin(name).plugin if name in offered else ""
    with leave_breadcrumb(context.environment.cache, plugin) if plugin else nullcontext():
        handler: Callable[[Context, Request], Any] = resolve_name(request.command.handler)
    return handler
