"""The lines that can be gone back to: kept, private, damaged, huge, written by two."""

import os
import time
from threading import Thread

import pytest
from prompt_toolkit.document import Document

from charplay.commands.settings import Interface
from charplay.terminal.history import HistorySuggestion, PromptHistory
from charplay.terminal.long_texts import LongTexts
from tests.terminal.line_prompt import LinePrompt
from tests.terminal.test_prompt_keys import suggested
from tests.terminal.test_repl import ENTER, names_in, typed_into

UP, RIGHT, CTRL_U, CTRL_Y = "\x1b[A", "\x1b[C", "\x15", "\x19"
MEGABYTE = 1 << 20


def lines_of(home):
    """What a start finds, the last line first."""
    return list(LinePrompt(home).history.load_history_strings())


def write_history(home, data):
    home.mkdir(parents=True, exist_ok=True)
    (home / "history").write_bytes(data)


@pytest.mark.parametrize(
    "line", ["a", " a ", "a\n", "\na\n\n b", "a\n+b\n# c", "a\rb", "é🦖\u2028"]
)
def test_a_line_comes_back_to_the_letter(home, line):
    LinePrompt(home, lines=["before", line])
    assert lines_of(home) == [line, "before"]


def test_bytes_that_are_no_text_are_kept_as_they_are_shown(home):
    LinePrompt(home, lines=["a\udcff"])
    assert lines_of(home) == ["a\\udcff"]


DAMAGED = {
    "bytes": (bytes(range(256)) * 8, ["good"]),
    "half a line": (b"\n# then\n+ha", ["good", "ha"]),
    "no heads": (b"+one\n+two\n", ["good", "one\ntwo"]),
    "not UTF-8": (b"\n# then\n+\xff\xfe\n", ["good", "\ufffd\ufffd"]),
    "zeros": (b"\0" * 1000, ["good"]),
    "empty": (b"", ["good"]),
}


@pytest.mark.parametrize(("data", "lines"), DAMAGED.values(), ids=DAMAGED.keys())
def test_a_damaged_history_hinders_no_line_and_loses_no_new_one(home, data, lines):
    write_history(home, data)
    said = typed_into(home, ":recipes\r")
    assert (said.status, said.err) == (0, "")
    LinePrompt(home, lines=["good"])
    found = lines_of(home)
    assert found[:2] == ["good", ":recipes"]
    assert [line for line in found if line != ":recipes"][: len(lines)] == lines


