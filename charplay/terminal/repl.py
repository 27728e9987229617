"""The loop: read a line, do it, show it."""

import gc
from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import ConditionalAutoSuggest
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input
from prompt_toolkit.output import ColorDepth, Output

from charplay import __version__
from charplay.commands.context import Context
from charplay.commands.plain_words import agrees
from charplay.commands.position import session_position
from charplay.environment import Environment
from charplay.errors import ExitStatus
from charplay.sessions.choice import SessionChoice
from charplay.streams import is_unicode
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.echo import silent_keys
from charplay.terminal.history import HistorySuggestion, PromptHistory
from charplay.terminal.keys import paste_keys, prompt_keys, use_keys
from charplay.terminal.lexer import CommandLexer
from charplay.terminal.long_texts import LongTexts, ShowLongTexts, read_large_pieces
from charplay.terminal.render.console import show_notices, visible
from charplay.terminal.render.views import show
from charplay.terminal.run_watch import RunWatch
from charplay.terminal.shell import EditorWanted, Leave, Shell
from charplay.terminal.style import prompt_style
from charplay.terminal.tour_guide import TourGuide
from charplay.terminal.typed_ahead import keep_typed_ahead
from charplay.terminal.typed_script import perform_typed


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
    long_texts = LongTexts()
    history = PromptHistory(context, long_texts)
    completer = PromptCompleter(context)

    def make_prompt() -> PromptSession[str]:
        return make_line_prompt(context, history, completer, long_texts, input, output)

    # Answers to questions are no lines to go back to.
    asking = _make_prompt(environment, DummyHistory(), long_texts, input, output)
    if chosen:
        return chosen
    if not shell.console.hides_asides:
        shell.console.print_hint(_greeting_text(shell))
        _show_session(shell)
    watch = RunWatch(context, shell.console)
    watch.show_left()

    def question(text: str) -> str:
        shell.console.typed = ""
        return long_texts.unfold(asking.prompt(visible(text)))

    def ask(text: str) -> str:
        """What the person types; nothing where they leave the question."""
        try:
            return question(text)
        except EOFError:
            return ""

    context.asker = lambda text: agrees(ask(f"{text} [y/N] "))
    context.chooser, context.prompted = ask, True
    gc.enable()  # all that a prompt needs is loaded
    mark, guide = _prompt_mark(environment), TourGuide(context, shell.console)
    prompt, draft = make_prompt(), ""
    while True:
        if history.forget_private():  # the old prompt has removed words, and what was searched for
            prompt = make_prompt()
        use_keys(prompt, context.settings.interface)
        try:
            completer.look_again()
            line = shell.console.typed = watch.prompt(prompt, mark, draft)
            draft = ""
            with silent_keys(environment.stdin):
                text = long_texts.unfold(line)
                guide.follow(text, perform_typed(shell, text, question))
                keep_typed_ahead(environment.stdin, prompt.input)
        except EditorWanted as wanted:
            text = history.last_text() if wanted.text is None else wanted.text
            draft = long_texts.fold(shell.edit_text(text))
        except KeyboardInterrupt:
            draft = ""
        except (EOFError, Leave) as leaving:
            draft = ""
            if isinstance(leaving, EOFError) and guide.leave_tour():
                continue
            if _may_leave(shell, question):
                return ExitStatus.DONE


def make_line_prompt(
    context: Context,
    history: PromptHistory,
    completer: PromptCompleter,
    long_texts: LongTexts,
    input: Input | None,
    output: Output | None,
) -> PromptSession[str]:
    """The prompt for lines, beside those for questions."""
    prompt = _make_prompt(context.environment, history, long_texts, input, output)
    prompt.key_bindings = prompt_keys(long_texts)
    prompt.completer = completer
    prompt.complete_while_typing = Condition(lambda: context.settings.interface.complete == "typed")
    prompt.lexer = CommandLexer(context.commands)
    mark = "· " if is_unicode(context.environment.stdout) else ". "
    prompt.prompt_continuation = lambda width, line, wrapped: "" if wrapped else mark
    prompt.auto_suggest = ConditionalAutoSuggest(
        HistorySuggestion(history),
        Condition(lambda: not (context.environment.dumb or context.settings.interface.plain)),
    )
    return prompt


def _may_leave(shell: Shell, ask: Callable[[str], str]) -> bool:
    """Whether the REPL may end; while runs go on the person is asked."""
    if not shell.context.has_runs:
        return True
    from charplay.terminal.leaving import may_leave  # comes with all that training needs

    return may_leave(shell.context, shell.console, ask)


def _ask_line(prompt: PromptSession[str], question: str) -> str:
    """What the person types; nothing where they leave the question."""
    try:
        return prompt.prompt(visible(question))
    except EOFError:
        return ""


def _make_prompt(
    environment: Environment,
    history: History,
    long_texts: LongTexts,
    input: Input | None,
    output: Output | None,
) -> PromptSession[str]:
    color_depth = None if environment.color else ColorDepth.DEPTH_1_BIT
    prompt: PromptSession[str] = PromptSession(
        history=history,
        input=input,
        output=output,
        color_depth=color_depth,
        style=prompt_style(),
        key_bindings=paste_keys(long_texts),
        input_processors=[ShowLongTexts(long_texts)],
    )
    read_large_pieces(prompt.input)
    return prompt


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
