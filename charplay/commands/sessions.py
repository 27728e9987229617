"""`sessions`, `session`, `export`: the conversations that are kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

from charplay.commands.context import Context
from charplay.commands.listing import Listing
from charplay.commands.table import Command
from charplay.commands.turns import SessionPosition, session_of, standing
from charplay.errors import CharplayError, UsageError, unknown
from charplay.files import new_file, read_text_file, replace_file
from charplay.options import option
from charplay.sessions.tree import SessionRecord, check_called

ACTIONS = {"list": 0, "search": None, "rename": 2, "delete": 1, "import": 1}
_WANTS = {
    "list": "nothing more",
    "rename": "a session and its new name",
    "delete": "a session",
    "import": "a file that export made",
    "search": "a text",
}


@dataclass(frozen=True)
class SessionsArguments:
    """What `sessions` takes."""

    action: str = option(
        "list", "what to do", choices=tuple(ACTIONS), positional=True, metavar="ACTION"
    )
    words: tuple[str, ...] = option(
        (),
        "for search, a text; for rename, a session and its new name; for delete, a session; "
        "for import, a file",
        positional=True,
        metavar="WORD …",
    )
    name: str | None = option(None, "for import: the name to keep it under")
    yes: bool = option(False, "for delete: do not ask")


@dataclass(frozen=True)
class SessionArguments:
    """What `session` takes."""

    name: str | None = option(
        None, "which one, made where there is none; none: tell which it is", positional=True
    )


@dataclass(frozen=True)
class ExportArguments:
    """What `export` takes."""

    file: str | None = option(
        None, "where to: .md, .txt, .json or .html", metavar="FILE", positional=True
    )


@dataclass(frozen=True)
class SessionRow:
    """A session in the list; turns: how many; last: the end of what was said."""

    name: str
    current: bool
    model: str
    turns: int
    used: str
    last: str


@dataclass(frozen=True)
class SessionDone:
    """Something was done with a session; `where` is what it is now called, or lies in."""

    done: str
    name: str
    where: str = ""


def sessions(context: Context, arguments: SessionsArguments) -> Listing | SessionDone:
    """The sessions, or what is to be done with one of them."""
    action, words = arguments.action, arguments.words
    wanted = ACTIONS[action]
    if (wanted is None and not words) or (wanted is not None and wanted != len(words)):
        raise UsageError(f"sessions {action} wants {_WANTS[action]}", "help sessions shows how")
    if action == "rename":
        return renamed(context, words[0], words[1])
    if action == "delete":
        return deleted(context, words[0], arguments.yes)
    if action == "import":
        return imported(context, words[0], arguments.name)
    return listed(context, " ".join(words))


def listed(context: Context, text: str = "") -> Listing:
    """The sessions, the last used first; of a text, those in which it stands."""
    rows = tuple(_row(context, found) for found in context.store.listed(text))
    empty = f"{text!r} stands in no session" if text else "there is no session yet; say something"
    return Listing(rows, empty)


def _is_here(context: Context, found: SessionRecord) -> bool:
    """Whether a session of the store is the one that one is in."""
    here = context.session
    return here is not None and here.store is context.store and here.found.key == found.key


def _row(context: Context, found: SessionRecord) -> SessionRow:
    store = context.store
    return SessionRow(
        name=found.name,
        current=_is_here(context, found),
        model=found.model,
        turns=store.count(found.key),
        used=found.used,
        last="" if found.turn is None else store.turn(found.key, found.turn).last_line,
    )


def _known(context: Context, name: str) -> SessionRecord:
    found = context.store.find(name)
    if found is None:
        raise unknown("session", name, context.store.names(), "sessions")
    return found


def renamed(context: Context, name: str, to: str) -> SessionDone:
    """Give a session another name."""
    found = _known(context, name)
    context.store.rename(found.name, check_called(to, "a session"))
    if context.session and _is_here(context, found):
        context.session.found = replace(context.session.found, name=to)
    return SessionDone("renamed", name, to)


def deleted(context: Context, name: str, yes: bool) -> SessionDone:
    """Forget a session, once the person has said so."""
    found = _known(context, name)
    turns = f"turns ({context.store.count(found.key):,})"
    if not (yes or context.ask(f"delete {name} with all its {turns}?", "--yes")):
        return SessionDone("stays", name)
    context.store.delete(name)
    if _is_here(context, found):
        context.take_up(context.store, SessionRecord())
    return SessionDone("deleted", name)


def imported(context: Context, file: str, name: str | None) -> SessionDone:
    """Keep a session that was exported, here or elsewhere."""
    from charplay.sessions.portable import from_json

    text = read_text_file(file, "name a file that export made")
    try:
        found, turns = from_json(text)
    except CharplayError as error:
        raise CharplayError(f"{file} cannot be imported: {error.message}", error.hint) from error
    kept = found.name if name is None else check_called(name, "a session")
    if context.store.find(kept):
        raise UsageError(f"there is a session {kept} already", "keep it under another: --name NAME")
    context.library.pin_if_here(found.digest)
    context.store.take_in(replace(found, name=kept), turns)
    return SessionDone("imported", kept, f"{len(turns):,} turns")


def session(context: Context, arguments: SessionArguments) -> SessionPosition:
    """Go on in another session, or in a new one of that name."""
    if arguments.name is None:
        return standing(session_of(context), "here")
    if context.settings.interface.private:
        raise UsageError("private is on, and a session keeps what is said", "set private off")
    here = context.session.found if context.session else SessionRecord()
    found = context.store.find(arguments.name)
    done = "going on" if found else "begun"
    if found is None:
        model = replace(SessionRecord(), model=here.model, digest=here.digest, live=here.live)
        named = replace(model, name=check_called(arguments.name, "a session"))
        found = context.store.create(named)
    taken = context.take_up(context.store, found)
    taken.stand(taken.turn, found.branch)  # the next start goes on with it
    return standing(taken, done)


def export(context: Context, arguments: ExportArguments) -> SessionDone:
    """Write the session to a file; never over another file."""
    from charplay.sessions.pages import PAGES

    if arguments.file is None:
        raise UsageError("export needs a file", "export talk.md; or .txt, .json, .html")
    path = new_file(arguments.file)
    page = PAGES.get(path.suffix.lower())
    if page is None:
        raise unknown("kind of page", path.suffix or path.name, PAGES)
    session = session_of(context)
    turns = session.store.turns(session.found.key)
    text = page(session.found, turns, session.turn)
    replace_file(path, text.encode("utf-8"))
    return SessionDone("exported", session.found.name, str(path))


COMMANDS = (
    Command(
        "sessions",
        "the conversations kept: list, search, rename, delete, import",
        sessions,
        SessionsArguments,
        (
            "sessions",
            "sessions search winter",
            "sessions rename talk-1 winter",
            "sessions delete winter",
            "sessions import winter.json --name spring",
        ),
    ),
    Command(
        "session",
        "go on in another session, or begin one of that name",
        session,
        SessionArguments,
        ("session", "session winter"),
    ),
    Command(
        "export",
        "write the session to a file",
        export,
        ExportArguments,
        ("export winter.md", "export winter.html", "export winter.json"),
    ),
)
