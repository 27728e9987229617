"""`undo`, `redo`, `retry`, `branch`, `goto`, `tree`: moving about in a session."""

from dataclasses import dataclass, replace

from charplay.commands.arguments import (
    BranchArguments,
    GotoArguments,
    RetryArguments,
)
from charplay.commands.context import Context
from charplay.commands.dispatch import load_handler, plain_text
from charplay.commands.position import SessionPosition, session_position
from charplay.commands.reader import read_words
from charplay.commands.request import Request
from charplay.commands.words import Word
from charplay.errors import CharplayError, UsageError
from charplay.sessions.choice import SessionChoice
from charplay.sessions.session import Session, retry_options
from charplay.sessions.tree import TreeLine, Turn, draw_tree

# Words of turns that were kept before: the value of `names --sort` is called loss now.
_FORMER_WORDS = {"score": "loss"}


@dataclass(frozen=True)
class TreeRow:
    """A turn in the tree.

    forks: for each fork on the way to it, whether a younger turn follows below; begins: whether it
    is one of several that follow one turn; named: whether its branch differs from the row above;
    current: whether the session goes on from it; on_path: whether it is on the way there; kept: how
    many of its answers are favourites.
    """

    turn: int
    parent: int | None
    branch: str
    forks: tuple[bool, ...]
    begins: bool
    named: bool
    current: bool
    on_path: bool
    kept: int
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


def undo(context: Context, request: Request) -> SessionPosition:
    """Go back before the last turn."""
    session = current_session(context)
    return session_position(session, f"went back before turn {session.undo().number}")


def redo(context: Context, request: Request) -> SessionPosition:
    """Go forward to the turn last undone."""
    session = current_session(context)
    return session_position(session, f"went forward to turn {session.redo().number}")


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
    again = request_of(context, turn).asked_again(turn, {**retry_options(turn), **given})
    return load_handler(context, again)(context, again)


def request_of(context: Context, turn: Turn) -> Request:
    """What a turn asked: plain text, or the command that its words are."""
    if not turn.said.words:
        return plain_text(turn.said.prompt)
    words = [_FORMER_WORDS.get(word, word) for word in turn.said.words]
    request = read_words(context.commands, list(map(Word, words)))
    gone = [
        option.name
        for option in request.command.options
        if option.completes == "model" and _is_gone(context, request.values.get(option.name))
    ]
    name, digest = turn.said.model, turn.said.digest
    model = name if context.library.own_digest(name) == digest else digest
    return replace(request, values={**request.values, **dict.fromkeys(gone, model)})


def _is_gone(context: Context, reference: str | None) -> bool:
    """Whether a model that a turn names has another name now, or none."""
    if reference is None:
        return False
    try:
        context.library.file(reference)
    except CharplayError:
        return True
    return False


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
        forks=line.forks,
        begins=line.begins,
        named=line.named,
        current=turn.number == current,
        on_path=line.on_path,
        kept=sum(reply.kept for reply in turn.said.replies),
        seed=turn.said.seed,
        model=turn.said.model,
        made=turn.made,
        glimpse=turn.glimpse,
    )
