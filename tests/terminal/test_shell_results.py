"""How a shell shows results: to a person, page by page, to a program, and as a picture."""

import os
import sys

import pytest

from charplay.commands.results import Column, EventStream, Table
from charplay.commands.settings import Interface
from charplay.errors import CharplayError, ExitStatus
from tests.terminal.stage import raising

TABLE = Table(({"bird": "wren"},), (Column("bird"),), note="one \x1b bird")


def test_what_stands_beside_a_table_is_with_it_on_a_terminal_and_else_among_the_errors(stage):
    for tty in (True, False):
        on = stage(tty=tty, TERM="dumb")
        on.sing(lambda context: TABLE)
        assert ("one ␛ bird" in on.out.seen) is tty
        assert ("one ␛ bird" in on.err) is not tty


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_picture_is_a_file_for_others_too_and_it_is_told_where_it_was_cut(stage, tmp_path):
    on = stage()
    whole, cut = tmp_path / "whole.svg", tmp_path / "cut.html"
    before = os.umask(0o022)
    try:
        assert on.sing(lambda context: "la\nlu", f":sing --save {whole}") == ExitStatus.DONE
        on.sing(lambda context: "la\n" * 500, f":sing --save {cut}")
    finally:
        os.umask(before)
    assert (whole.stat().st_mode & 0o777, cut.stat().st_mode & 0o777) == (0o644, 0o644)
    assert "lu" in whole.read_text()
    assert cut.read_text().count("la\n") >= 399
    assert on.err == (
        f"wrote {whole}\nnote: the picture has the first 400 of 501 rows\nwrote {cut}\n"
    )


def test_a_table_for_a_program_has_its_note_among_the_errors(stage):
    on = stage(interface=Interface(format="csv"))
    on.sing(lambda context: TABLE)
    assert (on.out.seen, on.err) == ("bird\nwren\n", "note: one ␛ bird\n")
    on = stage(interface=Interface(format="json"))
    on.sing(lambda context: TABLE)
    assert (on.out.seen, on.err) == ('[{"bird": "wren"}]\n', "")


def test_on_a_terminal_what_is_for_a_program_acts_on_nothing_and_json_is_to_the_letter(stage):
    value = Table(({"bird": "w\x1b[2J\u009br"},), (Column("bird"),))
    for name, tty, written in (
        ("csv", True, "bird\nw␛[2J<U+009B>r\n"),
        ("csv", False, "bird\nw\x1b[2J\u009br\n"),
        ("json", True, '[{"bird": "w\\u001b[2J\\u009br"}]\n'),
    ):
        on = stage(tty=tty, interface=Interface(format=name))
        on.sing(lambda context: value)
        assert on.out.seen == written


def test_json_is_ascii_where_the_output_is(stage):
    for encoding, written in (("ascii", '"\\u00e9"'), ("utf-8", '"é"')):
        on = stage(interface=Interface(format="json"))
        on.out.encoding = encoding
        on.sing(lambda context: "é")
        assert on.out.seen == f"{written}\n"


def test_an_error_comes_after_what_was_written_before_it(stage):
    on = stage()
    on.out.write("half a line")
    on.sing(raising(CharplayError("no", "")))
    assert on.out.seen == "half a line"


# The pager.


@pytest.fixture
def paged(stage, tmp_path):
    """What a pager read of so many lines on a screen of 10 rows, and what was written anyway."""

    def show(lines, value=None, interface=Interface(), prompted=True, pager=None, **variables):
        file = tmp_path / "read"
        file.unlink(missing_ok=True)
        code = f"import sys; open({str(file)!r}, 'w').write(sys.stdin.read())"
        pager = pager or f'{sys.executable} -c "{code}"'
        variables = {"TERM": "xterm", "LINES": "10", "NO_COLOR": "1", **variables}
        on = stage(tty=True, interface=interface, PAGER=pager, **variables)
        on.shell.context.prompted = prompted
        value = "la\n" * (lines - 1) + "la" if value is None else value
        assert on.sing(lambda context: value) == ExitStatus.DONE
        return (file.read_text() if file.exists() else ""), on.out.seen

    return show


def test_what_is_longer_than_the_screen_is_paged_and_what_fits_is_written(paged):
    assert paged(9) == ("", "la\n" * 9)
    assert paged(10) == ("la\n" * 10, "")


@pytest.mark.parametrize(
    "more",
    [
        {"interface": Interface(pager=False)},
        {"interface": Interface(plain=True)},
        {"prompted": False},
        {"TERM": "dumb"},
        {"pager": "no-such-pager-anywhere"},
        {"pager": "/"},
    ],
)
def test_nothing_is_paged_where_nobody_wants_it_or_it_cannot_be(paged, more):
    read, written = paged(30, **more)
    assert (read, written) == ("", "la\n" * 30)


def test_a_stream_is_shown_and_never_held_back(paged):
    read, written = paged(0, value=EventStream(iter([])))
    assert (read, written) == ("", "")
