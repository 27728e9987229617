"""The values of a session: its turns, what they hold, and the tree that they form."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charplay.errors import UsageError, quoted

TRUNK = "main"
_GLIMPSE = 100
_MOST_FORKS = 12
LONGEST_NAME = 64
_NAME = re.compile(rf"\w([\w .+-]{{0,{LONGEST_NAME - 2}}}[\w.+-])?")


@dataclass(frozen=True)
class Reply:
    """One answer of a turn.

    number: with the turn's seed, it brings the answer back (`7/3` is seed 7, answer 3); stopped:
    why the answer ends where it does; kept: whether it is a favourite.
    """

    text: str
    number: int
    stopped: str
    kept: bool = False


@dataclass(frozen=True)
class Utterance:
    """A prompt and its answers, before they have a place in a tree.

    prompt: as it was typed; folded, dropped: its characters that were substituted for the model,
    or left out; words: of the command that asked, empty for plain text; model, digest: the model
    that answered; options: all sampling options; moves: whether the conversation goes on from the
    answer.
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
        """The text that it adds to the conversation."""
        if not self.moves:
            return ""
        return self.prompt + "".join(reply.text for reply in self.replies[-1:])

    def whole(self, reply: Reply) -> str:
        """An answer with its opening: prose goes on from the prompt, a name begins with it."""
        admitted = "".join(c for c in self.prompt if c not in self.dropped)
        sampled = self.words[:1] == ("sample",)
        begun = reply.text.casefold().startswith(admitted.casefold())
        return self.prompt + reply.text if self.moves or (sampled and not begun) else reply.text


@dataclass(frozen=True)
class Turn:
    """An utterance in its session's tree.

    number: counts from 1 through the whole session; parent: the turn before it; anchor: the turn
    whose answer the conversation goes on from, the turn itself if it moves; made: the time, ISO
    8601 in UTC.
    """

    number: int
    parent: int | None
    anchor: int | None
    branch: str
    made: str
    said: Utterance

    @property
    def answers(self) -> tuple[str, ...]:
        """The texts of the answers."""
        return tuple(reply.text for reply in self.said.replies)

    @property
    def glimpse(self) -> str:
        """The beginning of its text, or of its answers, in one line."""
        said = self.said
        parts = (said.text,) if said.moves else tuple(map(said.whole, said.replies))
        line = ", ".join(" ".join(part.split()) for part in parts)
        return line if len(line) <= _GLIMPSE else line[: _GLIMPSE - 1] + "…"

    @property
    def last_line(self) -> str:
        """The last line of its text, or of its last answer, that is not blank."""
        text = self.said.text if self.said.moves else "".join(self.answers[-1:])
        return next((line.strip() for line in reversed(text.split("\n")) if line.strip()), "")


@dataclass(frozen=True)
class Favourite:
    """An answer that was marked as a favourite; `--seed LABEL` repeats it, as in `7/3`.

    text: the answer with its opening line.
    """

    text: str
    prompt: str
    label: str
    model: str
    session: str
    turn: int
    made: str

    @classmethod
    def of(cls, session: str, turn: Turn, reply: Reply) -> "Favourite":
        """An answer of a turn, as a favourite of the session of a name."""
        said = turn.said
        return cls(
            text=said.whole(reply),
            prompt=said.prompt,
            label=f"{said.seed}/{reply.number}",
            model=said.model,
            session=session,
            turn=turn.number,
            made=turn.made,
        )


@dataclass(frozen=True)
class TreeLine:
    """A turn's line in the drawing of a tree.

    forks: for each fork on the way to it, whether a younger turn follows the same turn below (of
    too many, the first ones and the last);
    begins: whether it is one of several that follow one turn; named: whether its branch is not the
    branch of the line above; on_path: whether it is on the way to the current turn, or that turn.
    """

    turn: Turn
    forks: tuple[bool, ...]
    begins: bool
    named: bool
    on_path: bool


def draw_tree(turns: Sequence[Turn], current: int | None) -> list[TreeLine]:
    """The lines of a tree from the top down: after each turn all that follows it, by age.

    A turn that alone follows another stands straight below it.
    """
    followers: dict[int | None, list[Turn]] = {}
    for turn in turns:
        followers.setdefault(turn.parent, []).append(turn)
    path = _path_to(turns, current)
    lines: list[TreeLine] = []
    waiting = _forks(followers.get(None, []), ())
    while waiting:
        turn, forks, begins = waiting.pop()
        named = not lines or lines[-1].turn.branch != turn.branch
        lines.append(TreeLine(turn, forks, begins, named, turn.number in path))
        waiting += _forks(followers.get(turn.number, []), forks)
    return lines


def _path_to(turns: Sequence[Turn], number: int | None) -> set[int]:
    """The numbers of the turns from the beginning to one of them."""
    parents = {turn.number: turn.parent for turn in turns}
    path = set()
    while number is not None:
        path.add(number)
        number = parents[number]
    return path


def _forks(
    siblings: Sequence[Turn], forks: tuple[bool, ...]
) -> list[tuple[Turn, tuple[bool, ...], bool]]:
    """The turns that follow one turn, the youngest first, each with the forks on its way."""
    if len(siblings) == 1:
        return [(siblings[0], forks, False)]
    youngest, above = siblings[-1:], forks[: _MOST_FORKS - 1]
    return [(turn, (*above, [turn] != youngest), True) for turn in reversed(siblings)]


@dataclass(frozen=True)
class SessionRecord:
    """A session as the store has it.

    key: 0 before the first turn, when it is not in the store yet; model, digest: the name and the
    digest of the model that it talks with; live: the path of a checkpoint of a model in training,
    read again whenever it changes; turn: where the session was left; branch: the branch that the
    next turn begins, if one was asked for.
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


def check_session_name(name: str, what: str) -> str:
    """The name, if a session or a branch can have it; UsageError if not.

    what: "a session" or "a branch", for the message.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{quoted(name[: 2 * LONGEST_NAME])} cannot be the name of {what}",
            f"use letters, digits, spaces and _ . + -, {LONGEST_NAME} characters at most",
        )
    return name
