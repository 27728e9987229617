"""The prompts of the REPL: one for lines, one for the answers to questions."""

from dataclasses import dataclass

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import ConditionalAutoSuggest
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import DummyHistory, History
from prompt_toolkit.input import Input, create_input
from prompt_toolkit.output import ColorDepth, DummyOutput, Output, create_output

from charplay.commands.context import Context
from charplay.streams import is_unicode
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.history import HistorySuggestion, PromptHistory
from charplay.terminal.keys import paste_keys, prompt_keys, use_keys
from charplay.terminal.lexer import CommandLexer
from charplay.terminal.long_texts import LongTexts, ShowLongTexts, read_large_pieces
from charplay.terminal.style import prompt_style

# What words that fit may take of the screen, and what the prompt and its status need.
_MENU_ROWS, _OTHER_ROWS = 8, 3


@dataclass(frozen=True)
class PromptMaker:
    """Makes the prompts of one REPL; `input` and `output` are the terminal's unless given."""

    context: Context
    long_texts: LongTexts
    input: Input | None = None
    output: Output | None = None

    def for_lines(self, history: PromptHistory, completer: PromptCompleter) -> PromptSession[str]:
        """The prompt for lines, which knows earlier ones and offers words."""
        context, prompt = self.context, self._make(history)
        prompt.key_bindings = prompt_keys(self.long_texts)
        prompt.completer = completer
        prompt.complete_while_typing = Condition(
            lambda: context.settings.interface.complete == "typed"
        )
        prompt.lexer = CommandLexer(context.commands)
        mark = "· " if is_unicode(context.environment.stdout) else ". "
        prompt.prompt_continuation = lambda width, line, wrapped: "" if wrapped else mark
        prompt.auto_suggest = ConditionalAutoSuggest(
            HistorySuggestion(history),
            Condition(lambda: not (context.environment.dumb or context.settings.interface.plain)),
        )
        return prompt

    def for_answers(self) -> PromptSession[str]:
        """The prompt for answers to questions, which are no lines to go back to."""
        return self._make(DummyHistory())

    def _make(self, history: History) -> PromptSession[str]:
        environment = self.context.environment
        prompt: PromptSession[str] = PromptSession(
            history=history,
            input=self.input or create_input(environment.stdin),
            output=self.output or self._screen(),
            key_bindings=paste_keys(self.long_texts),
            # Ctrl-Z stops a whole group of processes, which is a terminal's alone to do.
            enable_suspend=self.input is None,
            input_processors=[ShowLongTexts(self.long_texts)],
        )
        read_large_pieces(prompt.input)
        return prompt

    def _screen(self) -> Output:
        """Where a prompt is drawn; nowhere on a terminal that can show nothing twice."""
        environment = self.context.environment
        return DummyOutput() if environment.dumb else create_output(environment.stdout)

    @property
    def reads_plainly(self) -> bool:
        """Whether the terminal itself is left to edit a line, as it can show nothing twice."""
        return self.context.environment.dumb and self.input is None

    def read_plainly(self, mark: str) -> str:
        """A line as the terminal gives it; EOFError at its end."""
        environment = self.context.environment
        environment.stdout.write(mark)
        environment.stdout.flush()
        line = environment.stdin.readline()
        if not line:
            raise EOFError
        return line.removesuffix("\n")

    def adopt_settings(self, prompt: PromptSession[str]) -> None:
        """Have a prompt look, and know the keys, as the settings say now."""
        interface = self.context.settings.interface
        use_keys(prompt, interface)
        has_colour = self.context.environment.color and interface.theme != "none"
        prompt.color_depth = None if has_colour else ColorDepth.DEPTH_1_BIT
        prompt.style = prompt_style(interface.theme)
        size = self.context.environment.size_of(self.context.environment.stdout)
        rows = size.lines if size else _MENU_ROWS
        prompt.reserve_space_for_menu = max(0, min(_MENU_ROWS, rows - _OTHER_ROWS))


def prompt_mark(context: Context) -> str:
    """What stands before a line that is typed."""
    try:
        "❯".encode(context.environment.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "> "
    return "❯ "
