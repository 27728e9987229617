"""The console: what reaches a terminal and what a pipe, and how wide either is when it is asked."""

import os
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.settings import Interface
from charplay.terminal.render.console import (
    VisiblePieces,
    foreign,
    make_console,
    show_notices,
    visible,
)
from charplay.testing.world import MemoryStream
from tests.terminal.transcript import readable, terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


LITERAL = "[bold]x[/bold] :smile: 12 'word' True https://a.b"


def test_words_are_printed_as_they_are(seen):
    assert seen(lambda console: console.print(LITERAL)) == f"{LITERAL}\n"


def test_a_style_is_shown_where_there_are_colours(seen):
    def styles(console):
        console.print("x", style="warning")
        console.print("x", style="bold")

    shown = """\
⟨bold yellow⟩x⟨⟩
⟨bold⟩x⟨⟩
"""
    assert seen(styles) == shown
    shown = """\
⟨bold yellow⟩x⟨⟩
⟨bold⟩x⟨⟩
"""
    assert seen(styles, COLORTERM="", TERM="xterm") == shown
    assert seen(styles, NO_COLOR="1") == "x\nx\n"
    assert seen(styles, TERM="dumb") == "x\nx\n"
    assert seen(styles, None) == "x\nx\n"


def test_a_terminal_of_few_colours_gets_the_nearest(seen):
    def shown(colour, **variables):
        return seen(lambda console: console.print("x", style=colour), **variables)

    assert shown("#f1d2c3") == "⟨#f1d2c3⟩x⟨⟩\n"
    assert shown("#f1d2c4", COLORTERM="") == "⟨224⟩x⟨⟩\n"
    assert shown("#f1d2c5", COLORTERM="", TERM="xterm") == "⟨97⟩x⟨⟩\n"


@pytest.mark.parametrize(
    ("theme", "shown"),
    [("dark", "⟨bold yellow⟩x⟨⟩"), ("light", "⟨bold magenta⟩x⟨⟩"), ("none", "⟨bold⟩x⟨⟩")],
)
def test_a_theme_has_colours_of_its_own(seen, theme, shown):
    interface = Interface(theme=theme)
    assert (
        seen(lambda console: console.print("x", style="warning"), interface=interface)
        == shown + "\n"
    )


def test_a_theme_can_be_left_again(home):
    console = make_console(terminal(home))
    for theme in ("none", "light", "dark", "dark"):
        console.adopt(Interface(theme=theme))
        console.print("x", style="warning")
    shown = """\
⟨bold⟩x⟨⟩
⟨bold magenta⟩x⟨⟩
⟨bold yellow⟩x⟨⟩
⟨bold yellow⟩x⟨⟩
"""
    assert readable(console.file.getvalue()) == shown
    colourless = make_console(terminal(home, NO_COLOR="1"))
    colourless.adopt(Interface(theme="light"))
    colourless.print("x", style="warning")
    assert colourless.file.getvalue() == "x\n"


def test_a_console_is_as_wide_and_high_as_the_terminal_is_now(home):
    size = [os.terminal_size((30, 9))]
    console = make_console(replace(terminal(home), terminal_size=lambda stream: size[0]))
    assert (console.size, console.width, console.room) == ((30, 9), 30, 30)
    size[0] = os.terminal_size((50, 20))
    assert (console.size, console.width, console.room, console.options.max_width) == (
        (50, 20),
        50,
        50,
        50,
    )


def test_a_pipe_has_no_width(home):
    console = make_console(terminal(home, None))
    assert (console.room, console.width, console.size.height) == (None, 1_000_000, 24)
    long = "word " * 20_000
    console.print(long * 11)
    assert console.file.getvalue() == long * 11 + "\n"


@pytest.mark.parametrize(
    ("term", "encoding", "ascii_only"),
    [
        ("xterm", "utf-8", False), ("xterm", "ascii", True), ("dumb", "utf-8", True),
        ("unknown", "utf-8", True), ("linux", "utf-8", True), ("xterm", "cp1252", True),
    ],
)  # fmt: skip
def test_drawings_are_ascii_where_there_is_nothing_else(home, term, encoding, ascii_only):
    console = make_console(terminal(home, TERM=term))
    console._stream.encoding = encoding
    assert console.draws_ascii is ascii_only


def test_what_is_drawn_again_needs_a_terminal_that_is_not_read_aloud(home):
    console = make_console(terminal(home))
    assert console.is_terminal
    console.adopt(Interface(plain=True))
    assert not console.is_terminal
    assert not make_console(terminal(home, None)).is_terminal
    assert not make_console(terminal(home, TERM="dumb")).is_terminal


