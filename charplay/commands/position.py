"""Where a session goes on, as a value: what moving about in it comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.sessions.session import Session


@dataclass(frozen=True)
class SessionPosition:
    """Where a session goes on: after which turn, 0 before the first; that turn's last line."""

    done: str
    session: str
    turn: int
    branch: str | None
    last_line: str


def session_position(session: Session, done: str) -> SessionPosition:
    """Where a session goes on from, after what was done."""
    turn = session.turn
    return SessionPosition(
        done,
        session.record.name,
        turn.number if turn else 0,
        session.record.branch or (turn.branch if turn else None),
        turn.last_line if turn else "",
    )
