"""What the prompt looks like while a line is typed, on a screen in memory."""

import os

import pytest
from prompt_toolkit.cursor_shapes import ModalCursorShapeConfig
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import to_filter
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from prompt_toolkit.output.vt100 import Vt100_Output

from charplay.commands.settings import Interface
from charplay.terminal.completer import PromptCompleter
from charplay.terminal.line_prompt import PromptMaker, prompt_mark
from charplay.terminal.long_texts import LONGEST_EDITED, LongTexts, read_large_pieces
from charplay.terminal.shell import EditorWanted
from tests.conftest import MemoryStream, make_environment
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.screen import Screen, drawn_on
from tests.terminal.test_repl import ENTER, pasted

TAB, ESC, ALT_ENTER, CTRL_G, CTRL_R, RIGHT = "\t", "\x1b", "\x1b\r", "\x07", "\x12", "\x1b[C"


class SeenPrompt(LinePrompt):
    """A prompt that is drawn on a screen, `interface` as it is set."""

    def __init__(self, home, columns=40, rows=24, interface=Interface(), **more):
        super().__init__(home, **more)
        self.settings.interface = interface
        self.screen = Screen(columns, rows)
        self.output = drawn_on(self.screen)

    @property
    def rows(self):
        """The rows with something in them."""
        return [line for line in self.screen.lines if line]

    def shown(self, keys, wanted):
        """The rows once a text is among them, after some keys."""
        seen = []

        def looks(buffer):
            if wanted in "\n".join(self.rows):
                seen.append(self.rows)
            return seen

        self.press(keys, looks, ENTER, ENTER)
        return seen[0]


@pytest.mark.parametrize(
    ("variables", "interface", "command", "option"),
    [
        ({}, Interface(), "\x1b[0;36;1m:names", "\x1b[0;33m--seed"),
        ({}, Interface(theme="light"), "\x1b[0;34;1m:names", "\x1b[0;35m--seed"),
        ({}, Interface(theme="none"), "\x1b[0;1m:names", "\x1b[0m--seed"),
        ({"NO_COLOR": "1"}, Interface(), "\x1b[0;1m:names", "\x1b[0m--seed"),
    ],
)
def test_a_command_has_the_colours_of_the_theme(home, variables, interface, command, option):
    prompt = SeenPrompt(home, interface=interface, **variables)
    prompt.shown(":names --seed 5", "5")
    written = prompt.screen.getvalue()
    assert command in written
    assert option in written


def test_a_further_line_has_a_mark_and_a_broken_one_has_none(home):
    assert SeenPrompt(home).shown("ab" + ALT_ENTER + "cd", "cd") == ["ab", "· cd"]
    wide = SeenPrompt(home, columns=10).shown("a" * 12 + ALT_ENTER + "cd", "cd")
    assert wide == ["a" * 10, "aa", "· cd"]
    plain = SeenPrompt(home)
    plain.context.environment.stdout.encoding = "ascii"
    assert plain.shown("ab" + ALT_ENTER + "cd", "cd") == ["ab", ". cd"]


def test_words_are_offered_as_they_are_typed_where_that_is_set(home):
    offered = SeenPrompt(home, interface=Interface(complete="typed")).shown(":und", "undo ")
    assert [row.split()[0] for row in offered] == [":und", "undo"]
    maker, lines = made(home)
    assert not to_filter(lines.complete_while_typing)()
    maker.context.settings.interface = Interface(complete="typed")
    assert to_filter(lines.complete_while_typing)()


def test_tab_shows_the_words_with_their_help_below_the_line(home):
    first, *menu = SeenPrompt(home, columns=70).shown(":mod" + TAB, "models")
    assert first == ":model"
    assert [row.split()[0] for row in menu] == ["models", "model"]
    assert all(len(row.split()) > 2 for row in menu)


def test_a_long_paste_is_shown_as_a_label_in_its_own_style(home):
    prompt = SeenPrompt(home)
    assert prompt.shown("<" + pasted("a" * (LONGEST_EDITED + 1)) + ">", ">") == [
        "<[pasted: 5,001 characters]>"
    ]
    assert "\x1b[0;36;3m[pasted: 5,001 characters]" in prompt.screen.getvalue()


def test_the_rest_of_an_earlier_line_is_faint_and_no_part_of_what_is_typed(home):
    prompt = SeenPrompt(home, lines=["Tyrann"])
    assert prompt.shown("Ty", "Tyrann") == ["Tyrann"]
    assert ";2mrann\x1b[4D" in prompt.screen.getvalue()


def test_the_editor_takes_the_line_from_the_screen_and_the_next_line_stays_there(home):
    prompt = SeenPrompt(home)
    with pytest.raises(EditorWanted):
        prompt.press("abc", lambda buffer: "abc" in prompt.rows, CTRL_G)
    assert prompt.rows == []
    prompt.press("def", ENTER)
    assert prompt.rows == ["def"]


def test_tab_among_the_commands_of_vi_completes_nothing(home):
    prompt = LinePrompt(home, editor="vi")
    line = ":unkex"
    assert prompt.press(line + ESC, lambda buffer: buffer.cursor_position == 5, TAB + ENTER) == line
    assert prompt.press(":unke" + TAB + ENTER) == ":unkeep"


def test_tab_takes_the_word_before_the_next_key(home):
    assert LinePrompt(home).press(":und" + TAB + "x" + ENTER) == ":undox"


