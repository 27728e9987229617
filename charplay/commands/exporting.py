"""`export`: a session as a page to read, as a file to import, or its answers as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath

from charplay.commands.arguments import ExportArguments
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import table_of
from charplay.commands.saving import SavedFile, SavePlan
from charplay.commands.sessions import SessionDone
from charplay.commands.spreadsheet import local_spreadsheet
from charplay.commands.turns import current_session
from charplay.errors import UsageError, quoted
from charplay.files import new_file, path_text, replace_file
from charplay.sessions.pages import PAGES
from charplay.sessions.tree import Turn

_TABLE_ENDINGS = (".csv", ".jsonl")


@dataclass(frozen=True)
class AnswerRow:
    """An answer of a session; words: the command that asked, empty for plain text."""

    text: str
    prompt: str
    label: str
    model: str
    turn: int
    parent: int | None
    branch: str
    stopped: str
    kept: bool
    words: str
    made: str


def export_session(context: Context, request: Request) -> SessionDone | SavedFile:
    """Write the session to a file; never over another file."""
    path = new_file(request.fill(ExportArguments).file)
    ending = path.suffix.lower()
    if ending in _TABLE_ENDINGS:
        return _export_answers(context, path, request.format)
    page = PAGES.get(ending)
    if page is None:
        endings = ", ".join(sorted([*PAGES, *_TABLE_ENDINGS]))
        typed = path_text(PurePath(path.suffix or path.name))
        raise UsageError(
            f"a session cannot be written as {quoted(typed)}",
            f"sessions can be written as {endings}",
        )
    session = current_session(context)
    turns = session.store.turns.all(session.record.key)
    text = page(session.record, turns, session.turn)
    replace_file(path, text.encode("utf-8", "backslashreplace"), shared=True)
    return SessionDone("exported", session.record.name, path_text(path))


def _export_answers(context: Context, path: Path, format: str | None) -> SavedFile:
    """The answers of every turn and branch, a row each."""
    plan, session = SavePlan.of(str(path), format), current_session(context)
    rows = _answer_rows(session.store.turns.all(session.record.key))
    return plan.save(table_of(rows), local_spreadsheet(context.environment.variables))


def _answer_rows(turns: Sequence[Turn]) -> list[AnswerRow]:
    return [
        AnswerRow(
            text=reply.text,
            prompt=turn.said.prompt,
            label=f"{turn.said.seed}/{reply.number}",
            model=turn.said.model,
            turn=turn.number,
            parent=turn.parent,
            branch=turn.branch,
            stopped=reply.stopped,
            kept=reply.kept,
            words=" ".join(turn.said.words),
            made=turn.made,
        )
        for turn in turns
        for reply in turn.said.replies
    ]
