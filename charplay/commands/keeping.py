"""`keep`, `unkeep`, `kept`: favourites."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from charplay.commands.arguments import KeepArguments, KeptArguments
from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.turns import current_session
from charplay.errors import UsageError
from charplay.sessions.picking import pick_answers
from charplay.sessions.session import Session
from charplay.sessions.tree import Favourite, Turn

FAVOURITE_COLUMNS = (
    Column("text", shrink="fold"),
    Column("label"),
    Column("model", shrink="drop"),
    Column("session", shrink="fold"),
    Column("turn", shrink="drop"),
)


@dataclass(frozen=True)
class MarkedAnswers:
    """Answers that are favourites from now on, or no longer."""

    kept: bool
    answers: tuple[Favourite, ...]


def keep_answers(context: Context, request: Request) -> MarkedAnswers:
    """Mark answers as favourites."""
    return _mark_answers(context, request, kept=True)


def unkeep_answers(context: Context, request: Request) -> MarkedAnswers:
    """Take marks back."""
    return _mark_answers(context, request, kept=False)


def _mark_answers(context: Context, request: Request, kept: bool) -> MarkedAnswers:
    arguments = request.fill(KeepArguments)
    session = current_session(context)
    if arguments.turn is None:
        near = _last_with_answers(session, kept)
        others = _all_turns(session, kept)
    else:
        near, others = _turn_with_answers(session, arguments.turn, kept), iter(())
    picked = pick_answers(arguments.answers, near, others, request.command.name)
    return MarkedAnswers(kept, session.mark_answers(picked, kept))


def _last_with_answers(session: Session, keep: bool) -> Turn:
    """The last turn, from here back, with answers that can be kept, or that are."""
    turn = session.turn
    while turn:
        candidates = _candidates(session.store.turns.get(session.record.key, turn.number), keep)
        if candidates.answers:
            return candidates
        turn = session.turn_before(turn)
    if keep:
        raise UsageError("there is no answer to keep here", "`tree` shows the turns")
    raise UsageError("nothing is kept here", "`kept` lists the favourites")


def _turn_with_answers(session: Session, number: int, keep: bool) -> Turn:
    turn = _candidates(session.store.turns.get(session.record.key, number), keep)
    if not turn.answers:
        what = "has no answer" if keep else "has no answer that is kept"
        raise UsageError(f"turn {number} {what}", "`tree` shows the turns")
    return turn


def _all_turns(session: Session, keep: bool) -> Iterator[Turn]:
    """Every turn, the newest first; read when the first is asked for."""
    for turn in reversed(session.store.turns.all(session.record.key)):
        yield _candidates(turn, keep)


def _candidates(turn: Turn, keep: bool) -> Turn:
    """The turn with all its answers, or with those alone that are kept and can be taken back."""
    if keep:
        return turn
    kept = tuple(reply for reply in turn.said.replies if reply.kept)
    return replace(turn, said=replace(turn.said, replies=kept))


def list_kept(context: Context, request: Request) -> Table:
    """The favourites."""
    if request.fill(KeptArguments).all:
        rows = context.store.turns.kept(None)
    else:
        session = current_session(context)
        rows = session.store.turns.kept(session.record.key)
    empty = "nothing is kept yet; `keep` keeps the last answer"
    return Table(rows, FAVOURITE_COLUMNS, empty)
