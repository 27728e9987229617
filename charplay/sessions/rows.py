"""Rows of the store's tables, and the values that they are read into."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from charplay.sessions.tree import Reply, Turn, Utterance

FOUND = "key, name, model, digest, live, turn, branch, made, used"
TURN = (
    "number, parent, anchor, branch, made, prompt, seed, model, digest, options, folded, dropped, "
    "words, moves"
)
REPLY = "turn, number, text, stopped, kept"


def turn_of(row: tuple[Any, ...], replies: Iterable[Reply]) -> Turn:
    """A turn, from its columns in the order of TURN, and its replies."""
    number, parent, anchor, branch, made, prompt, seed, model, digest, options, *rest = row
    folded, dropped, words, moves = rest
    said = Utterance(
        prompt=prompt,
        replies=tuple(replies),
        seed=int(seed),
        model=model,
        digest=digest,
        options=json.loads(options),
        folded=folded,
        dropped=dropped,
        words=tuple(json.loads(words)),
        moves=bool(moves),
    )
    return Turn(number, parent, anchor, branch, made, said)


def insert_turn(connection: sqlite3.Connection, session: int, turn: Turn) -> None:
    """Write a turn with its replies."""
    said = turn.said
    values = (
        *(session, turn.number, turn.parent, turn.anchor, turn.branch, turn.made),
        # Seeds reach beyond the integers of SQLite.
        *(_writable(said.prompt), str(said.seed), said.model, said.digest, _plain(said.options)),
        *(said.folded, _writable(said.dropped), _plain(said.words), said.moves),
    )
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO turns (session, {TURN}) VALUES ({marks})", values)
    connection.executemany(
        f"INSERT INTO replies (session, {REPLY}) VALUES (?, ?, ?, ?, ?, ?)",
        ((session, turn.number, r.number, r.text, r.stopped, r.kept) for r in said.replies),
    )


def _writable(text: str) -> str:
    """The text without the halves of characters that a terminal may send."""
    return text.encode("utf-8", "replace").decode()


def _plain(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def replies_of(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Reply]]:
    """Replies by their turn's number, from columns in the order of REPLY."""
    replies: dict[int, list[Reply]] = {}
    for turn, number, text, stopped, kept in rows:
        replies.setdefault(turn, []).append(Reply(text, number, stopped, bool(kept)))
    return replies
