"""The frame around verse: on whatever screen, and however the text comes, it is whole."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from charplay.terminal.render.console import make_console, visible
from charplay.terminal.render.frame import Frame
from tests.conftest import make_environment

SONNET = "Shall I compare thee to a winter's night?\nThou art more chilly and more desolate:\n"
TEXTS = st.text(
    st.sampled_from("abc é漢\n\t\u200c\u200d") | st.characters(exclude_categories=["Cs"]),
    max_size=90,
)


@pytest.fixture(scope="module")
def framed(tmp_path_factory):
    """The rows on a screen after a text came in pieces, under a signature."""
    home = tmp_path_factory.mktemp("home")

    def frame(*pieces, width=40, **variables):
        environment = make_environment(home, tty=True, COLUMNS=str(width), **variables)
        console = make_console(environment)
        page = Frame(console)
        for piece in pieces:
            page.write(piece)
        page.end(Text("poet · 7/1"))
        return screen(environment.stdout.getvalue())

    return frame


def screen(written):
    """What a terminal shows that knows to go back, and colours nothing."""
    rows = []
    for line in re.sub(r"\x1b\[[\d;]*m", "", written).split("\n"):
        row = ""
        for part in re.split(r"(\x1b\[\d+D)", line):
            back = re.fullmatch(r"\x1b\[(\d+)D", part)
            row = before(row, cell_len(row) - int(back[1])) if back else row + part
        rows.append(row)
    assert rows.pop() == "", "the frame ends its last line"
    return rows


def before(row, cells):
    """The beginning of a row that takes so many cells: what is gone back over is written anew."""
    while cell_len(row) > cells:
        row = row[:-1]
    assert cell_len(row) == cells
    return row


def test_verse_stands_as_verse_and_is_signed(framed):
    assert framed(*SONNET, width=47) == [
        "╭─────────────────────────────────────────────╮",
        "│ Shall I compare thee to a winter's night?   │",
        "│ Thou art more chilly and more desolate:     │",
        "╰─ poet · 7/1 ────────────────────────────────╯",
    ]


def test_a_line_that_is_too_long_is_turned_over_between_words(framed):
    assert framed(*SONNET, width=30) == [
        "╭────────────────────────────╮",
        "│ Shall I compare thee to a  │",
        "│     winter's night?        │",
        "│ Thou art more chilly and   │",
        "│     more desolate:         │",
        "╰─ poet · 7/1 ───────────────╯",
    ]


def test_a_word_longer_than_a_row_is_cut(framed):
    rows = framed("ab " + "x" * 30, width=20)
    assert [row.strip("│ ") for row in rows[1:-1]] == ["ab xxxxxxxxxxxxx", "x" * 16, "x"]


def test_where_a_signature_has_no_room_it_stands_below(framed):
    assert framed("O!", width=10) == ["╭────────╮", "│ O!     │", "╰────────╯", "poet · 7/1"]


@given(TEXTS, st.integers(15, 60), st.data())
def test_every_row_is_as_wide_as_the_frame_and_no_letter_is_lost(framed, text, width, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=5)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    rows = framed(*pieces, width=width)
    body = rows[1:-1]
    assert {cell_len(row) for row in rows} == {width}
    assert all(row.startswith("│ ") and row.endswith(" │") for row in body)
    shown = "".join(row[1:-1] for row in body).replace(" ", "")
    assert shown == re.sub(r"[ \n\t]", "", visible(text))
    assert rows == framed(*text, width=width), "however the text comes"


def test_an_empty_line_is_an_empty_row(framed):
    assert len(framed("a\n\nb\n")) == 5


def test_a_text_of_thousands_of_characters_is_written_in_one_go(framed):
    rows = framed("word " * 2000, width=80)
    assert "".join(rows).count("word") == 2000