def test_what_stands_beside_results_goes_here_elsewhere_or_nowhere(home):
    environment = terminal(home)
    console, errors = make_console(environment), make_console(environment, environment.stderr)
    assert console.aside is console
    console.aside = errors
    assert console.aside is errors
    show_notices(console, ("`train` makes one", "two"))
    assert readable(errors.file.getvalue()) == "⟨dim⟩note: :train makes one⟨⟩\n⟨dim⟩note: two⟨⟩\n"
    console.adopt(Interface(quiet=True))
    show_notices(console, ("three",))
    assert console.aside is console.aside
    assert (console.file.getvalue(), "three" in errors.file.getvalue()) == ("", False)


def test_a_hint_shows_its_commands_as_they_are_typed_here(seen):
    def hint(console):
        console.print_hint("`train X` and\x07 more", "dim", before="so: ")

    assert seen(hint) == "so: ⟨dim⟩:train X and␇ more⟨⟩\n"
    assert seen(hint, prefix="charplay ") == "so: ⟨dim⟩charplay train X and␇ more⟨⟩\n"


def test_what_is_held_back_is_as_it_would_be_on_the_terminal(home):
    console = make_console(terminal(home))
    file = console.file
    with suppress(KeyError), console.holding() as held:
        console.print("x", style="bold")
        assert console.file.isatty()
        raise KeyError
    assert readable(held.getvalue()) == "⟨bold⟩x⟨⟩\n"
    assert console.file is file
    console.print("y")
    assert file.getvalue() == "y\n"


class Broken(MemoryStream):
    """A stream that takes nothing any more, as long as it is broken."""

    broken = True

    def write(self, text):
        if self.broken:
            raise OSError("no space left")
        return super().write(text)


def test_what_could_not_be_written_is_not_tried_again(home):
    stream = Broken(tty=True)
    console = make_console(replace(terminal(home), stdout=stream))
    with pytest.raises(OSError, match="no space left"):
        console.print("lost")
    stream.broken = False
    console.print("kept")
    assert stream.getvalue() == "kept\n"


class Closed(MemoryStream):
    """A stream whose reader is gone."""

    def write(self, text):
        raise BrokenPipeError


def test_a_closed_output_ends_charplay_and_closed_errors_do_not(home):
    stream = Closed(tty=True)
    with pytest.raises(BrokenPipeError):
        make_console(replace(terminal(home), stdout=stream)).print("x")
    errors = replace(terminal(home), stderr=stream)
    console = make_console(errors, stream)
    console.print("x")
    assert not console._buffer


def test_errors_without_a_reader_lead_nowhere_from_then_on(home):
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "w") as stream:
        console = make_console(replace(terminal(home), stderr=stream), stream)
        console.print("lost")
        stream.write("nobody reads this")
        stream.flush()


# After what was typed.


def typed(home, line, columns=20, **variables):
    """Where the cursor is moved to, behind a line typed after a prompt."""
    console = make_console(terminal(home, columns, **variables))
    console.typed = line
    assert console.go_on_after_typed() is bool(console.file.getvalue())
    return readable(console.file.getvalue())


def test_an_answer_can_go_on_where_the_line_above_ends(home):
    assert typed(home, "abc") == "⟨6G⟩⟨1A⟩"
    assert typed(home, "x" * 17) == "⟨20G⟩⟨1A⟩"
    assert typed(home, "x" * 18) == ""  # the cursor cannot stand behind the last column
    assert typed(home, "x" * 19) == "⟨2G⟩⟨1A⟩"
    assert typed(home, "漢" * 9) == ""
    assert typed(home, "x" * 17 + "漢") == "⟨3G⟩⟨1A⟩"
    assert typed(home, "x" * 16 + "漢漢") == "⟨3G⟩⟨1A⟩"
    assert typed(home, "a\tb") == ""
    assert typed(home, "abc", TERM="dumb") == ""


# What no terminal obeys.


def test_control_characters_have_signs():
    assert visible("\x00\x1f\x20\x7e\x7f\x80\u202e") == "␀␟ ~␡<U+0080><U+202E>"
    assert visible("\udcff\ud800\udc41") == "\\xff<U+D800><U+DC41>"
    assert foreign("a\x07", "bold").spans == []
    assert (foreign("a\x07", "bold").plain, foreign("a\x07", "bold").style) == ("a␇", "bold")


def test_a_joiner_waits_for_the_letter_after_it():
    pieces = VisiblePieces()
    shown = [pieces.add(piece) for piece in ("a\u200d", "b", "", "\u200d", "", "\u200dc", "\u200d")]
    assert (shown, pieces.end(), pieces.end()) == (
        ["a", "\u200db", "", "", "", "<U+200D><U+200D>c", ""],
        "<U+200D>",
        "",
    )
