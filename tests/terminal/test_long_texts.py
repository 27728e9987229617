"""Long texts at the prompt: one character stands for each, and no typed one can be taken for it."""

import os
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.layout.controls import BufferControl
from prompt_toolkit.layout.processors import TransformationInput

from charplay.terminal.keys import pasted_text
from charplay.terminal.long_texts import LONGEST_EDITED, LongTexts, ShowLongTexts
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.test_repl import ENTER, Terminal, pasted

LONG = "ab\n" * LONGEST_EDITED
BACKSPACE, LEFT, UNDO = "\x7f", "\x1b[D", "\x1f"


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text() | st.sampled_from([LONG, LONG * 2, "\udcff"])))
def test_what_was_typed_comes_back_to_the_letter(pieces):
    texts = LongTexts()
    assert texts.unfold("".join(map(texts.fold, pieces))) == "".join(pieces)


def test_a_short_text_stands_for_itself_and_a_long_one_is_one_character():
    texts = LongTexts()
    assert texts.fold("a" * LONGEST_EDITED) == "a" * LONGEST_EDITED
    first, second = texts.fold(LONG), texts.fold(LONG * 2)
    assert (len(first), len(second), texts.fold(LONG)) == (1, 1, first)
    assert first != second
    assert texts.label(first) == "[pasted: 15,000 characters]"


def test_when_no_character_is_left_a_text_stands_for_itself():
    texts = LongTexts()
    stand_ins = [texts.fold(f"{number:05}" * 2_000) for number in range(1_024)]
    assert len(set(stand_ins)) == 1_024
    assert texts.fold(LONG) == LONG


def test_no_typed_character_is_taken_for_one_that_stands_for_a_text():
    texts = LongTexts()
    texts.fold(LONG)
    for text in ("\ud801", "\U000f0000", "\ue000", "[pasted: 30,000 characters]"):
        assert texts.unfold(text) == text


def test_a_label_is_shown_in_its_place_and_the_cursor_keeps_its_own():
    texts = LongTexts()
    line = f"a{texts.fold(LONG)}b"
    given = TransformationInput(
        BufferControl(Buffer()), Document(line), 0, lambda place: place, [("", line)], 80, 24
    )
    shown = ShowLongTexts(texts).apply_transformation(given)
    label = "[pasted: 15,000 characters]"
    assert "".join(part[1] for part in shown.fragments) == f"a{label}b"
    places = [shown.source_to_display(place) for place in range(4)]
    assert places == [0, 1, 1 + len(label), 2 + len(label)]
    assert [shown.display_to_source(place) for place in places] == [0, 1, 2, 3]
    assert shown.display_to_source(5) == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("a\n", "a"),
        ("a\r\n", "a"),
        ("a \n", "a "),
        ("a\n\n", "a\n\n"),
        ("a\nb", "a\nb"),
        ("a  \r\n\r\n b\r\n", "a  \n\n b\n"),
        ("\n", ""),
        ("\na", "\na"),
        ("", ""),
    ],
)
def test_a_paste_is_kept_to_the_letter_but_for_the_end_of_a_single_line(home, data, text):
    assert pasted_text(data) == text
    assert LinePrompt(home).press(pasted(data) + ENTER) == text


def test_a_long_paste_is_edited_as_one_character(home):
    prompt = LinePrompt(home)
    assert prompt.press("<" + pasted(LONG) + ">" + ENTER) == f"<{LONG}>"
    assert prompt.press("a" + pasted(LONG) + BACKSPACE + "b" + ENTER) == "ab"
    assert prompt.press(pasted(LONG) + LEFT + "a" + ENTER) == f"a{LONG}"


def test_a_long_paste_into_a_search_is_its_first_line(home):
    prompt = LinePrompt(home, lines=["before"])
    assert prompt.press("\x12" + pasted("bef\n" + LONG) + ENTER + ENTER) == "before"


@pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
def test_a_paste_of_a_million_characters_gives_the_next_key_soon(home):
    home.mkdir()
    terminal = Terminal(home)
    try:
        terminal.wait_for("❯")
        begun = time.monotonic()
        for piece in [pasted("x" * 1_000_000)[at : at + 4096] for at in range(0, 1_000_012, 4096)]:
            terminal.type(piece)
        terminal.type("q")
        terminal.wait_for("[pasted: 1,000,000 characters]")
        terminal.wait_for("q")
        assert time.monotonic() - begun < 5, "a second on a machine that does nothing else"
    finally:
        terminal.close()


def test_a_text_of_many_lines_is_long_from_500_line_ends_on():
    texts = LongTexts()
    assert texts.fold("a\n" * 499) == "a\n" * 499
    assert len(texts.fold("a\n" * 500)) == 1


def test_behind_the_end_of_a_line_the_cursor_is_at_its_end():
    texts = LongTexts()
    line = texts.fold(LONG)
    given = TransformationInput(
        BufferControl(Buffer()), Document(line), 0, lambda place: place, [("", line)], 80, 24
    )
    shown = ShowLongTexts(texts).apply_transformation(given)
    assert shown.source_to_display(9) == shown.source_to_display(1) == 27
    assert shown.fragments == [("class:long-text", "[pasted: 15,000 characters]")]