def test_of_a_huge_history_the_newest_part_is_read_at_once(home):
    entry = b"\n# 2026-01-01\n+:names drugs -n %07d\n"
    write_history(home, b"".join(entry % number for number in range(50 * MEGABYTE // len(entry))))
    begun = time.perf_counter()
    lines = lines_of(home)
    assert time.perf_counter() - begun < 1
    assert len(lines) == 1_000
    assert lines[0] > lines[1] > lines[-1]
    prompt = LinePrompt(home)
    assert prompt.press(UP + UP, ENTER) == lines[1]


def test_a_line_that_the_read_part_begins_within_is_left_out(home):
    write_history(home, b"\n# a\n+" + b"x" * MEGABYTE + b"\n+y\n" + b"\n# b\n+z\n")
    assert lines_of(home) == ["z"]


def test_a_line_typed_often_is_there_once(home):
    LinePrompt(home, lines=["a", "b", "a"])
    assert lines_of(home) == ["a", "b"]


def test_a_folder_in_its_place_hinders_nobody(home):
    (home / "history").mkdir(parents=True)
    said = typed_into(home, ":recipes\r", ":names drugs -n 1\r")
    assert (said.status, said.err, len(names_in(said))) == (0, "", 1)


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
def test_a_pipe_in_its_place_hinders_nobody(home):
    home.mkdir()
    os.mkfifo(home / "history")
    assert typed_into(home, ":recipes\r").err == ""


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="nothing is closed to root")
def test_a_history_that_cannot_be_written_hinders_nobody(home):
    write_history(home, b"\n# a\n+old\n")
    (home / "history").chmod(0o400)
    assert typed_into(home, ":recipes\r").err == ""
    assert lines_of(home) == ["old"]


def _write_lines(home, letter):
    history = PromptHistory(LinePrompt(home).context, LongTexts())
    for _ in range(50):
        history.store_string("\n".join([letter * 500] * 20))


def test_two_that_write_one_history_keep_each_line_whole(home):
    home.mkdir()
    writers = [Thread(target=_write_lines, args=(home, letter)) for letter in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    data = (home / "history").read_text()
    entries = [entry.split("\n", 1)[1].rstrip("\n") for entry in data.split("\n# ")[1:]]
    whole = {letter: "\n".join([f"+{letter * 500}"] * 20) for letter in "ab"}
    assert sorted(entries) == [whole["a"]] * 50 + [whole["b"]] * 50


def test_the_rest_of_the_newest_line_that_begins_so_is_shown_and_taken(home):
    prompt = LinePrompt(home, lines=["Tyr old", "Tyr new", "Tyr\nlines"])
    assert prompt.press("Ty", suggested, RIGHT, ENTER) == "Tyr new"
    assert prompt.press("Ty", suggested, ENTER) == "Tyr new"[:2], "and is sent by nobody else"
    assert prompt.history.suggest("Tyr n") == "ew"


def test_a_dumb_terminal_and_plain_show_no_rest(home):
    dumb, plain = LinePrompt(home, lines=["Tyr"], TERM="dumb"), LinePrompt(home)
    plain.settings.interface = Interface(plain=True)
    for prompt in (dumb, plain):
        assert prompt.press("Ty", lambda buffer: buffer.text, RIGHT, ENTER) == "Ty"


def test_private_lines_are_there_in_private_and_nowhere_after_it(home):
    prompt = LinePrompt(home, lines=["before"])
    assert prompt.press("open\r") == "open"
    prompt.settings.interface = Interface(private=True)
    assert prompt.press("secret\r") == "secret"
    assert prompt.history.suggest("sec") == ""
    assert prompt.press(lambda buffer: True, UP, ENTER) == "secret"
    assert prompt.history.last_text() == "secret"
    prompt.settings.interface = Interface()
    assert prompt.history.forget_private()
    assert not prompt.history.forget_private()
    assert prompt.press(UP, ENTER) == "open"
    assert prompt.history.last_text() == "open"
    assert prompt.history.get_strings() == ["before", "open"]
    assert "secret" not in (home / "history").read_text()


def test_what_was_removed_or_searched_in_private_cannot_be_put_back_after_it(home):
    begin, end = ":set private on\r", ":set private off\r"
    said = typed_into(home, begin, "Zyx" + CTRL_U + end, "Tyr" + CTRL_Y + "\r")
    assert [name[:3] for name in names_in(said)] == ["Tyr"] * 5
    assert not any(name.startswith("Tyrz") for name in names_in(said))


def test_a_text_too_long_to_keep_is_there_until_the_repl_ends(home):
    prompt, text = LinePrompt(home), "a" * 200_000
    assert prompt.press("a" + ENTER) == "a"
    prompt.history.append_string(prompt.long_texts.fold(text))
    assert prompt.press(UP, ENTER) == text
    assert lines_of(home) == ["a"]


def test_a_shown_rest_costs_a_key_little_with_a_full_history(home):
    history = PromptHistory(LinePrompt(home).context, LongTexts())
    history._loaded_strings = [f":names drugs -n {number}" for number in range(1_000)]
    begun = time.perf_counter()
    for _ in range(100):
        assert history.suggest(":names zzz") == ""
    assert (time.perf_counter() - begun) / 100 < 0.005


def test_several_private_lines_are_gone_back_to_in_their_order(home):
    prompt = LinePrompt(home, lines=["open"])
    prompt.settings.interface = Interface(private=True)
    for line in ("first", "second"):
        prompt.history.append_string(line)
    assert prompt.history.get_strings() == ["first", "second"]
    assert prompt.press(lambda buffer: True, UP, ENTER) == "second"
    assert prompt.press(lambda buffer: True, UP, UP, ENTER) == "first"
    assert not prompt.history.forget_private()


def test_the_last_text_is_no_command_and_is_given_in_full(home):
    prompt = LinePrompt(home)
    assert prompt.history.last_text() == ""
    long = "a\n" * 600
    for line in (prompt.long_texts.fold(long), ":names"):
        prompt.history.append_string(line)
    assert prompt.history.last_text() == long


def test_the_longest_line_that_is_suggested_and_the_first_that_is_not(home):
    history = LinePrompt(home).history
    history._loaded_strings = ["b" + "a" * 1_000, "a" * 1_000, "a" * 999]
    assert history.suggest("a") == "a" * 999
    assert history.suggest("b") == ""
    history._loaded_strings = ["ab\nc", "abd"]
    assert history.suggest("ab") == "d"


def test_a_blank_line_suggests_nothing(home):
    prompt = LinePrompt(home, lines=["  ab"])
    suggesting = HistorySuggestion(prompt.history)
    prompt.history._loaded_strings = ["  ab"]
    assert suggesting.get_suggestion(None, Document("  ")) is None
    assert suggesting.get_suggestion(None, Document("  a")).text == "b"


def test_the_longest_line_that_is_kept_and_the_first_that_is_not(home):
    LinePrompt(home, lines=["a" * 100_000, "b" * 100_001])
    kept = [line for line in (home / "history").read_text().split("\n") if line.startswith("+")]
    assert kept == ["+" + "a" * 100_000]


def test_an_entry_has_its_time_above_it_and_each_line_a_plus(home):
    prompt = LinePrompt(home)
    object.__setattr__(prompt.context.environment, "now", lambda: "then")
    prompt.history.store_string("a\nb")
    assert (home / "history").read_text() == "\n# then\n+a\n+b\n"


def read_back(home, data):
    """The lines of a history that has this in it, in full."""
    write_history(home, data)
    prompt = LinePrompt(home)
    return list(map(prompt.long_texts.unfold, prompt.history.load_history_strings()))


def test_of_a_history_as_large_as_is_read_nothing_is_left_out(home):
    first, last = b"+a\n", b"\n# then\n+b\n"
    blank = b"\n" * (MEGABYTE - len(first) - len(last))
    assert read_back(home, first + blank + last) == ["b", "a"]
    assert read_back(home, first + b"\n" + blank + last) == ["b"]


def test_what_is_read_of_one_huge_entry_is_whole_lines_of_it(home):
    assert read_back(home, b"x\n+" + b"a" * (MEGABYTE - 2) + b"\n") == ["a" * (MEGABYTE - 2)]


def test_a_line_that_was_kept_leaves_no_file_open(home):
    def next_descriptor():
        descriptor = os.open(os.devnull, os.O_RDONLY)
        os.close(descriptor)
        return descriptor

    history = LinePrompt(home, lines=["a"]).history
    before = next_descriptor()
    history.store_string("b")
    assert next_descriptor() == before