# Its settings.


def made(home, **variables):
    """What makes prompts, and a prompt for lines as the settings say."""
    prompt = LinePrompt(home, **variables)
    with create_pipe_input() as pipe:
        maker = PromptMaker(prompt.context, prompt.long_texts, pipe, DummyOutput())
        lines = maker.for_lines(prompt.history, PromptCompleter(prompt.context))
        maker.adopt_settings(lines)
        return maker, lines


@pytest.mark.parametrize(
    ("rows", "reserved"), [("24", 8), ("12", 8), ("11", 8), ("10", 7), ("4", 1), ("3", 0), ("2", 0)]
)
def test_words_take_no_more_of_the_screen_than_there_is(home, rows, reserved):
    _, lines = made(home, LINES=rows)
    assert lines.reserve_space_for_menu == reserved


def test_the_keys_of_an_editor_come_and_go_with_the_setting(home):
    maker, lines = made(home)
    emacs = (lines.editing_mode, lines.cursor, lines.app.timeoutlen, lines.app.ttimeoutlen)
    assert emacs == (EditingMode.EMACS, None, 1.0, 0.5)
    maker.context.settings.interface = Interface(keys="vi")
    maker.adopt_settings(lines)
    assert (lines.editing_mode, lines.app.timeoutlen, lines.app.ttimeoutlen) == (
        EditingMode.VI, 0.1, 0.1,
    )  # fmt: skip
    assert isinstance(lines.cursor, ModalCursorShapeConfig)
    maker.context.settings.interface = Interface()
    maker.adopt_settings(lines)
    assert emacs == (lines.editing_mode, lines.cursor, lines.app.timeoutlen, lines.app.ttimeoutlen)


def test_answers_are_no_lines_to_go_back_to_and_long_ones_are_shown_as_labels(home):
    maker, lines = made(home)
    answers = maker.for_answers()
    answers.history.append_string("yes")
    assert list(answers.history.get_strings()) == []
    assert answers.input is lines.input
    assert answers.output is lines.output
    texts, screen = LongTexts(), Screen(40)
    with create_pipe_input() as pipe:
        prompt = PromptMaker(maker.context, texts, pipe, drawn_on(screen)).for_answers()
        pipe.send_text(pasted("a" * (LONGEST_EDITED + 1)) + ENTER)
        assert texts.unfold(prompt.prompt()) == "a" * (LONGEST_EDITED + 1)
    assert "[pasted: 5,001 characters]" in screen.getvalue()


def test_a_pipe_gives_a_long_paste_in_few_pieces(home):
    with create_pipe_input() as pipe:
        read_large_pieces(pipe)
        pipe.send_text("a" * 4_000)
        assert len(pipe.read_keys()) == 4_000
    read_large_pieces(object())
    context = LinePrompt(home).context
    with create_pipe_input() as pipe:
        PromptMaker(context, LongTexts(), pipe, DummyOutput()).for_answers()
        pipe.send_text("a" * 4_000)
        assert len(pipe.read_keys()) == 4_000


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_at_a_terminal_it_reads_and_draws_there_and_ctrl_z_stops_charplay(home):
    ours, theirs = os.openpty()
    with os.fdopen(theirs, "r") as stdin:
        for term, drawn in (("xterm", Vt100_Output), ("dumb", DummyOutput)):
            context = LinePrompt(home, TERM=term).context
            object.__setattr__(context.environment, "stdin", stdin)
            prompt = PromptMaker(context, LongTexts()).for_answers()
            assert prompt.input.fileno() == theirs
            assert isinstance(prompt.output, drawn)
            assert to_filter(prompt.enable_suspend)()
    os.close(ours)
    with create_pipe_input() as pipe:
        piped = PromptMaker(context, LongTexts(), pipe, DummyOutput()).for_answers()
        assert not to_filter(piped.enable_suspend)()


# Where the terminal itself edits a line.


class Delayed(MemoryStream):
    """A terminal that shows what was flushed alone."""

    seen = ""

    def flush(self):
        self.seen = self.getvalue()


def test_a_line_of_a_dumb_terminal_is_read_after_its_mark_was_shown(home):
    environment = make_environment(home, "ab\nlast", tty=True, TERM="dumb")
    shown = Delayed(tty=True)
    object.__setattr__(environment, "stdout", shown)
    context = LinePrompt(home).context
    context.environment = environment
    maker = PromptMaker(context, LongTexts())
    assert maker.reads_plainly
    assert maker.read_plainly("> ") == "ab"
    assert shown.seen == "> "
    assert maker.read_plainly("> ") == "last"
    with pytest.raises(EOFError):
        maker.read_plainly("> ")


def test_only_a_dumb_terminal_reads_plainly(home):
    with create_pipe_input() as pipe:
        for term, piped, plainly in (
            ("dumb", None, True), ("dumb", pipe, False), ("xterm", None, False)
        ):  # fmt: skip
            context = LinePrompt(home, TERM=term).context
            assert PromptMaker(context, LongTexts(), piped).reads_plainly is plainly


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [("utf-8", "❯ "), ("latin-1", "> "), ("no-such-encoding", "> "), (None, "> ")],
)
def test_the_mark_is_one_that_the_terminal_has(home, encoding, mark):
    context = LinePrompt(home).context
    context.environment.stdout.encoding = encoding
    assert prompt_mark(context) == mark
