"""The loop: read a line, do it, show it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from charplay.commands.context import SessionChoice
from charplay.environment import Environment
from charplay.errors import ExitStatus
from charplay.terminal.render.console import foreign, notice
from charplay.terminal.shell import Leave, Shell

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output


def run_lines(shell: Shell, lines: Iterable[str]) -> ExitStatus:
    """Do every line, whatever becomes of the ones before; the first status that is not DONE."""
    status = ExitStatus.DONE
    try:
        for line in lines:
            done = shell.line(line.rstrip("\r\n"))
            status = status or done
            if done is ExitStatus.INTERRUPTED:
                break
    except Leave:
        pass
    return status


def run_repl(
    shell: Shell,
    keeping: SessionChoice = SessionChoice(),
    input: Input | None = None,
    output: Output | None = None,
) -> ExitStatus:
    """Talk with a person until they leave, in their last session unless `keeping` names another.

    `input` and `output` are the terminal's unless given.
    """
    shell.begin(keeping, last=True)
    session = _session(shell.environment, input, output)
    shell.console.print(foreign(_greeting(shell)))
    _tell_session(shell)
    shell.context.asker = lambda question: _yes(session, question)
    mark = _mark(shell.environment)
    while True:
        try:
            shell.line(session.prompt(mark))
        except KeyboardInterrupt:
            continue
        except (EOFError, Leave):
            return ExitStatus.DONE


def _yes(session: PromptSession[str], question: str) -> bool:
    """Whether the person says yes; leaving the question is no."""
    try:
        return session.prompt(f"{question} [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False


def _session(
    environment: Environment, input: Input | None, output: Output | None
) -> PromptSession[str]:
    from prompt_toolkit import PromptSession
    from prompt_toolkit.history import FileHistory, InMemoryHistory
    from prompt_toolkit.output import ColorDepth

    try:
        environment.home.mkdir(parents=True, exist_ok=True)
        history = FileHistory(str(environment.home / "history"))
        list(history.load_history_strings())
        (environment.home / "history").touch()
    except OSError:
        return PromptSession(history=InMemoryHistory(), input=input, output=output)
    return PromptSession(
        history=history,
        input=input,
        output=output,
        color_depth=None if environment.color else ColorDepth.DEPTH_1_BIT,
    )


def _mark(environment: Environment) -> str:
    try:
        "❯".encode(environment.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "> "
    return "❯ "


def _greeting(shell: Shell) -> str:
    from charplay import __version__

    context = shell.context
    session = context.session
    model = session.found.model if session and session.reference else context.library.current
    if model:
        return f"charplay {__version__}, talking to {model}; :help lists the commands"
    return f"charplay {__version__}; try :names or :train dinosaurs, :help lists the commands"


def _tell_session(shell: Shell) -> None:
    """Where the session goes on, for whoever comes back to one."""
    from charplay.commands.turns import standing
    from charplay.terminal.render.views import view

    session = shell.context.session
    if session and session.begun:
        view(standing(session, "going on"), shell.console)
        notice(shell.console, session.told())
    elif session and session.found.name:
        notice(shell.console, f"session {session.found.name} begins with what is said next")
