"""Answers in prose as they are seen while they come, and the count of what streams."""

# ruff: noqa: E501  # what is seen stands here as it is seen

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.generating import StreamedAnswer
from charplay.commands.settings import Interface
from charplay.generation.answers import (
    AnswerEnded,
    Answers,
    AnswerStarted,
    AnswerText,
    PromptRead,
)
from charplay.generation.generator import Answer
from charplay.terminal.render.answers import show_streamed_answer
from charplay.terminal.render.console import make_console
from charplay.terminal.render.counter import StreamCounter
from tests.terminal.transcript import HeldBack, readable, terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


PROSE = AnswerStarted("poet", "prose", 7, "Shall I ")
VERSE = replace(PROSE, verse=True)
CHANGED = {"temperature": 2, "top-p": 0.9}


def pieces(number, *texts, stopped="end"):
    """The events of one answer."""
    return [*(AnswerText(number, text) for text in texts), AnswerEnded(number, stopped)]


def spoken(*events):
    return StreamedAnswer(iter(events))


# Prose.


def test_answers_in_prose_stand_below_each_other(seen):
    events = (PROSE, *pieces(1, "com", "pare"), *pieces(2, "go\n", stopped="length"))
    shown = """\
⟨bold⟩Shall I ⟨⟩compare
⟨dim⟩poet · 7/1⟨⟩

⟨bold⟩Shall I ⟨⟩go
⟨dim⟩…⟨⟩
⟨dim⟩poet · 7/2⟨⟩
"""
    assert seen(spoken(*events)) == shown
    shown = """\
Shall I compare

Shall I go
beside:
poet · 7/1
poet · 7/2
"""
    assert seen(spoken(*events), None) == shown


def test_a_long_prompt_is_one_line_that_the_terminal_wraps(seen):
    long = "a prompt of many words " * 3
    said = seen(spoken(replace(PROSE, prompt=long), *pieces(1, "x")), 40)
    assert said == f"⟨bold⟩{long}⟨⟩x\n⟨dim⟩poet · 7/1⟨⟩\n"


def test_an_answer_that_was_cut_says_so_on_a_terminal_alone(seen):
    for stopped, mark in (
        ("length", "⟨dim⟩…⟨⟩"),
        ("interrupted", "⟨dim⟩…⟨⟩"),
        ("end", ""),
        ("stop", ""),
    ):
        said = seen(spoken(replace(PROSE, prompt=""), *pieces(1, "word", stopped=stopped)))
        assert said == f"word{mark}\n⟨dim⟩poet · 7/1⟨⟩\n"
    assert "…" not in seen(spoken(PROSE, *pieces(1, "word", stopped="length")), None)


def test_the_options_that_were_changed_are_told_below(seen):
    started = replace(PROSE, changed=CHANGED, notices=("cut",))
    shown = """\
⟨dim⟩note: cut⟨⟩
⟨bold⟩Shall I ⟨⟩x
⟨dim⟩poet · 7/1 · temperature 2, top-p 0.9⟨⟩
"""
    assert seen(spoken(started, *pieces(1, "x"))) == shown


def test_where_no_captions_are_wanted_an_answer_is_alone(seen):
    quiet = Interface(quiet=True)
    started = replace(PROSE, notices=("cut",))
    assert seen(spoken(started, *pieces(1, "x")), 80, interface=quiet) == "⟨bold⟩Shall I ⟨⟩x\n"
    shown = """\
⟨dim⟩╭──────────╮⟨⟩
⟨dim⟩│ ⟨⟩x⟨dim⟩        │⟨⟩
⟨dim⟩╰──────────╯⟨⟩
"""
    assert seen(spoken(replace(VERSE, prompt=""), *pieces(1, "x")), 12, interface=quiet) == shown


def test_a_screen_reader_is_given_no_style_and_verse_without_a_frame(seen):
    plain = Interface(plain=True)
    said = seen(
        spoken(VERSE, *pieces(1, "x\n"), *pieces(2, "y", stopped="length")), 80, interface=plain
    )
    shown = """\
Shall I x

⟨dim⟩poet · 7/1⟨⟩

Shall I y…

⟨dim⟩poet · 7/2⟨⟩
"""
    assert said == shown


def test_verse_in_a_pipe_has_its_caption_elsewhere_and_needs_no_blank_line(seen):
    shown = """\
Shall I x

Shall I y
beside:
poet · 7/1
poet · 7/2
"""
    assert seen(spoken(VERSE, *pieces(1, "x\n"), *pieces(2, "y")), None) == shown


def test_an_answer_that_an_error_ends_is_signed_before_the_error_is_told(home):
    def events():
        yield PROSE
        yield AnswerText(1, "com")
        raise RuntimeError("no more")

    console = make_console(terminal(home))
    with pytest.raises(RuntimeError, match="no more"):
        show_streamed_answer(StreamedAnswer(events()), console)
    shown = """\
⟨bold⟩Shall I ⟨⟩com
⟨dim⟩poet · 7/1⟨⟩
"""
    assert readable(console.file.getvalue()) == shown


