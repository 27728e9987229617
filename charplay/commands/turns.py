"""`undo`, `retry`, `branch`, `goto`, `tree`, `keep`, `kept`: moving about in a session."""

from dataclasses import dataclass

from charplay.commands.arguments import (
    BranchArguments,
    GotoArguments,
    KeepArguments,
    KeptArguments,
    RetryArguments,
)
from charplay.commands.context import Context
from charplay.commands.dispatch import load_handler, plain_text
from charplay.commands.reader import read_words
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.commands.words import Word
from charplay.errors import UsageError, list_first
from charplay.sessions.choice import SessionChoice
from charplay.sessions.session import Session, retry_options
from charplay.sessions.tree import Favourite, TreeLine, Turn, draw_tree

# Words of turns that were kept before: the value of `names --sort` is called loss now.
_FORMER_WORDS = {"score": "loss"}

FAVOURITE_COLUMNS = (
    Column("text", shrink="fold"),
    Column("label"),
    Column("model", shrink="drop"),
    Column("session", shrink="fold"),
    Column("turn", shrink="drop"),
)


@dataclass(frozen=True)
class SessionPosition:
    """Where a session goes on: after which turn, 0 before the first; that turn's last line."""

    done: str
    session: str
    turn: int
    branch: str | None
    last_line: str


@dataclass(frozen=True)
class TreeRow:
    """A turn in the tree.

    depth: how many branches are drawn left of it; begins: whether it branches off; named: whether
    its branch differs from the row above.
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


def current_session(context: Context) -> Session:
    """The current session, else the one used last; UsageError where it has no turn."""
    session = context.session or context.begin_session(SessionChoice(), last=True)
    if not session.begun:
        raise UsageError(
            "this session has no turns yet", "say something first; `sessions` lists all sessions"
        )
    return session


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


def undo(context: Context, request: Request) -> SessionPosition:
    """Go back before the last turn."""
    session = current_session(context)
    return session_position(session, f"went back before turn {session.undo().number}")


def goto(context: Context, request: Request) -> SessionPosition:
    """Go on from another turn."""
    turn = request.fill(GotoArguments).turn
    session = current_session(context)
    session.goto(turn)
    return session_position(session, f"went to {turn}")


def begin_branch(context: Context, request: Request) -> SessionPosition:
    """Have the next turn begin a branch."""
    session = current_session(context)
    name = session.begin_branch(request.fill(BranchArguments).name)
    return session_position(session, f"the next turn begins the branch {name}")


def retry(context: Context, request: Request) -> object:
    """Ask the last turn's question again, with the next seed unless one is given."""
    given = request.fill(RetryArguments).sampling
    session = current_session(context)
    turn = session.turn_to_retry()
    again = _request_of(context, turn).asked_again(turn, {**retry_options(turn), **given})
    return load_handler(again.command)(context, again)


def _request_of(context: Context, turn: Turn) -> Request:
    """What a turn asked: plain text, or the command that its words are."""
    if not turn.said.words:
        return plain_text(turn.said.prompt)
    words = [_FORMER_WORDS.get(word, word) for word in turn.said.words]
    return read_words(context.commands, list(map(Word, words)))


def show_tree(context: Context, request: Request) -> Tree:
    """The session's turns and branches."""
    session = current_session(context)
    number = session.turn.number if session.turn else None
    lines = draw_tree(session.store.turns.all(session.record.key), number)
    return Tree(session.record.name, tuple(_tree_row(line, number) for line in lines))


def _tree_row(line: TreeLine, current: int | None) -> TreeRow:
    turn = line.turn
    return TreeRow(
        turn=turn.number,
        parent=turn.parent,
        branch=turn.branch,
        depth=line.depth,
        begins=line.begins,
        named=line.named,
        current=turn.number == current,
        seed=turn.said.seed,
        model=turn.said.model,
        made=turn.made,
        glimpse=turn.glimpse,
    )


def keep_answer(context: Context, request: Request) -> Favourite:
    """Mark an answer of the last turn as a favourite."""
    session = current_session(context)
    turn = session.turn
    replies = turn.said.replies if turn else ()
    if turn is None or not replies:
        raise UsageError("there is no answer to keep here", "`tree` shows the turns")
    numbers = {f"{turn.said.seed}/{reply.number}": reply.number for reply in replies}
    answer = request.fill(KeepArguments).answer
    if answer is None and len(replies) > 1:
        raise UsageError(f"which of the {len(replies)} answers?", f"`keep {replies[0].number}`")
    label = next(iter(numbers)) if answer is None else str(answer)
    label = label if "/" in label else f"{turn.said.seed}/{label}"
    if label not in numbers:
        raise UsageError(f"the last turn has no answer {label}", f"it has {list_first(numbers)}")
    return session.keep_answer(turn, numbers[label])


def list_kept(context: Context, request: Request) -> Table:
    """The favourites."""
    if request.fill(KeptArguments).all:
        rows = context.store.turns.kept(None)
    else:
        session = current_session(context)
        rows = session.store.turns.kept(session.record.key)
    empty = "nothing is kept yet; `keep` keeps the last answer"
    return Table(rows, FAVOURITE_COLUMNS, empty)
