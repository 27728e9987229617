"""The views that take a model apart: at 80 columns, in black and white, and as pictures."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from rich.cells import cell_len

from charplay.commands.surprising import SurpriseStream
from charplay.generation.options import Sampling
from charplay.generation.place import initial_place
from charplay.insight.choices import AnswerTrace
from charplay.insight.probabilities import next_characters
from charplay.insight.surprise import ScoredWord, read_surprise
from charplay.insight.text_score import score_text
from charplay.insight.whys import Why, explain_choices
from charplay.terminal.render.cells import CharacterCells, cell_sign, text_end
from charplay.terminal.render.console import make_console
from charplay.terminal.render.pictures import draw_picture
from charplay.terminal.render.scales import SURPRISE, Scale
from charplay.terminal.render.views import show
from tests.insight.known_model import TableModel, random_table
from tests.terminal.screen import Screen
from tests.terminal.test_rendering import NASTY, assert_acts_on_nothing, stripped

MARKUP = "[bold red]<script>&amp;[/]"
STRANGE = "".join(
    dict.fromkeys(NASTY + MARKUP + "漢e\u0301한\u1161👩\u200d🚀\ufe0f\ufffe\U000e0001")
)
LETTERS = "".join(sorted(set("\n abc" + STRANGE)))
TABLE = [[0.1, 0.6, 0.2, 0.1], [0.1, 0.1, 0.7, 0.1], [0.3, 0.3, 0.2, 0.2], [0.25] * 4, [0.25] * 4]


SHOWN_PROBS = """\
note: m
after ab
drawn at temperature 0.5
                          model                 drawn
rank   character   bits   %                     %
───────────────────────────────────────────────────────────────────────
   1   a           0.74    60.00 ███████████▎    85.71 ████████████████
   2   b           2.32    20.00 ███▊             9.52 █▊
   3   ⏎           3.32    10.00 █▉               2.38 ▌
   4   c           3.32    10.00 █▉               2.38 ▌
uncertainty: 1.57 bits, like 3.0 equal choices; as drawn 0.77 bits, like 1.7
equal choices
""".splitlines()
SHOWN_WHY = """\
turn 1 · m · 7/1
abc
112
below each character: bits, 1 to 9, + for more

the least expected:
                                            instead share
place   character   bits   rank   instead   %
─────────────────────────────────────────────────────────
    3   c           2.32      4   ⏎         30.00
    1   a           0.74      1   b         20.00
    2   b           0.51      1   ⏎         10.00

character 3 of 3: c
after abc
rank 4, 2.32 bits: the model gave it 20.00 %
it was picked by hand, or drawn on the way
                          model                   drawn
rank   character   bits   %                       %
─────────────────────────────────────────────────────────────────────────
   1   ⏎           1.74    30.00 █████████████▉    34.62 ████████████████
   2   a           1.74    30.00 █████████████▉    34.62 ████████████████
   3   b           2.32    20.00 █████████▎        15.38 ███████▏
   4   c           2.32    20.00 █████████▎        15.38 ███████▏
""".splitlines()
SHOWN_SURPRISE = """\
below each character: bits, under m, 1 to 9, + for more
abcab⏎                                                                         8
112212
ca                                                                             5
32

8 characters: 1.643 bits each (1.139 nats), 13 bits together

the most surprising places:
place   line   after     character   bits   expected
────────────────────────────────────────────────────
7          2   abcab⏎    c           3.32   a
3          1   ab        c           2.32   ⏎
4          1   abc       a           2.00   ⏎
8          2   abcab⏎c   a           2.00   ⏎
6          1   abcab     ⏎           1.74   ⏎
1          1   –         a           0.74   a
2          1   a         b           0.51   b
5          1   abca      b           0.51   b

the most surprising words:
word    line   bits
───────────────────
abcab      1    6.1
ca         2    5.3
""".splitlines()
SHOWN_SCORE = """\
note: m
m: 8 characters
                             nats    bits
