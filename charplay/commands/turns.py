"""`undo`, `retry`, `branch`, `goto`, `tree`, `keep`, `kept`: moving about in a session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from charplay.commands.context import Context
from charplay.commands.generating import StreamedAnswer, talk
from charplay.commands.listing import Listing
from charplay.commands.table import Command, Nothing
from charplay.commands.words import Word
from charplay.errors import UsageError
from charplay.generation.options import Sampling, Seed
from charplay.options import group, option, options_of, parse_values
from charplay.sessions.tree import Favourite, draw_tree

if TYPE_CHECKING:
    from charplay.sessions.session import Session
    from charplay.sessions.tree import TreeLine, Turn


@dataclass(frozen=True)
class RetryArguments:
    """What `retry` takes."""

    sampling: dict[str, Any] = group(Sampling, "how characters are chosen")


@dataclass(frozen=True)
class BranchArguments:
    """What `branch` takes."""

    name: str | None = option(
        None, "what it is called; none: after the turn that begins it", positional=True
    )


@dataclass(frozen=True)
class GotoArguments:
    """What `goto` takes."""

    turn: str | None = option(
        None, "a turn's number, a branch for its last turn, 0 for the beginning", positional=True
    )


@dataclass(frozen=True)
class KeepArguments:
    """What `keep` takes."""

    answer: Seed | None = option(
        None,
        "which answer, by what brings it back: 3 or 7/3; none: the only one",
        metavar="N",
        positional=True,
    )


@dataclass(frozen=True)
class KeptArguments:
    """What `kept` takes."""

    all: bool = option(False, "those of every session")


@dataclass(frozen=True)
class SessionPosition:
    """Where a session goes on from: after which turn, 0 before the first; the last line of it."""

    done: str
    session: str
    turn: int
    branch: str | None
    last: str


@dataclass(frozen=True)
class TreeRow:
    """A turn in the tree.

    depth: how many branches stand left of it; begins: whether it branches off; named: whether its
    branch is another than that of the row above.
    """

    turn: int
    parent: int | None
    branch: str
    depth: int
    begins: bool
    named: bool
    current: bool
    seed: int
    model: str
    made: str
    glimpse: str


@dataclass(frozen=True)
class Tree:
    """A session's turns as they grew."""

    session: str
    rows: tuple[TreeRow, ...]


def session_of(context: Context) -> Session:
    """The session that one is in, else the one last used; UsageError where nothing was said."""
    session = context.session or context.begin(last=True)
    if not session.begun:
        raise UsageError("nothing was said in this session yet", "sessions lists others")
    return session


def standing(session: Session, done: str) -> SessionPosition:
    """Where a session goes on from."""
    turn = session.turn
    return SessionPosition(
        done,
        session.found.name,
        turn.number if turn else 0,
        session.found.branch or (turn.branch if turn else None),
        turn.last_line if turn else "",
    )


def undo(context: Context, arguments: Nothing) -> SessionPosition:
    """Go back before the last turn."""
    session = session_of(context)
    return standing(session, f"turn {session.undo().number} undone")


def goto(context: Context, arguments: GotoArguments) -> SessionPosition:
    """Go on from another turn."""
    if arguments.turn is None:
        raise UsageError("goto needs a turn or a branch", "tree shows them: goto 3")
    session = session_of(context)
    session.goto(arguments.turn)
    return standing(session, f"gone to {arguments.turn}")


def branch(context: Context, arguments: BranchArguments) -> SessionPosition:
    """Have the next turn begin a branch."""
    session = session_of(context)
    return standing(session, f"the next turn begins the branch {session.branch(arguments.name)}")


def retry(context: Context, arguments: RetryArguments) -> object:
    """Ask the last turn's question again, with the next seed unless one is given."""
    session = session_of(context)
    turn = session.turn
    if turn is None:
        raise UsageError("there is nothing to try again here", "say something first")
    given = _sampling_again(turn, arguments.sampling)
    if not turn.said.words and context.model().digest != turn.said.digest:
        session.notices.append(
            "the weights are others now, and the same seed may give another text"
        )
    session.turn = session.before(turn)
    try:
        value = _asked_again(context, turn, given)
    except BaseException:
        session.turn = turn
        raise
    return (
        StreamedAnswer(_beside(session, turn, value))
        if isinstance(value, StreamedAnswer)
        else value
    )


