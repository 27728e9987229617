"""Writing by hand at a terminal, key by key: the text, its ranked continuations, and the keys."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit.application import Application
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout import FormattedTextControl, Layout, Window
from prompt_toolkit.output import Output

from charplay.insight.handwriting import Handwriting, Until
from charplay.insight.probabilities import NextCharacter
from charplay.terminal.keys import pasted_text
from charplay.terminal.render.bars import share_bar
from charplay.terminal.render.cells import character_figure, text_end
from charplay.terminal.render.probabilities import percent
from charplay.text.typed.signs import list_characters

RANKS = 10
_DIGITS = "1234567890"
_BAR = 30
_MOST_NAMED = 8
_KEYS = (
    "1-9, 0 choose · → the likeliest · ↓ ↑ other ranks · letters are your own",
    "Tab a word · End a line · Shift-Tab another · ← back · Ctrl-W a word back",
    "Enter keeps it, Ctrl-C leaves it · Ctrl-V before a digit · Alt-Enter a line end",
)
_ENDED = "the name has ended"


class HandwritingKeys:
    """What a person sees and presses while they write by hand; `first` is the first rank shown."""

    def __init__(self, writing: Handwriting, ascii_only: bool) -> None:
        self._writing, self._ascii = writing, ascii_only
        self.first = 1
        self.notice = ""
        self._literal = False

    def choose(self, digit: str) -> None:
        """Take the character that stands beside a digit."""
        self._after(self._writing.choose(self.first + _DIGITS.index(digit)))

    def take_likeliest(self) -> None:
        """Take the character that the model expects most."""
        self._after(self._writing.choose(1))

    def type_letter(self, letter: str) -> None:
        """Add a letter, or choose by a digit that no Ctrl-V came before."""
        if letter in _DIGITS and not self._literal:
            self.choose(letter)
        else:
            self.write(letter)
        self._literal = False

    def take_literally(self) -> None:
        """Have the next key be a letter of the text, whatever it is."""
        self._literal = True

    def write(self, text: str) -> None:
        """Add a text of the person's own."""
        dropped = self._writing.write(text).dropped
        self._after(True)
        if dropped and not self._writing.has_ended:
            self.notice = f"unknown to this model: {list_characters(dropped, _MOST_NAMED)}"

    def step_back(self) -> None:
        """Take the last character back."""
        self._after(self._writing.step_back())

    def step_back_word(self) -> None:
        """Take the last word back."""
        self._after(self._writing.step_back_word())

    def go_on(self, until: Until) -> None:
        """Let the model write."""
        self._writing.go_on(until)
        self._after(True)

    def go_on_otherwise(self) -> None:
        """Let the model write something else than it did last."""
        written = self._writing.go_on_otherwise()
        self._after(True)
        if not written:
            self.notice = "Tab or End first; then this takes another"

    def turn_page(self, step: int) -> None:
        """Show the next ranks, or those before."""
        first = max(1, self.first + step * RANKS)
        if len(self._writing.ranked(first)) >= first:
            self.first = first

    def _after(self, changed: bool) -> None:
        self.notice = ""
        if changed:
            self.first = 1

    def lines(self, columns: int) -> list[tuple[str, str]]:
        """What is shown: (style, line), none wider than the screen."""
        writing = self._writing
        room = max(columns - 1, 1)
        text = text_end(writing.beginning + writing.text, room - 1)
        shown: list[tuple[str, str]] = [("bold", f"{text}|" if self._ascii else f"{text}▏")]
        begin = self.first - 1
        ranked = writing.ranked(begin + RANKS)[begin:]
        rows = [("", self._row(digit, row, columns)) for digit, row in zip(_DIGITS, ranked)]
        shown += rows or [("", _ENDED)]
        shown += [("class:auto-suggestion", line) for line in _KEYS]
        if self.notice:
            shown.append(("", self.notice))
        return [(style, line[:room]) for style, line in shown]

    def _row(self, digit: str, row: NextCharacter, columns: int) -> str:
        room = max(0, min(_BAR, columns - 24))
        bar = share_bar(row.probability, room, self._ascii)
        return f" {digit}  {character_figure(row.character):<3} {percent(row.probability)} % {bar}"


def pick_by_keys(
    writing: Handwriting, input: Input, output: Output, ascii_only: bool = False
) -> bool:
    """Have a person write by hand at a terminal; whether they keep what they wrote."""
    keys = HandwritingKeys(writing, ascii_only)

    def fragments() -> StyleAndTextTuples:
        columns = app.output.get_size().columns
        return [(style, f"{line}\n") for style, line in keys.lines(columns)]

    app: Application[bool] = Application(
        layout=Layout(Window(FormattedTextControl(fragments, show_cursor=False))),
        key_bindings=_bindings(keys),
        input=input,
        output=output,
        erase_when_done=True,
    )
    return app.run()


def _bindings(keys: HandwritingKeys) -> KeyBindings:
    bindings = KeyBindings()

    def on(*names: Keys | str, does: Callable[[], object]) -> None:
        @bindings.add(*names)
        def press(event: KeyPressEvent) -> None:
            does()

    on(Keys.Right, does=keys.take_likeliest)
    on(Keys.Left, does=keys.step_back)
    on(Keys.Backspace, does=keys.step_back)
    on(Keys.Tab, does=lambda: keys.go_on("word"))
    on(Keys.BackTab, does=keys.go_on_otherwise)
    on(Keys.ControlW, does=keys.step_back_word)
    on(Keys.ControlLeft, does=keys.step_back_word)
    on(Keys.End, does=lambda: keys.go_on("line"))
    on(Keys.ControlE, does=lambda: keys.go_on("line"))
    on(Keys.Down, does=lambda: keys.turn_page(1))
    on(Keys.Up, does=lambda: keys.turn_page(-1))
    on(Keys.ControlV, does=keys.take_literally)
    on(Keys.Escape, Keys.Enter, does=lambda: keys.write("\n"))

    @bindings.add(Keys.Any)
    def type_key(event: KeyPressEvent) -> None:
        if event.data.isprintable() and event.data:
            keys.type_letter(event.data)

    @bindings.add(Keys.BracketedPaste)
    def paste(event: KeyPressEvent) -> None:
        keys.write(pasted_text(event.data))

    @bindings.add(Keys.Enter)
    @bindings.add(Keys.ControlJ)
    @bindings.add(Keys.ControlD)
    def keep(event: KeyPressEvent) -> None:
        event.app.exit(result=True)

    @bindings.add(Keys.ControlC)
    @bindings.add(Keys.SIGINT)
    def leave(event: KeyPressEvent) -> None:
        event.app.exit(result=False)

    return bindings
