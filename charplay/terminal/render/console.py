"""The one console, and the one way in which foreign text reaches it."""

from typing import TextIO

from rich.cells import cell_len
from rich.console import Console
from rich.control import Control
from rich.text import Text

from charplay.environment import Environment
from charplay.errors import show_commands
from charplay.text.typed.signs import replace_unseen
from charplay.text.typed.typography import JOINERS

REPL_PREFIX = ":"
SHELL_PREFIX = "charplay "
_PROMPT_CELLS = 2


class CharplayConsole(Console):
    """A console that knows how a command is typed where its text is read.

    prefix: what is typed before a command: a colon in the REPL, `charplay` in a shell; typed: the
    line in the row above, typed after a prompt, as long as nothing else was written below it.
    """

    prefix: str = REPL_PREFIX
    typed: str = ""

    def on_broken_pipe(self) -> None:
        """Leave a closed pipe to the outermost handler."""
        raise BrokenPipeError

    def go_on_after_typed(self) -> bool:
        """Move the cursor to the end of the line typed above, where it is known; whether it is."""
        column = _PROMPT_CELLS
        for character in self.typed:
            cells = cell_len(character)
            column = cells if column + cells > self.width else column + cells
        if column >= self.width or not self.is_terminal or not self.typed.isprintable():
            return False
        self.control(Control.move_to_column(column, -1))
        return True

    def print_hint(self, text: str, style: str = "", before: str = "") -> None:
        """Print text, its commands in backquotes shown as they are typed here."""
        line = Text.assemble(before, foreign(show_commands(text, self.prefix), style))
        self.print(line, soft_wrap=True)


def make_console(environment: Environment, stream: TextIO | None = None) -> CharplayConsole:
    """A console on a stream of the environment, standard output unless said."""
    stream = stream or environment.stdout
    live = stream.isatty() and not environment.dumb
    return CharplayConsole(
        file=stream,
        width=environment.width,
        force_terminal=live,
        no_color=not environment.color,
        color_system="auto" if environment.color else None,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=not stream.isatty(),
        _environ=environment.variables,
    )


def visible(text: str) -> str:
    """The text with control characters made visible, so that none acts on the terminal."""
    return replace_unseen(text, _control_sign)


def _control_sign(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


class VisiblePieces:
    """Text that comes in pieces, made visible: a joiner waits for the letter after it."""

    def __init__(self) -> None:
        self._before = self._waiting = ""

    def add(self, piece: str) -> str:
        """What can be shown once this piece has come."""
        text = self._waiting + piece
        self._waiting = text[-1:] if text.endswith(tuple(JOINERS)) else ""
        return self._show(text.removesuffix(self._waiting))

    def end(self) -> str:
        """What still waits, as nothing more comes."""
        text, self._waiting = self._waiting, ""
        return self._show(text)

    def _show(self, text: str) -> str:
        shown = visible(self._before + text)[len(visible(self._before)) :]
        self._before = text[-1:] or self._before
        return shown


def foreign(text: str, style: str = "") -> Text:
    """Text of a model, corpus, plugin or file, ready to print; nothing in it is markup."""
    return Text(visible(text), style=style)


def show_notices(console: CharplayConsole, notices: tuple[str, ...]) -> None:
    """Print what a person should know beside a result."""
    for text in notices:
        console.print_hint(f"note: {text}", "dim")