def _sampling_again(turn: Turn, given: Mapping[str, Any]) -> dict[str, Any]:
    """The turn's own sampling, the next seed, then what was given."""
    known = {each.name for each in options_of(Sampling)}
    kept = {name: value for name, value in turn.said.options.items() if name in known}
    own = parse_values(Sampling, kept)
    number = own["seed"].number if own.get("seed") else None
    following = Seed((turn.said.seed + 1) % 2**64, number)
    return {**own, "seed": following, **given}


def _asked_again(context: Context, turn: Turn, sampling: Mapping[str, Any]) -> object:
    if not turn.said.words:
        return talk(context, turn.said.prompt, sampling)
    name, *words = turn.said.words
    command = context.commands.find(name)
    arguments = command.parse([Word(word) for word in words])
    arguments.sampling.update(sampling)
    return command.run(context, arguments)


def _beside(session: Session, turn: Turn, speech: StreamedAnswer) -> Iterator[Any]:
    """The speech; where it comes to nothing, the session stands where it stood."""
    before = session.turn
    try:
        yield from speech.events
    finally:
        if session.turn is before:
            session.turn = turn


def tree(context: Context, arguments: Nothing) -> Tree:
    """The session's turns and branches."""
    session = session_of(context)
    number = session.turn.number if session.turn else None
    rows = draw_tree(session.store.turns.all(session.found.key), number)
    return Tree(session.found.name, tuple(_row(each, number) for each in rows))


def _row(row: TreeLine, current: int | None) -> TreeRow:
    turn = row.turn
    return TreeRow(
        turn=turn.number,
        parent=turn.parent,
        branch=turn.branch,
        depth=row.depth,
        begins=row.begins,
        named=row.named,
        current=turn.number == current,
        seed=turn.said.seed,
        model=turn.said.model,
        made=turn.made,
        glimpse=turn.glimpse,
    )


def keep(context: Context, arguments: KeepArguments) -> Favourite:
    """Mark an answer of the last turn as a favourite."""
    session = session_of(context)
    turn = session.turn
    replies = turn.said.replies if turn else ()
    if turn is None or not replies:
        raise UsageError("there is no answer to keep here", "say something first")
    labels = {f"{turn.said.seed}/{reply.number}": reply for reply in replies}
    if arguments.answer is None:
        if len(replies) > 1:
            raise UsageError(
                f"which of the {len(replies)} answers?",
                f"by the number after the stroke: keep {replies[0].number}",
            )
        label = next(iter(labels))
    else:
        label = str(arguments.answer)
        label = label if "/" in label else f"{turn.said.seed}/{label}"
    if label not in labels:
        raise UsageError(f"the last turn has no answer {label}", f"it has {', '.join(labels)}")
    session.store.turns.keep(session.found.key, turn.number, labels[label].number)
    return Favourite(
        text=labels[label].text,
        prompt=turn.said.prompt,
        seed=label,
        model=turn.said.model,
        session=session.found.name,
        turn=turn.number,
        made=turn.made,
    )


def kept(context: Context, arguments: KeptArguments) -> Listing:
    """The favourites."""
    if arguments.all:
        rows = context.store.turns.kept(None)
    else:
        session = session_of(context)
        rows = session.store.turns.kept(session.found.key)
    return Listing(tuple(rows), "nothing is kept yet; keep the last answer: keep")


COMMANDS = (
    Command("undo", "go back before the last turn", undo),
    Command(
        "retry",
        "ask the last turn's question again, by the next seed",
        retry,
        RetryArguments,
        ("retry", "retry --seed 7", "retry --temperature 0.5"),
    ),
    Command(
        "branch",
        "have the next turn begin a branch",
        branch,
        BranchArguments,
        ("branch", "branch darker"),
    ),
    Command(
        "goto",
        "go on from another turn",
        goto,
        GotoArguments,
        ("goto 3", "goto darker", "goto 0"),
    ),
    Command("tree", "the session's turns and branches, drawn", tree),
    Command(
        "keep",
        "mark an answer of the last turn as a favourite",
        keep,
        KeepArguments,
        ("keep", "keep 3"),
    ),
    Command(
        "kept",
        "the favourites of the session, or of all",
        kept,
        KeptArguments,
        ("kept", "kept --all --format csv"),
    ),
)
