"""Names as they are seen while they come, and what is told around them."""

# ruff: noqa: E501  # what is seen stands here as it is seen

import math
from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.generating import StreamedNames
from charplay.commands.name_stream import NamesFound, NamesSoFar, NameStream
from charplay.commands.results import Column
from charplay.generation.answers import (
    AnswerStarted,
    NamesAnswered,
)
from charplay.generation.generator import ROWS, Answer
from charplay.insight.described_name import Claim, DescribedName, SoundingName
from charplay.terminal.render.console import make_console
from charplay.terminal.render.growing import GrowingTable
from tests.terminal.transcript import readable, terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


CHANGED = {"temperature": 2, "top-p": 0.9}


def named(*texts, notices=(), interrupted=False, changed=None, wanted=None, first=()):
    started = AnswerStarted("birds", "names", 7, "", first)
    drawn = [Answer(text, 7, n, "end") for n, text in enumerate(texts, start=1)]
    end = NamesAnswered(notices, interrupted, changed or {})
    wanted = wanted or len(texts)
    return StreamedNames(iter([started, *drawn, end]), "birds", 7, "", wanted, wanted)


def test_names_with_their_labels_as_they_are_seen(seen):
    cut = Answer("Lo\nng", 7, 2, "length")
    started = AnswerStarted("birds", "names", 7, "", ("cut",))
    end = NamesAnswered(("cut", "end"), True, CHANGED)
    events = [started, Answer("Tyr", 7, 1, "end"), cut, end]
    value = StreamedNames(iter(events), "birds", 7, "", 5000, 5000)
    shown = """\
⟨dim⟩note: cut⟨⟩
Tyr      ⟨dim⟩7/1⟨⟩
Lo⏎ng…   ⟨dim⟩7/2⟨⟩
⟨dim⟩note: end⟨⟩
⟨dim⟩birds · temperature 2, top-p 0.9⟨⟩
⟨dim⟩stopped after 2⟨⟩
"""
    assert seen(value) == shown
    assert seen(named("Tyr", changed=CHANGED), None) == "Tyr   7/1\n"


def test_names_that_come_in_blocks_are_counted_below(seen):
    said = seen(named(*(["Tyr"] * (ROWS + 1)), wanted=ROWS + 2), 80)
    assert said.splitlines()[0] == "Tyr                        ⟨dim⟩7/1⟨⟩"
    assert said.splitlines()[ROWS - 1 :] == [
        "Tyr                        ⟨dim⟩7/64⟨⟩",
        "⟨dim⟩64 of 66 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩Tyr                        ⟨dim⟩7/65⟨⟩",
    ]


def test_a_block_that_is_the_last_fits_its_names_and_counts_nothing(seen):
    said = seen(named(*(["Tyr"] * ROWS)), 80)
    assert said.splitlines()[0] == "Tyr   ⟨dim⟩7/1⟨⟩"
    assert "of" not in said


def test_the_column_of_labels_is_as_wide_as_the_largest_from_the_start(seen):
    value = named(*(["Tyr"] * (ROWS + 1)), wanted=ROWS + 2)
    lines = seen(replace(value, largest=100_000), 32, NO_COLOR="1").splitlines()
    assert lines[0] == "Tyr                     7/1"


NAME = DescribedName("Zan", 1.25, 50, "new", "Zano", 1, 7, 1, "7/1", "end")
FOUND = NamesFound(9, 1, 3)


def found(*events, wanted=9):
    return NameStream(iter(events), "birds", 7, "", wanted, wanted)