loss                        /char   /char   bar
────────────────────────────────────────────────────────────────
this text                   1.139   1.643   ████████████████▍
while learning it, by x     1.000   1.443   ██████████████▍
every character as likely   1.386   2.000   ████████████████████
each character is as hard to guess as one among 3.1 equally likely characters;
with no knowledge it would be one among 4
learning while it reads takes 12.2% off the loss
chance weighs much in 8 characters: a longer text says more
""".splitlines()


@pytest.fixture
def plain():
    return TableModel("\nabc", TABLE)


@pytest.fixture
def strange():
    return TableModel(LETTERS, random_table(LETTERS, spread=2))


def values_of(model, text, name="m"):
    """A value for each view, of a text under a model."""
    place = initial_place(model)
    sampling = Sampling(temperature=0.5)
    told = {"model": name, "options": "temperature 0.5"}
    expected = next_characters(model, place, sampling, 5, text=text, **told)
    expected = replace(expected, notices=(name,))
    trace = AnswerTrace(model, place, "", text, sampling, None, 1)
    explained = explain_choices(trace, 1, len(text))
    listed = explained.expected.listed(model.vocabulary.characters, 5, text=text, **told)
    why = Why(name, 1, "7/1", text, explained.choices, explained.place, listed)
    stream = SurpriseStream(read_surprise(model, [text]), name)
    score = replace(score_text(model, [text], name), notices=(name,), adapted=1.0, adapted_by="x")
    return {"probs": expected, "why": why, "surprise": stream, "score": score}


@pytest.fixture
def drawn(world):
    """What a value looks like on a terminal of some width, or in a pipe."""

    def draw(value, columns=None, **more):
        if columns is None:
            environment = world(**more)
            show(value, make_console(environment))
            return environment.stdout.getvalue()
        screen = Screen(columns)
        environment = replace(world(**more), stdout=screen, terminal_size=screen.size)
        show(value, make_console(environment))
        return "\n".join(screen.lines)

    return draw


def test_probs_has_bars_and_figures(drawn, plain):
    assert stripped(drawn(values_of(plain, "ab")["probs"], 80, NO_COLOR="1")) == SHOWN_PROBS


def test_why_has_the_answer_its_least_expected_places_and_one_in_full(drawn, plain):
    assert stripped(drawn(values_of(plain, "abc")["why"], 80, NO_COLOR="1")) == SHOWN_WHY


def test_surprise_marks_every_character_and_sums_up_each_line(drawn, plain):
    assert (
        stripped(drawn(values_of(plain, "abcab\nca")["surprise"], 80, NO_COLOR="1"))
        == SHOWN_SURPRISE
    )


def test_score_has_figures_and_what_they_mean(drawn, plain):
    assert stripped(drawn(values_of(plain, "abcab\nca")["score"], 80, NO_COLOR="1")) == SHOWN_SCORE


@pytest.mark.parametrize("view", ["probs", "why", "surprise", "score"])
@pytest.mark.parametrize("columns", [None, 80, 24])
def test_foreign_text_acts_on_nothing_in_any_view(drawn, strange, view, columns):
    value = values_of(strange, STRANGE + " " + STRANGE[::-1], name=NASTY + MARKUP)[view]
    assert_acts_on_nothing(drawn(value, columns, NO_COLOR="1"))


@pytest.mark.parametrize("view", ["probs", "why", "surprise", "score"])
def test_no_row_is_wider_than_the_screen(world, strange, view):
    value = values_of(strange, (STRANGE + " ") * 20)[view]
    screen = Screen(80)
    environment = replace(world(NO_COLOR="1"), stdout=screen, terminal_size=screen.size)
    show(value, make_console(environment))
    assert not any(line.broken for line in screen._lines), screen.lines


@pytest.mark.parametrize("view", ["probs", "why", "surprise", "score"])
@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_picture_is_well_formed_and_runs_nothing(world, strange, view, ending):
    value = values_of(strange, STRANGE * 3, name=NASTY + MARKUP)[view]
    picture, notice = draw_picture(lambda console: show(value, console), world(), ending)
    assert notice == ""
    assert "<script" not in picture
    assert "http" not in picture.replace("http://www.w3.org", "").replace(
        "https://www.textualize.io", ""
    )
    if ending == ".svg":
        ET.fromstring(picture)


def test_a_picture_is_the_same_on_every_terminal(world, plain):
    def draw(**variables):
        value = values_of(plain, "abcab\nca" * 9)["surprise"]
        return draw_picture(lambda console: show(value, console), world(**variables), ".svg")

    assert draw() == draw(TERM="dumb", NO_COLOR="1", COLUMNS="30")


def test_a_picture_of_many_rows_is_cut_and_that_is_told(world, plain):
    value = values_of(plain, "abc\n" * 900)["surprise"]
    picture, notice = draw_picture(lambda console: show(value, console), world(), ".svg")
    assert "first 400 of" in notice
    assert picture.count("clip-path=") < 2000


# Characters in cells.


def rows_of(world, text, columns, mark=lambda c: "x"):
    """The rows of a text and of its marks."""
    screen = Screen(columns)
    environment = replace(world(NO_COLOR="1"), stdout=screen, terminal_size=screen.size)
    cells = CharacterCells(make_console(environment))
    for character in text:
        cells.add(character, "", mark(character))
    cells.end_line()
    return screen.lines


def test_a_mark_stands_below_its_character_whatever_its_width(world):
    known = {"a": "1", "漢": "2", "b": "3"}
    text, marks, *_ = rows_of(world, "a漢e\u0301한b", 40, mark=lambda c: known.get(c, "."))
    for character, mark in (("a", "1"), ("漢", "2"), ("b", "3")):
        before = text[: text.index(character)]
        assert marks[cell_len(before)] == mark


def test_rows_break_after_blanks_and_never_inside_a_character(world):
    lines = rows_of(world, "ab cd efgh " * 3, 12)
    assert lines[0] == "ab cd efgh"
    wide = rows_of(world, "漢" * 9, 9)
    assert [cell_len(line) for line in wide[:6:2]] == [8, 8, 2]


@pytest.mark.parametrize("character", [*STRANGE, "\t", "\u0301", "\u1161", "\ufe0f"])
def test_every_character_is_seen_in_columns_of_its_own(character):
    if character == "\n":
        return
    sign = cell_sign(character)
    assert cell_len(sign) >= 1
    assert_acts_on_nothing(sign)


def test_the_end_of_a_text_fits_and_shows_its_last_blank():
    assert text_end("ab ", 10) == "ab␣"
    assert text_end("x" * 50 + "\n", 6) == "…xxxx⏎"
    assert cell_len(text_end("漢" * 50, 9)) <= 9
    assert text_end("", 9) == ""


def test_colours_take_the_place_of_marks(world, plain):
    screen = Screen(80)
    environment = replace(world(TERM="xterm-256color"), stdout=screen, terminal_size=screen.size)
    show(values_of(plain, "abcab")["surprise"], make_console(environment))
    assert "below each character" not in screen.getvalue()
    assert re.search(r"\x1b\[[\d;]*48;", screen.getvalue())


def test_a_word_of_control_characters_is_shown(drawn, strange):
    word = ScoredWord(NASTY, 1, 3.0)
    assert_acts_on_nothing(text_end(word.word, 40))


@pytest.mark.parametrize("columns", [None, 80])
def test_what_could_never_come_is_as_hot_as_it_gets(drawn, columns):
    table = [[0.0, 1.0, 0.0], *[[0.5, 0.5, 0.0]] * 3]
    shown = drawn(values_of(TableModel("\nab", table), "ab")["surprise"], columns, NO_COLOR="1")
    assert " +" in shown.splitlines()[2]
    assert "inf" in shown


def test_a_scale_has_a_style_and_a_mark_for_any_number():
    for value in (0.0, 0.5, 6.9, 7.0, 1e9, float("inf"), float("nan")):
        assert len(SURPRISE.mark(value)) == 1
        assert SURPRISE.style(value) in ("", *(f"heat.{level}" for level in range(1, 7)))
    assert (SURPRISE.style(0.9), SURPRISE.style(1.0), SURPRISE.style(7)) == ("", "heat.1", "heat.6")
    signed = Scale(1.0)
    assert (signed.mark(-1.0), signed.mark(1.0), signed.mark(0.0)) == ("i", "9", " ")
    assert signed.style(-1.0) == "cold.6"
