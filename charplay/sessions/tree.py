"""What was said, as values: a session, its turns, and the tree that they grow into."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charplay.errors import UsageError

TRUNK = "main"
_NAME = re.compile(r"[\w][\w .+-]{0,63}")


@dataclass(frozen=True)
class Reply:
    """One answer of a turn; `number` after the turn's seed brings it back."""

    text: str
    number: int
    stopped: str
    kept: bool = False


@dataclass(frozen=True)
class Saying:
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
    said: Saying


@dataclass(frozen=True)
class Found:
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