def test_names_with_what_is_known_of_them_as_they_are_seen(seen):
    end = replace(FOUND, filters=("--ends x", "--starts y"), changed=CHANGED, caution="few names")
    soon = NamesSoFar(1, 3, ("one",))
    shown = """\
⟨dim⟩note: one⟨⟩
⟨bold⟩                           loss⟨⟩
⟨bold⟩text                  nats/char  centile  listed    nearest           edits  label⟨⟩
────────────────────────────────────────────────────────────────────────────────
Zan                        1.25       50  new       Zano                  1  7/1
Ty⏎r…                      1.25       50  new       Zano                  1  7/1
⟨dim⟩1 of 9 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩⟨dim⟩birds · temperature 2, top-p 0.9⟨⟩
1 of 3 names fit; loosen a filter (try without --ends x)
few names
"""
    assert seen(found(NAME, replace(NAME, text="Ty\nr", stopped="length"), soon, end)) == shown


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (FOUND, "1 of 3 names fit; loosen a filter"),
        (replace(FOUND, wanted=1), ""),
        (replace(FOUND, fitting=0, filters=("--ends x",), tried=1234),
         "none of 1,234 names fit; loosen a filter (try without --ends x)"),
        (replace(FOUND, interrupted=True, wanted=1), "stopped after 1"),
        (replace(FOUND, interrupted=True, filters=("--ends x",)), "stopped: 1 of 3 names fit"),
        (replace(FOUND, wanted=1234, fitting=1234), "the first 1 of them are shown"),
        (replace(FOUND, wanted=1, caution="few"), "few"),
    ],
)  # fmt: skip
def test_the_end_of_a_search_says_what_came_of_it(seen, end, told):
    assert [*seen(found(NAME, end)).splitlines()[4:]] == ([told] if told else [])


def test_a_caution_about_names_is_for_those_that_are_shown(seen):
    assert "few" not in seen(found(replace(FOUND, fitting=0, caution="few")))


def test_a_notice_is_told_once(seen):
    events = (NamesSoFar(0, 1, ("one",)), NamesSoFar(0, 2, ("one", "two")), FOUND)
    said = seen(found(NAME, *events))
    assert (said.count("note: one"), said.count("note: two")) == (1, 1)


def test_a_search_is_counted_while_it_goes_on(home):
    shown = """\
⟨bold⟩                           loss⟨⟩
⟨bold⟩text                  nats/char  centile  listed    nearest           edits  label⟨⟩
────────────────────────────────────────────────────────────────────────────────
Zan                        1.25       50  new       Zano                  1  7/1
⟨dim⟩1 of 9 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩Zan                        1.25       50  new       Zano                  1  7/1
1 of 3 names fit; loosen a filter
"""
    assert transcript(home, found(NAME, NamesSoFar(1, 256), NAME, FOUND), 80) == shown
    assert "Ctrl-C" not in transcript(home, found(NAME, NamesSoFar(1, 0), FOUND))
    all_found = transcript(home, found(NAME, NamesSoFar(9, 20), FOUND))
    assert "Ctrl-C" not in all_found
    assert all_found.splitlines()[1] == (
        "⟨bold⟩text   nats/char   centile   listed   nearest   edits   label⟨⟩"
    )


SOUNDING = SoundingName(
    *vars(NAME).values(),
    sounds_like="Xanax",
    sound_edits=2,
    stems=(Claim("-an", "a drug"), Claim("zo", "b")),
)


def test_what_a_name_sounds_like_stands_below_it(seen):
    shown = """\
⟨bold⟩            loss⟨⟩
⟨bold⟩text   nats/char   centile   listed   nearest   edits   label⟨⟩
─────────────────────────────────────────────────────────────
Zan         1.25        50   new      Zano          1   7/1
    sounds like Xanax (edits 2) · -an a drug · zo b
"""
    assert seen(found(SOUNDING, replace(FOUND, wanted=1))) == shown
    plain = replace(SOUNDING, sounds_like=None, stems=())
    assert len(seen(found(plain, replace(FOUND, wanted=1))).splitlines()) == 4


def test_what_a_name_sounds_like_folds_on_a_narrow_screen_and_not_in_a_pipe(seen):
    sounding = replace(SOUNDING, stems=SOUNDING.stems * 4)
    shown = """\
⟨bold⟩text centile listed nearest edits label⟨⟩
───────────────────────────────────────
Zan       50 new    Zano        1 7/1
    sounds like Xanax (edits 2) · -an a
    drug · zo b · -an a drug · zo b ·
    -an a drug · zo b · -an a drug · zo
    b
"""
    assert seen(found(sounding, replace(FOUND, wanted=1)), 40) == shown
    assert len(seen(found(sounding, replace(FOUND, wanted=1)), None).splitlines()) == 5
    narrow = seen(found(SOUNDING, replace(FOUND, wanted=1)), 8)
    shown = """\
Zan
  label:
7/1
    sounds
    like
    Xanax
    (edits
    2) · -an
    a drug ·
    zo b
"""
    assert narrow == shown


