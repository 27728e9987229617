"""Tables as they are seen, on screens of every width."""

from dataclasses import replace
from functools import partial

import pytest

from charplay.commands.results import Column, Table
from charplay.commands.settings import Interface
from charplay.terminal.render.console import make_console
from charplay.terminal.render.tables import (
    TableWriter,
)
from tests.terminal.transcript import HeldBack, readable, terminal, transcript


@pytest.fixture
def seen(home):
    return partial(transcript, home)


COLUMNS = (
    Column("here", mark=True),
    Column("a_name", shrink="fold", least=6),
    Column("size", "bytes of\nit", ","),
    Column("made", shrink="drop"),
)
ROWS = (
    {"here": True, "a_name": "a name to fold", "size": 1234, "made": "today"},
    {"here": False, "a_name": "漢字\x07", "size": None, "made": "a\nb"},
)
TABLE = Table(ROWS, COLUMNS, note="`models show NAME` tells more")


def test_a_table_has_its_units_its_marks_and_a_note(seen):
    shown = """\
⟨bold⟩                         size⟨⟩
⟨bold⟩                     bytes of⟨⟩
⟨bold⟩    a name                 it   made⟨⟩
─────────────────────────────────────
*   a name to fold      1,234   today
    漢字␇                   –   a
                                b
⟨dim⟩:models show NAME tells more⟨⟩
"""
    assert seen(TABLE) == shown
    shown = """\
                         size
                     bytes of
    a name                 it   made
─────────────────────────────────────
*   a name to fold      1,234   today
    漢字␇                   –   a
                                b
beside:
:models show NAME tells more
"""
    assert seen(TABLE, None) == shown


def test_a_table_gives_way_step_by_step_to_a_narrow_screen(seen):
    looks = {}
    for columns in range(48, 8, -1):
        looks.setdefault(seen(replace(TABLE, note=""), columns, NO_COLOR="1"), columns)
    shown = """\
48
                         size
                     bytes of
    a name                 it   made
─────────────────────────────────────
*   a name to fold      1,234   today
    漢字␇                   –   a
                                b

36
                       size
                   bytes of
   a name                it  made
──────────────────────────────────
*  a name to fold     1,234  today
   漢字␇                  –  a
                             b

33
                     size
                 bytes of
  a name               it made
───────────────────────────────
* a name to fold    1,234 today
  漢字␇                 – a
                          b

30
                    size
                bytes of
  a name              it made
──────────────────────────────
* a name to        1,234 today
  fold
  漢字␇                – a
                         b

29
                   size
               bytes of
  a name             it made
─────────────────────────────
* a name to       1,234 today
  fold
  漢字␇               – a
                        b

28
                  size
              bytes of
  a name            it made
────────────────────────────
* a name to      1,234 today
  fold
  漢字␇              – a
                       b

27
                 size
             bytes of
  a name           it made
───────────────────────────
* a name to     1,234 today
  fold
  漢字␇             – a
                      b

26
                size
            bytes of
  a name          it made
──────────────────────────
* a name to    1,234 today
  fold
  漢字␇            – a
                     b

25
               size
           bytes of
  a name         it made
─────────────────────────
* a name      1,234 today
  to fold
  漢字␇           – a
                    b

24
              size
          bytes of
  a name        it made
────────────────────────
* a name     1,234 today
  to fold
  漢字␇          – a
                   b

23
             size
         bytes of
  a name       it made
───────────────────────
* a name    1,234 today
  to
  fold
  漢字␇         – a
                  b

22
                  size
              bytes of
  a name            it
──────────────────────
* a name to      1,234
  fold
  漢字␇              –

21
                 size
             bytes of
  a name           it
─────────────────────
* a name to     1,234
  fold
  漢字␇             –

20
                size
            bytes of
  a name          it
────────────────────
* a name to    1,234
  fold
  漢字␇            –

19
               size
           bytes of
  a name         it
───────────────────
* a name      1,234
  to fold
  漢字␇           –

18
              size
          bytes of
  a name        it
──────────────────
* a name     1,234
  to fold
  漢字␇          –

17
             size
         bytes of
  a name       it
─────────────────
* a name    1,234
  to
  fold
  漢字␇         –

16
* a name to fold
  size: 1,234
漢字␇
  size: –

12
* a name to fold
  size:
1,234
漢字␇
  size: –
"""
    assert "\n".join(f"{columns}\n{look}" for look, columns in looks.items()) == shown


