"""The line below the prompt: which session and model, what is set, and how runs stand."""

from collections.abc import Sequence

from charplay.commands.context import Context
from charplay.errors import StorageError
from charplay.generation.options import describe_options
from charplay.sessions.tree import TRUNK
from charplay.terminal.render.console import visible
from charplay.terminal.render.layout import cells_of

_GAP = " · "


def status_lines(state: Sequence[str], runs: Sequence[str], columns: int) -> list[str]:
    """How things stand, in one line where it has room; else each run has a line of its own.

    `state` is what `state_words` gives, `runs` a line for each run. On a narrow screen what was set
    goes before the session's name does.
    """
    told = list(state)
    whole = _GAP.join((*told, *runs))
    if cells_of(whole) <= columns:
        return [whole]
    while len(told) > 1 and cells_of(_GAP.join(told)) > columns:
        told.pop()
    return [*runs, _GAP.join(told)]


def state_words(context: Context) -> list[str]:
    """Session, model, seeds and what differs from the model's own sampling; the first matters most.

    They hold until the next line is done.
    """
    sampling = context.settings.sampling
    seed = sampling.get("seed")
    others = {name: value for name, value in sampling.items() if name != "seed"}
    words = [_session_words(context), _model_words(context)]
    if seed is not None:
        words.append(f"seed {seed}")
    if others:
        words.append(describe_options({_typed(name): value for name, value in others.items()}))
    if seed is None:
        words.append("a new seed each time")
    return [visible(each) for each in words if each]


def _typed(name: str) -> str:
    return name.replace("_", "-")


def _session_words(context: Context) -> str:
    """The session's name and its branch, or why it is not kept."""
    session = context.session
    if context.private:
        return "private"
    if session is None or not session.record.name:
        return "new session"
    turn = session.turn
    branch = session.record.branch or (turn.branch if turn else TRUNK)
    return session.record.name if branch == TRUNK else f"{session.record.name}/{branch}"


def _model_words(context: Context) -> str:
    """The model that plain text goes to."""
    session = context.session
    if session and session.reference:
        return session.record.model
    try:
        return context.library.usual
    except StorageError:  # which is told where it hinders
        return ""
