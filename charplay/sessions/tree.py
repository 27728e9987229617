"""What was said, as values: a session, its turns, and the tree that they grow into."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charplay.errors import UsageError

TRUNK = "main"
_GLIMPSE = 100
_NAME = re.compile(r"\w([\w .+-]{0,62}[\w.+-])?")


@dataclass(frozen=True)
class Reply:
    """One answer of a turn; `number` after the turn's seed brings it back."""

    text: str
    number: int
    stopped: str
    kept: bool = False


@dataclass(frozen=True)
class Utterance:
    """What was written and what came of it, before it has a place in a tree.

    prompt: as it was typed; folded, dropped: its characters that the model read otherwise or not
    at all; words: of the command that asked, none for plain text; model, digest: who answered;
    options: of sampling, all of them; moves: whether the conversation goes on from the answer.
    """

    prompt: str
    replies: tuple[Reply, ...]
    seed: int
    model: str
    digest: str
    options: Mapping[str, Any] = field(default_factory=dict)
    folded: str = ""
    dropped: str = ""
    words: tuple[str, ...] = ()
    moves: bool = False

    @property
    def text(self) -> str:
        """What it adds to the conversation's text."""
        if not self.moves:
            return ""
        return self.prompt + "".join(reply.text for reply in self.replies[-1:])


@dataclass(frozen=True)
class Turn:
    """A saying in its session's tree; turns are numbered from 1 as they come.

    anchor: the turn whose answer the conversation goes on from after this one, itself if it moves;
    made: the time, ISO 8601 in UTC.
    """

    number: int
    parent: int | None
    anchor: int | None
    branch: str
    made: str
    said: Utterance

    @property
    def answers(self) -> tuple[str, ...]:
        """What the model answered."""
        return tuple(reply.text for reply in self.said.replies)

    @property
    def glimpse(self) -> str:
        """What it comes to, in one line: the beginning of its text, or of its answers."""
        parts = (self.said.text,) if self.said.moves else self.answers
        line = ", ".join(" ".join(part.split()) for part in parts)
        return line if len(line) <= _GLIMPSE else line[: _GLIMPSE - 1] + "…"

    @property
    def last_line(self) -> str:
        """The last line that is not blank of what was said."""
        text = self.said.text if self.said.moves else "".join(self.answers[-1:])
        return next((line.strip() for line in reversed(text.split("\n")) if line.strip()), "")


@dataclass(frozen=True)
class Favourite:
    """An answer that somebody marked; `seed` brings it back."""

    text: str
    prompt: str
    seed: str
    model: str
    session: str
    turn: int
    made: str


@dataclass(frozen=True)
class Drawn:
    """A turn's row in a drawing.

    depth: how many branches stand left of it; begins: whether it branches off; named: whether its
    branch is another than that of the row above.
    """

    turn: Turn
    depth: int
    begins: bool
    named: bool


def drawn(turns: Sequence[Turn], current: int | None) -> list[Drawn]:
    """The tree from the top down, the branch that one is in as its trunk.

    Of the turns that follow one, the one that leads to where one is (or the first) comes last,
    below the one before it; the others branch off, each with all that follows it.
    """
    followers: dict[int | None, list[Turn]] = {}
    by_number = {turn.number: turn for turn in turns}
    for turn in turns:
        followers.setdefault(turn.parent, []).append(turn)
    trunk = set()
    while current is not None:
        trunk.add(current)
        current = by_number[current].parent
    rows: list[Drawn] = []
    waiting: list[tuple[Turn | None, int, bool]] = [(None, 0, False)]
    while waiting:
        last, depth, begins = waiting.pop()
        if last is not None:
            named = not rows or rows[-1].turn.branch != last.branch
            rows.append(Drawn(last, depth, begins, named))
        after = followers.get(last.number if last else None, [])
        goes_on = next(
            (each for each in after if each.number in trunk), after[0] if after else None
        )
        if goes_on:
            waiting.append((goes_on, depth, False))
        waiting += [(each, depth + 1, True) for each in reversed(after) if each is not goes_on]
    return rows


@dataclass(frozen=True)
class SessionRecord:
    """A session as the store has it; before its first turn it is not there, and has no key yet.

    model: the name of who it talks with; digest: of the weights; live: where a run's checkpoint
    lies that is read again when it changes; turn: where it was left; branch: the one that the next
    turn begins, where one was asked for.
    """

    key: int = 0
    name: str = ""
    model: str = ""
    digest: str = ""
    live: str | None = None
    turn: int | None = None
    branch: str | None = None
    made: str = ""
    used: str = ""


def check_called(name: str, what: str) -> str:
    """The name, if a session or a branch may have it; UsageError otherwise."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of {what}",
            "give another: letters, digits, dashes and dots, 64 at most",
        )
    return name
