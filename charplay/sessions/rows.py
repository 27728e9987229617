"""The columns of the store's tables, and turns and answers to and from their rows."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from charplay.sessions.tree import Reply, Turn, Utterance
from charplay.undecoded import escape_undecoded

SESSION_COLUMNS = "key, name, model, digest, live, turn, branch, made, used"
TURN_COLUMNS = (
    "number, parent, anchor, branch, made, prompt, seed, model, digest, options, folded, dropped, "
    "words, moves"
)
REPLY_COLUMNS = "turn, number, text, stopped, kept"


def turn_from_row(row: tuple[Any, ...], replies: Iterable[Reply]) -> Turn:
    """A turn, from a row of TURN_COLUMNS and from its replies."""
    number, parent, anchor, branch, made, prompt, seed, model, digest, options, *rest = row
    folded, dropped, words, moves = rest
    utterance = Utterance(
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
    return Turn(number, parent, anchor, branch, made, utterance)


def replies_from_rows(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Reply]]:
    """Replies by the number of their turn, from rows of REPLY_COLUMNS."""
    replies: dict[int, list[Reply]] = {}
    for turn, number, text, stopped, kept in rows:
        replies.setdefault(turn, []).append(Reply(text, number, stopped, bool(kept)))
    return replies


def insert_turn(connection: sqlite3.Connection, session: int, turn: Turn) -> None:
    """Write a turn with its replies within a transaction."""
    said = turn.said
    values = (
        *(session, turn.number, turn.parent, turn.anchor, turn.branch, turn.made),
        # As text, since a seed may be larger than SQLite's integers.
        *(said.prompt, str(said.seed), said.model, said.digest),
        *(_compact_json(said.options), said.folded, said.dropped),
        *(_compact_json(list(map(escape_undecoded, said.words))), said.moves),
    )
    marks = ", ".join("?" * len(values))
    storable = [escape_undecoded(value) if isinstance(value, str) else value for value in values]
    connection.execute(f"INSERT INTO turns (session, {TURN_COLUMNS}) VALUES ({marks})", storable)
    connection.executemany(
        f"INSERT INTO replies (session, {REPLY_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)",
        (
            (session, turn.number, r.number, escape_undecoded(r.text), r.stopped, r.kept)
            for r in said.replies
        ),
    )


def _compact_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
