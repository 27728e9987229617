"""The loop: read a line, do it, show it."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING

from prompt_toolkit import PromptSession
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from charplay import __version__
from charplay.commands.plain_words import agrees, declines
from charplay.commands.position import session_position
from charplay.errors import ExitStatus
from charplay.sessions.choice import SessionChoice
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.echo import silent_keys
from charplay.terminal.garbage import begin_search
from charplay.terminal.history import PromptHistory
from charplay.terminal.line_prompt import PromptMaker, prompt_mark
from charplay.terminal.long_texts import LongTexts
from charplay.terminal.render.console import show_notices, visible
from charplay.terminal.render.views import show
from charplay.terminal.run_watch import RunWatch
from charplay.terminal.shell import EditorWanted, Leave, Shell
from charplay.terminal.tour_guide import TourGuide
from charplay.terminal.typed_ahead import keep_typed_ahead
from charplay.terminal.typed_script import perform_typed

if TYPE_CHECKING:
    from charplay.insight.handwriting import Handwriting


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
    if model and (status := shell.choose_model(model)):
        return status
    return Repl(shell, input, output).run()


class Repl:
    """A person at a prompt, one line after another."""

    def __init__(self, shell: Shell, input: Input | None, output: Output | None) -> None:
        self._shell, self._context = shell, shell.context
        self._long_texts = LongTexts()
        self._maker = PromptMaker(self._context, self._long_texts, input, output)
        self._history = PromptHistory(self._context, self._long_texts)
        self._completer = PromptCompleter(self._context)
        self._lines = self._maker.for_lines(self._history, self._completer)
        self._watch = RunWatch(self._context, shell.console)
        self._guide = TourGuide(self._context, shell.console)
        self._draft = ""

    @cached_property
    def _answers(self) -> PromptSession[str]:
        """The prompt for the answers to questions, made for the first of them."""
        return self._maker.for_answers()

    def run(self) -> ExitStatus:
        """Go on until the person leaves."""
        self._greet()
        self._watch.show_left()
        self._context.asker = self._agrees
        self._context.chooser, self._context.prompted = self._ask, True
        self._context.picker = self._pick
        begin_search()
        while True:
            try:
                # Also before the prompt is there: what is typed then is for it, which shows it.
                with self._silent_keys():
                    self._perform(self._read_line())
            except EditorWanted as wanted:
                text = self._history.last_text() if wanted.text is None else wanted.text
                self._draft = self._long_texts.fold(self._shell.edit_text(text))
            except KeyboardInterrupt:
                continue
            except (EOFError, Leave) as leaving:
                if isinstance(leaving, EOFError) and self._guide.leave_tour():
                    continue
                if self._may_leave():
                    return ExitStatus.DONE

    def _silent_keys(self) -> AbstractContextManager[None]:
        """Within, the prompt alone shows what is typed."""
        if self._maker.reads_plainly:
            return nullcontext()
        return silent_keys(self._context.environment.stdin, suspends=False)

    def _read_line(self) -> str:
        """What the person types, an editor's text to begin with."""
        if self._maker.reads_plainly:
            self._watch.tell_news()
            return self._maker.read_plainly(prompt_mark(self._context))
        if self._history.forget_private():  # the old prompt has removed words, and what was sought
            self._lines = self._maker.for_lines(self._history, self._completer)
        self._maker.adopt_settings(self._lines)
        self._completer.look_again()
        draft, self._draft = self._draft, ""
        return self._watch.prompt(self._lines, prompt_mark(self._context), draft)

    def _perform(self, line: str) -> None:
        """Do what a line says; keys pressed meanwhile are for the next prompt."""
        shell, stdin = self._shell, self._context.environment.stdin
        shell.console.typed = line
        text = self._without_mark(self._long_texts.unfold(line))
        on_tour = self._context.tour is not None and not text.strip()
        status = ExitStatus.DONE if on_tour else perform_typed(shell, text, self._question)
        self._guide.follow(text, status)
        if not self._maker.reads_plainly:
            keep_typed_ahead(stdin, self._lines.input)

    def _without_mark(self, text: str) -> str:
        """The text as it was typed in a transcript, where each line was copied with its mark."""
        mark = prompt_mark(self._context)
        lines = text.split("\n")
        is_copied = all(line.startswith(mark) for line in lines if line.strip())
        return "\n".join(line.removeprefix(mark) for line in lines) if is_copied else text

    def _question(self, text: str) -> str:
        """What the person answers; EOFError where they leave the question."""
        self._shell.console.typed = ""
        if self._maker.reads_plainly:
            return self._maker.read_plainly(visible(text))
        self._maker.adopt_settings(self._answers)
        return self._long_texts.unfold(self._answers.prompt(visible(text)))

    def _ask(self, text: str) -> str:
        """What the person answers; nothing where they leave the question."""
        try:
            return self._question(text)
        except EOFError:
            return ""

    def _pick(self, writing: Handwriting) -> bool:
        """Have the person write by hand; whether they keep it."""
        maker = self._maker
        return self._shell.pick(writing, self._ask, maker.reads_plainly, maker.input, maker.output)

    def _agrees(self, text: str) -> bool:
        """Whether the person says yes; asked again where they say neither yes nor no."""
        answer = self._ask(f"{text} [y/N] ")
        while not (agrees(answer) or declines(answer)):
            self._shell.console.print("answer y for yes, or n for no")
            answer = self._ask(f"{text} [y/N] ")
        return agrees(answer)

    def _may_leave(self) -> bool:
        """Whether the REPL may end; while runs go on the person is asked."""
        if not self._context.has_runs:
            return True
        from charplay.terminal.leaving import may_leave  # comes with all that training needs

        return may_leave(self._context, self._shell.console, self._question)

    def _greet(self) -> None:
        """Say where the person is, unless they want it quiet."""
        console, session = self._shell.console, self._context.session
        if console.hides_asides:
            return
        console.print_hint(self._greeting())
        if session and session.begun:
            show(session_position(session, "going on"), console)
            show_notices(console, session.take_notices())
        elif session and session.record.name:
            begins = f"your next words begin the session {session.record.name}"
            show_notices(console, (begins,))

    def _greeting(self) -> str:
        session = self._context.session
        talks = session is not None and bool(session.reference)
        model = session.record.model if session and talks else self._context.library.current
        if model:
            return f"charplay {__version__}, talking to {model}; `help` lists the commands"
        first = "try `names`, `train dinosaurs` or `help tour`"
        return f"charplay {__version__}; {first}; `help` lists all"