def test_what_is_not_known_of_a_name_is_a_dash_on_the_right(seen):
    unknown = replace(NAME, loss=math.inf, centile=None, listed=None, nearest=None, edits=None)
    shown = """\
            loss
text   nats/char   centile   listed   nearest   edits   label
─────────────────────────────────────────────────────────────
Zan            –         –   –        –             –   7/1
"""
    assert seen(found(unknown, replace(FOUND, wanted=1)), NO_COLOR="1") == shown


def test_a_name_folds_to_sixteen_columns_before_each_value_has_a_row(seen):
    value = named("abcdefghijklmnopqrst")
    shown = """\
abcdefghijklmnopqr 7/1
st
"""
    assert seen(value, 22, NO_COLOR="1") == shown
    shown = """\
abcdefghijklmnop 7/1
qrst
"""
    assert seen(named("abcdefghijklmnopqrst"), 20, NO_COLOR="1") == shown
    shown = """\
abcdefghijklmnopqrst
7/1
"""
    assert seen(named("abcdefghijklmnopqrst"), 19, NO_COLOR="1") == shown


def test_what_is_known_of_names_gives_way_in_its_order(seen):
    name = replace(NAME, text="x" * 16)
    kept = {}
    for columns in range(64, 20, -1):
        lines = seen(found(name, replace(FOUND, wanted=1)), columns, NO_COLOR="1").splitlines()
        rule = next((n for n, line in enumerate(lines) if line.startswith("──")), 0)
        kept.setdefault(lines[rule - 1], columns)
    assert kept == {
        "text               centile   listed   nearest   edits   label": 64,
        "text              centile  listed  nearest  edits  label": 60,
        "text             centile listed nearest edits label": 55,
        "text              centile  listed  nearest  label": 50,
        "text             centile listed nearest label": 48,
        "text               listed   nearest   label": 44,
        "text              listed  nearest  label": 42,
        "text             listed nearest label": 39,
        "text               listed   label": 36,
        "text              listed  label": 32,
        "text             listed label": 30,
        "text               label": 28,
        "text              label": 23,
        "text             label": 22,
        "  label: 7/1": 21,
    }


# A table that grows.


WORDS = (Column("word", usual=6), Column("n"))


def growing(console, **more):
    return GrowingTable(console, WORDS, 9, {"n": 3}, **more)


def test_rows_of_which_more_come_have_the_widths_that_were_declared(home):
    console = make_console(terminal(home, None))
    with growing(console, below=lambda row: [f"  {row['n']}"]) as table:
        table.add({"word": "a", "n": 1})
        table.write(complete=False)
        table.add({"word": "b", "n": 12})
        table.write(complete=True)
        table.write(complete=True)
    assert table.shown == 2
    shown = """\
word       n
────────────
a          1
  1
b         12
  12
"""
    assert readable(console.file.getvalue()) == shown


def test_rows_that_are_all_there_will_be_fit_their_values(home):
    console = make_console(terminal(home, None))
    with growing(console, headed=False) as table:
        table.add({"word": "a", "n": 1})
        table.write(complete=True)
    assert readable(console.file.getvalue()) == "a   1\n"


def test_at_most_256_rows_wait_to_be_written(home):
    console = make_console(terminal(home, None))
    table = growing(console, headed=False)
    for n in range(255):
        table.add({"word": "a", "n": n})
    assert console.file.getvalue() == ""
    table.add({"word": "a", "n": 255})
    assert console.file.getvalue().count("\n") == 256
    assert console.file.getvalue().splitlines()[-1] == "a        255"


def test_a_count_below_rows_goes_when_the_table_ends(home):
    console = make_console(terminal(home, 60))
    with growing(console) as table:
        table.write(complete=False, count=1)
    assert readable(console.file.getvalue()) == "⟨dim⟩1 of 9 · Ctrl-C ends with these⟨⟩⟨return⟩⟨2K⟩"