def test_a_joiner_at_the_end_of_an_answer_is_shown_when_nothing_more_comes(seen):
    said = seen(spoken(replace(PROSE, prompt=""), *pieces(1, "a\u200d", "b\u200d")), None)
    assert said == "a\u200db<U+200D>\nbeside:\npoet · 7/1\n"


def test_every_piece_of_an_answer_is_seen_at_once(home):
    stream = HeldBack()
    console = make_console(replace(terminal(home), stdout=stream))
    shown = []

    def events():
        yield replace(PROSE, prompt="")
        for piece in ("com", "pare"):
            yield AnswerText(1, piece)
            shown.append(stream.shown)
        yield AnswerEnded(1, "end")

    show_streamed_answer(StreamedAnswer(events()), console)
    assert shown == ["com", "compare"]


def after_typed(home, typed, started=PROSE):
    """What an answer writes below a line that was typed, and another after it."""

    def show(console):
        console.typed = typed
        show_streamed_answer(spoken(started, *pieces(1, "x"), *pieces(2, "y")), console)

    return transcript(home, show)


def test_an_answer_goes_on_in_the_row_where_its_prompt_was_typed(home):
    shown = """\
⟨11G⟩⟨1A⟩x
⟨dim⟩poet · 7/1⟨⟩

⟨bold⟩Shall I ⟨⟩y
⟨dim⟩poet · 7/2⟨⟩
"""
    assert after_typed(home, "Shall I ") == shown
    assert after_typed(home, "\\/x", replace(PROSE, prompt="/x")).startswith("⟨6G⟩⟨1A⟩x\n")


def test_an_answer_begins_anew_where_its_prompt_does_not_stand_above(home):
    noted = replace(PROSE, notices=("cut",))
    for typed, started in (
        ("Shall I ", noted),
        ("Shall I", PROSE),
        ("", replace(PROSE, prompt="")),
    ):
        assert "A⟩" not in after_typed(home, typed, started)


def test_how_much_of_a_long_prompt_was_read_is_counted_until_the_answer_comes(home):
    console = make_console(terminal(home))
    events = (
        PromptRead(0, 9000),
        PromptRead(4096, 9000),
        replace(PROSE, prompt=""),
        *pieces(1, "x"),
    )
    show_streamed_answer(spoken(*events), console)
    shown = """\
⟨dim⟩0 of 9,000 characters read · Ctrl-C ends⟨⟩⟨return⟩⟨2K⟩⟨dim⟩4,096 of 9,000 characters read · Ctrl-C ends⟨⟩⟨return⟩⟨2K⟩x
⟨dim⟩poet · 7/1⟨⟩
"""
    assert readable(console.file.getvalue()) == shown


def test_a_count_of_what_was_read_goes_where_an_error_ends_it(home):
    def events():
        yield PromptRead(1, 9)
        raise RuntimeError("no more")

    console = make_console(terminal(home))
    with pytest.raises(RuntimeError):
        show_streamed_answer(StreamedAnswer(events()), console)
    assert (
        readable(console.file.getvalue())
        == "⟨dim⟩1 of 9 characters read · Ctrl-C ends⟨⟩⟨return⟩⟨2K⟩"
    )


def test_a_summary_of_answers_shows_nothing_more(seen):
    summary = Answers("poet", 7, "", (Answer("x", 7, 1, "end"),))
    assert seen(spoken(PROSE, *pieces(1, "x"), summary), None) == "Shall I x\nbeside:\npoet · 7/1\n"


# The count of what streams.


def test_a_count_replaces_the_one_before_and_goes_at_the_end(home):
    stream = HeldBack()
    console = make_console(replace(terminal(home), stdout=stream))
    counter = StreamCounter(console, 2000)
    for count in (1, 1999):
        counter.show(count)
    assert (
        readable(stream.shown)
        == "⟨dim⟩1 of 2,000 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩⟨dim⟩1,999 of 2,000 · Ctrl-C ends with these⟨⟩"
    )
    counter.show(2000)
    counter.clear()
    assert (
        readable(stream.getvalue())
        == "⟨dim⟩1 of 2,000 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩⟨dim⟩1,999 of 2,000 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩"
    )


def test_a_count_that_fills_the_row_is_told_without_how_to_end(home):
    for columns, said in (
        (36, "⟨dim⟩1 of 2,000⟨⟩"),
        (37, "⟨dim⟩1 of 2,000 · Ctrl-C ends with these⟨⟩"),
    ):
        console = make_console(terminal(home, columns - 1))
        StreamCounter(console, 2000).show(1)
        assert readable(console.file.getvalue()) == said


def test_a_count_is_in_one_piece_on_a_screen_that_is_too_narrow_for_it(home):
    console = make_console(terminal(home, 5))
    StreamCounter(console, 2000).show(1)
    assert readable(console.file.getvalue()) == "⟨dim⟩1 of 2,000⟨⟩"


def test_nothing_is_counted_where_nothing_is_drawn_again(seen):
    assert seen(lambda console: StreamCounter(console, 9).show(1), None) == ""