def test_the_rows_of_a_table_that_is_read_aloud_are_lists(seen):
    shown = """\
* a name to fold
  size: 1,234
  made: today
漢字␇
  size: –
  made: a
b
⟨dim⟩:models show NAME tells more⟨⟩
"""
    assert seen(TABLE, interface=Interface(plain=True)) == shown


def test_the_rule_of_a_table_is_ascii_where_there_is_nothing_else(home):
    console = make_console(terminal(home, NO_COLOR="1"))
    console.file.encoding = "ascii"
    TableWriter(console, (Column("a"),), {"a": 3}, {}).write([{"a": "x"}])
    assert console.file.getvalue() == "a\n---\nx\n"


def test_an_empty_table_says_so_beside_results(seen):
    assert seen(Table((), COLUMNS), None) == "beside:\nnothing to show\n"
    assert seen(Table((), COLUMNS, "`train` makes one")) == ":train makes one\n"


def test_what_is_wrong_with_a_row_is_told_below_the_table(seen):
    rows = ({"a": 1, "fault": "`x` mends it"}, {"a": 2, "fault": ""}, {"a": 3, "fault": "broken"})
    shown = """\
a
─
1
2
3
beside:
:x mends it
broken
n
"""
    assert seen(Table(rows, (Column("a"),), note="n"), None) == shown


def test_values_have_styles_of_their_own_where_there_are_any(home):
    console = make_console(terminal(home))
    columns = (Column("a"), Column("b"))
    writer = TableWriter(console, columns, {"a": 3, "b": 3}, {"b": "right"}, {"b": "dim"}, False)
    writer.write([{"a": "x", "b": "y"}, {"a": "x", "b": "zzzz"}])
    shown = """\
x       ⟨dim⟩y⟨⟩
x     ⟨dim⟩zzz⟨⟩
        ⟨dim⟩z⟨⟩
"""
    assert readable(console.file.getvalue()) == shown


def test_rows_are_seen_as_soon_as_they_are_written(home):
    stream = HeldBack()
    console = make_console(replace(terminal(home), stdout=stream))
    writer = TableWriter(console, (Column("a"),), {"a": 3}, {}, headed=False)
    shown = []

    def rows():
        for n in range(300):
            shown.append(stream.shown.count("\n"))
            yield {"a": n}

    writer.write(rows())
    assert stream.shown.count("\n") == 300
    assert shown[255:257] == [0, 256]
    writer.write([{"a": 1}], below=lambda row: ["below"])
    assert stream.shown.endswith("299\n1\nbelow\n")


def test_a_table_without_a_header_has_none_where_each_value_has_a_row(home):
    console = make_console(terminal(home, 5, NO_COLOR="1"))
    columns = (Column("here", mark=True), Column("a"), Column("b"))
    TableWriter(console, columns, {"here": 1, "a": 3, "b": 3}, {}, headed=False).write(
        [{"here": True, "a": "xxx", "b": "yyy"}, {"here": False, "a": "z", "b": "w"}]
    )
    assert console.file.getvalue() == "* xxx\nyyy\nz\nw\n"


def test_a_value_with_a_row_of_its_own_is_below_its_name_where_both_have_no_room(home):
    for columns, said in ((11, "x\n  b\u2407: yyyyy\n"), (10, "x\n  b\u2407:\nyyyyy\n")):
        console = make_console(terminal(home, columns, NO_COLOR="1"))
        console.plain = True
        columns = (Column("a"), Column("b\x07"))
        TableWriter(console, columns, {"a": 1, "b\x07": 5}, {}).write(
            [{"a": "x", "b\x07": "yyyyy"}]
        )
        assert console.file.getvalue() == said


def test_a_table_of_no_columns_is_empty(home):
    console = make_console(terminal(home, None))
    TableWriter(console, (), {}, {}).write([{}])
    assert console.file.getvalue() == "\n"


def test_the_side_of_a_column_is_that_of_its_first_value(seen):
    columns = (
        Column("none_first"),
        Column("truth"),
        Column("words"),
        Column("given", align="left"),
    )
    rows = (
        {"none_first": None, "truth": True, "words": "1", "given": 1},
        {"none_first": 1.5, "truth": False, "words": "22", "given": 22},
    )
    shown = """\
none first   truth   words   given
──────────────────────────────────
         –   yes     1       1
       1.5           22      22
"""
    assert seen(Table(rows, columns), NO_COLOR="1") == shown
