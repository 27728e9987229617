"""The one console, and the one way in which foreign text reaches it."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from io import StringIO
from types import TracebackType
from typing import TextIO

from rich.cells import cell_len
from rich.console import Console, ConsoleDimensions
from rich.control import Control
from rich.text import Text

from charplay.commands.settings import Interface
from charplay.environment import Environment
from charplay.errors import show_commands
from charplay.streams import is_unicode, silence_stream
from charplay.terminal.render.themes import THEMES
from charplay.text.typed.signs import replace_unseen
from charplay.text.typed.typography import JOINERS
from charplay.undecoded import UNDECODED, escape_undecoded

REPL_PREFIX = ":"
SHELL_PREFIX = "charplay "
_PROMPT_CELLS = 2

# What rich is told where nothing limits the width; nothing is filled up to it.
_NO_LIMIT = 1_000_000
_PAGE_ROWS = 24
# Terminals that have no more than letters: the fonts of Linux' own console lack Braille.
_BARE_TERMINALS = ("dumb", "unknown", "linux")


class _Held(StringIO):
    """What was meant for a terminal."""

    def isatty(self) -> bool:
        """It is shown on one in the end."""
        return True


class CharplayConsole(Console):
    """A console that asks how wide it is whenever it draws.

    prefix: how a command is typed where the text is read: a colon in the REPL, `charplay` in a
    shell. aside: where notes and captions go: here on a terminal, else to the console of errors.
    typed: the line in the row above, typed after a prompt, as long as nothing else was written
    below it. plain: nothing is framed, drawn again or put in columns, as a screen reader wants it.
    hides_asides: nothing is shown beside results.
    """

    prefix: str = REPL_PREFIX
    typed: str = ""
    plain: bool = False
    hides_asides: bool = False
    _theme: str = "dark"
    _aside: "CharplayConsole | None" = None

    @property
    def aside(self) -> "CharplayConsole":
        """The console for what stands beside results; it shows nothing where that is unwanted."""
        return self._silent if self.hides_asides else self._aside or self

    @aside.setter
    def aside(self, console: "CharplayConsole") -> None:
        self._aside = console

    def __init__(self, environment: Environment, stream: TextIO) -> None:
        self._environment, self._stream = environment, stream
        super().__init__(
            file=stream,
            stderr=stream is environment.stderr,
            force_terminal=stream.isatty() and not environment.dumb,
            color_system="auto" if environment.color else None,
            highlight=False,
            markup=False,
            emoji=False,
            soft_wrap=not stream.isatty(),
            width=_NO_LIMIT,  # which `size` takes the place of; else rich reads COLUMNS and LINES
            height=_PAGE_ROWS,
            theme=THEMES[self._theme],
            _environ=environment.variables,
        )

    @cached_property
    def _silent(self) -> "CharplayConsole":
        """A console like this one that writes nothing."""
        silent = CharplayConsole(self._environment, self._stream)
        silent.quiet = True
        return silent

    def adopt(self, interface: Interface) -> None:
        """Show from now on as these options say."""
        self.plain, self.hides_asides = interface.plain, interface.quiet
        if interface.theme != self._theme:
            self._theme = interface.theme
            self.no_color = self._theme == "none" or not self._environment.color
            self.push_theme(THEMES[self._theme])

    @property
    def is_terminal(self) -> bool:
        """Whether what is shown may be drawn again."""
        return super().is_terminal and not self.plain

    @property  # type: ignore[misc]  # nothing sets it
    def size(self) -> ConsoleDimensions:
        """The columns and rows that there are now."""
        size = self._environment.size_of(self._stream)
        return ConsoleDimensions(*(size or (_NO_LIMIT, _PAGE_ROWS)))

    @property
    def room(self) -> int | None:
        """The columns that a line may take now; None where nothing limits it, as in a pipe."""
        size = self._environment.size_of(self._stream)
        return size.columns if size else None

    @property
    def draws_ascii(self) -> bool:
        """Whether lines and dots are drawn in ASCII, as there is nothing else."""
        bare = self._environment.variables.get("TERM") in _BARE_TERMINALS
        return bare or not is_unicode(self._stream)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Write what was printed within; what could not be written is not tried again."""
        try:
            super().__exit__(kind, error, trace)
        except BaseException:
            self._buffer.clear()
            raise

    def on_broken_pipe(self) -> None:
        """Leave closed output to the outermost handler; go on without a reader of errors."""
        if not self.stderr:
            raise BrokenPipeError
        silence_stream(self._stream)
        self._buffer.clear()

    @contextmanager
    def holding(self) -> Iterator[StringIO]:
        """Within, what is written is held back, as it would be written to the terminal."""
        file, self.file = self.file, _Held()
        try:
            yield self.file
        finally:
            self.file = file

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
        self.print(Text.assemble(before, foreign(show_commands(text, self.prefix), style)))


def make_console(environment: Environment, stream: TextIO | None = None) -> CharplayConsole:
    """A console on a stream of the environment, standard output unless said."""
    return CharplayConsole(environment, stream or environment.stdout)


def visible(text: str) -> str:
    """The text with control characters made visible, so that none acts on the terminal."""
    return replace_unseen(text, _control_sign)


def _control_sign(character: str) -> str:
    escaped, code = escape_undecoded(character), ord(character)
    if UNDECODED.fullmatch(escaped):
        return escaped
    if character == "\x7f":
        return "\u2421"
    return chr(0x2400 + code) if character.isascii() else f"<U+{code:04X}>"


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
        console.aside.print_hint(f"note: {text}", "dim")
