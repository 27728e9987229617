"""The loop: read a line, do it, show it."""

import gc

from prompt_toolkit import PromptSession
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import History, InMemoryHistory
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output

from charplay import __version__
from charplay.commands.plain_words import agrees
from charplay.commands.position import session_position
from charplay.environment import Environment
from charplay.errors import ExitStatus
from charplay.sessions.choice import SessionChoice
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.echo import silent_keys
from charplay.terminal.history import PromptHistory
from charplay.terminal.render.console import show_notices, visible
from charplay.terminal.render.views import show
from charplay.terminal.run_watch import RunWatch
from charplay.terminal.shell import Leave, Shell
from charplay.terminal.tour_guide import TourGuide
from charplay.terminal.typed_ahead import keep_typed_ahead


def run_repl(
    shell: Shell,
    choice: SessionChoice = SessionChoice(),
    model: str | None = None,
    input: Input | None = None,
    output: Output | None = None,
) -> ExitStatus:
    """Talk with a person until they leave, in their last session unless `choice` names another.

    `model` is the one to talk to, the session's unless given.
    `input` and `output` are the terminal's unless given.
    """
    shell.begin_session(choice, last=True)
    chosen = shell.choose_model(model) if model else ExitStatus.DONE
    environment, context = shell.environment, shell.context
    history = PromptHistory(environment, lambda: context.private)
    prompt = _make_prompt(environment, history, input, output)
    prompt.completer = completer = PromptCompleter(context)
    prompt.complete_while_typing = Condition(lambda: context.settings.interface.complete == "typed")
    # Answers to questions are no lines to go back to.
    asking = _make_prompt(environment, InMemoryHistory(), input, output)
    if chosen:
        return chosen
    if not shell.console.hides_asides:
        shell.console.print_hint(_greeting_text(shell))
        _show_session(shell)
    watch = RunWatch(context, shell.console)
    watch.show_left()

    def ask(question: str) -> str:
        shell.console.typed = ""
        return _ask_line(asking, question)

    context.asker = lambda question: agrees(ask(f"{question} [y/N] "))
    context.chooser, context.prompted = ask, True
    gc.enable()  # all that a prompt needs is loaded
    mark, guide = _prompt_mark(shell.environment), TourGuide(context, shell.console)
    while True:
        try:
            completer.look_again()
            line = shell.console.typed = watch.prompt(prompt, mark)
            with silent_keys(environment.stdin):
                status = shell.perform_line(line)
                guide.follow(line, status)
                keep_typed_ahead(environment.stdin, prompt.input)
        except KeyboardInterrupt:
            continue
        except (EOFError, Leave) as leaving:
            if isinstance(leaving, EOFError) and guide.leave_tour():
                continue
            if _may_leave(shell, asking):
                return ExitStatus.DONE


def _may_leave(shell: Shell, asking: PromptSession[str]) -> bool:
    """Whether the REPL may end; while runs go on the person is asked."""
    if not shell.context.has_runs:
        return True
    from charplay.terminal.leaving import may_leave  # comes with all that training needs

    return may_leave(shell.context, shell.console, lambda text: asking.prompt(visible(text)))


def _ask_line(prompt: PromptSession[str], question: str) -> str:
    """What the person types; nothing where they leave the question."""
    try:
        return prompt.prompt(visible(question))
    except EOFError:
        return ""


def _make_prompt(
    environment: Environment, history: History, input: Input | None, output: Output | None
) -> PromptSession[str]:
    color_depth = None if environment.color else ColorDepth.DEPTH_1_BIT
    return PromptSession(history=history, input=input, output=output, color_depth=color_depth)


def _prompt_mark(environment: Environment) -> str:
    try:
        "❯".encode(environment.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "> "
    return "❯ "


def _greeting_text(shell: Shell) -> str:
    context = shell.context
    session = context.session
    model = session.record.model if session and session.reference else context.library.current
    if model:
        return f"charplay {__version__}, talking to {model}; `help` lists the commands"
    return f"charplay {__version__}; try `names` or `train dinosaurs`; `help` lists the commands"


def _show_session(shell: Shell) -> None:
    """Where the session goes on, for a person who comes back to one."""
    session = shell.context.session
    if session and session.begun:
        show(session_position(session, "going on"), shell.console)
        show_notices(shell.console, session.take_notices())
    elif session and session.record.name:
        show_notices(shell.console, (f"your next words begin the session {session.record.name}",))
