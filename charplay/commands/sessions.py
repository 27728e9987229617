"""`sessions` and `session`: the conversations that are kept."""

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePath

from charplay.commands.arguments import (
    DeleteSessionArguments,
    ImportSessionArguments,
    RenameSessionArguments,
    SearchSessionsArguments,
    SessionArguments,
)
from charplay.commands.context import Context
from charplay.commands.piped_input import FILE_MARK, PIPE, read_named_text
from charplay.commands.position import SessionPosition, session_position
from charplay.commands.reader import read_words
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.turns import current_session
from charplay.commands.words import Word
from charplay.errors import (
    CharplayError,
    UsageError,
    quoted,
    unknown,
)
from charplay.sessions.portable import session_from_json
from charplay.sessions.tree import SessionRecord, Turn, check_session_name

_LONGEST_LINE = 60

SESSION_COLUMNS = (
    Column("current", mark=True),
    Column("session", shrink="fold"),
    Column("model", shrink="fold"),
    Column("turns", format=","),
    Column("last_used", shrink="drop"),
    Column("last_line", shrink="fold"),
)


@dataclass(frozen=True)
class SessionRow:
    """A session in the list; turns: how many; last_line: the end of what was said."""

    current: bool
    session: str
    model: str
    turns: int
    last_used: datetime
    last_line: str


@dataclass(frozen=True)
class SessionDone:
    """What was done with a session; detail: its new name, its file, or its turns."""

    done: str
    session: str
    detail: str = ""


def list_sessions(context: Context, request: Request) -> Table:
    """The sessions, the last used first."""
    return _session_table(context, "", "there is no session yet; say something")


def search_sessions(context: Context, request: Request) -> Table:
    """The sessions that hold a text."""
    text = request.fill(SearchSessionsArguments).text
    return _session_table(context, text, f"no session holds {quoted(text)}")


def _session_table(context: Context, text: str, empty: str) -> Table:
    records = context.store.sessions.matching(text)
    return Table(tuple(_session_row(context, one) for one in records), SESSION_COLUMNS, empty)


def _session_row(context: Context, record: SessionRecord) -> SessionRow:
    turns = context.store.turns
    last = turns.left_at(record)
    return SessionRow(
        current=_is_current(context, record),
        session=record.name,
        model=record.model,
        turns=turns.count(record.key),
        last_used=datetime.fromisoformat(record.used),
        last_line=_end_of(last.last_line) if last else "",
    )


def _end_of(line: str) -> str:
    """The end of a line, which is where the conversation goes on."""
    return line if len(line) <= _LONGEST_LINE else "…" + line[1 - _LONGEST_LINE :]


def _is_current(context: Context, record: SessionRecord) -> bool:
    """Whether a session of the store is the current one."""
    session = context.session
    return (
        session is not None and session.store is context.store and session.record.key == record.key
    )


def _find_session(context: Context, name: str) -> SessionRecord:
    sessions = context.store.sessions
    record = sessions.find(name)
    if record is None:
        raise unknown("session", name, sessions.names(), "sessions")
    return record


def rename_session(context: Context, request: Request) -> SessionDone:
    """Give a session another name."""
    arguments = request.fill(RenameSessionArguments)
    record = _find_session(context, arguments.name)
    name = check_session_name(arguments.to, "a session")
    context.store.sessions.rename(record.name, name)
    if context.session and _is_current(context, record):
        context.session.record = replace(context.session.record, name=name)
    return SessionDone("renamed", record.name, name)


def delete_session(context: Context, request: Request) -> SessionDone:
    """Delete a session, once the person has agreed."""
    arguments = request.fill(DeleteSessionArguments)
    record = _find_session(context, arguments.name)
    turns = f"turns ({context.store.turns.count(record.key):,})"
    if not (arguments.yes or context.ask(f"Delete {record.name} with all its {turns}?", "--yes")):
        return SessionDone("kept", record.name)
    context.store.sessions.delete(record.name)
    if context.session and _is_current(context, record):
        context.session = context.session.sibling(SessionRecord())
    return SessionDone("deleted", record.name)


def import_session(context: Context, request: Request) -> SessionDone:
    """Keep a session that was exported, here or elsewhere."""
    context.check_not_private()
    arguments = request.fill(ImportSessionArguments)
    file, sessions = arguments.file, context.store.sessions
    text = read_named_text(context, file, "name a .json file that `export FILE` wrote")
    try:
        record, turns = session_from_json(text)
    except CharplayError as error:
        raise CharplayError(f"cannot import {file}: {error.message}", error.hint) from error
    name = record.name if arguments.name is None else arguments.name
    check_session_name(name, "a session")
    if sessions.find(name):
        raise UsageError(f"there is a session {name} already", "give another name: --name NAME")
    context.library.pin_if_here(record.digest)
    sessions.add(replace(record, name=name), [_without_files(context, turn) for turn in turns])
    return SessionDone("imported", name, f"{len(turns):,} turns")


def _without_files(context: Context, turn: Turn) -> Turn:
    """A turn of a stranger, whose words name no file of this machine: `retry` would read it."""
    if not turn.said.words:
        return turn
    try:
        request = read_words(context.commands, list(map(Word, turn.said.words)))
    except CharplayError:  # such as cannot be asked again
        return turn
    values = dict(request.values)
    for option in request.command.options:
        value = values.get(option.name)
        if not isinstance(value, str):
            continue
        if value.startswith(FILE_MARK):
            values[option.name] = "" if turn.said.prompt.startswith(FILE_MARK) else turn.said.prompt
        elif option.completes and _is_path(value):
            del values[option.name]
    return replace(turn, said=replace(turn.said, words=replace(request, values=values).words))


def _is_path(value: str) -> bool:
    return PurePath(value).name != value or value.startswith("~") or value in (PIPE, "..")


def switch_session(context: Context, request: Request) -> SessionPosition:
    """Go on in another session, or in a new one of that name."""
    name = request.fill(SessionArguments).name
    if name is None:
        session = context.session
        if session is None or not session.record.name:
            session = current_session(context)
        return session_position(session, "current session")
    context.check_not_private()
    record = context.store.sessions.find(name)
    session = context.switch_session(record or _new_record(context, name))
    if record is None:
        return session_position(session, "begins with your next words")
    session.set_position(session.turn, record.branch)  # the next start goes on with it
    return session_position(session, "going on")


def _new_record(context: Context, name: str) -> SessionRecord:
    """A session of a name that uses the model of the current one."""
    here = context.session.record if context.session else SessionRecord()
    name = check_session_name(name, "a session")
    return SessionRecord(name=name, model=here.model, digest=here.digest, live=here.live)
