"""`names` as a stream: what comes when, what ends it, and what is kept of it."""

import csv
import io
import json
from contextlib import contextmanager
from dataclasses import replace

import pytest

from charplay.commands import name_stream
from charplay.errors import StorageError
from charplay.generation import generator
from charplay.interrupts import Interrupts
from charplay.sessions import choice
from charplay.terminal.cli import run
from charplay.terminal.shell import Shell
from tests.conftest import MemoryStream

# Drawn when names were still collected before they were shown.
PINNED = {1: "Trimian", 64: "Lamotaton", 65: "Dronosaurus", 130: "Athasovaceratops"}


class ClosedAfter(MemoryStream):
    """A pipe whose reader goes away after so many writes."""

    def __init__(self, writes):
        super().__init__()
        self.left = writes

    def write(self, text):
        if not self.left:
            raise BrokenPipeError
        self.left -= 1
        return super().write(text)


class Pressed(Interrupts):
    """Ctrl-C, pressed once a stream has so much in it."""

    def __init__(self, stream, after):
        self._stream, self._after = stream, after

    @property
    def count(self):
        return int(self._stream.getvalue().count(self._after[0]) >= self._after[1])


@pytest.fixture
def blocks(monkeypatch):
    """The first numbers of the blocks that were drawn."""
    drawn = []
    draw = generator._Block.run

    def count(block, interrupted):
        drawn.append(block.first)
        draw(block, interrupted)

    monkeypatch.setattr(generator._Block, "run", count)
    return drawn


@pytest.fixture
def pressed(world):
    """A world in which Ctrl-C is pressed once its output has a text so many times."""

    def make(text, times, **more):
        environment = world(**more)

        @contextmanager
        def interrupts():
            yield Pressed(environment.stdout, (text, times))

        return replace(environment, interrupts=interrupts)

    return make


def rows(output, seed=7):
    """The labels of a table's rows."""
    return [word for line in output.splitlines() for word in line.split() if f"{seed}/" in word]


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_a_closed_pipe_ends_the_draw(world, blocks, format):
    environment = replace(world(), stdout=ClosedAfter(2))
    shell = Shell(environment)
    words = ["names", "dinosaurs", "-n", "100000", "--seed", "7", "--format", format]
    with pytest.raises(BrokenPipeError):
        shell.perform_words(words)
    shell.close()
    assert 0 < len(blocks) <= 16, "of 1,563"


@pytest.mark.parametrize("format", ["text", "json", "csv"])
def test_the_first_names_are_written_before_the_later_ones_are_drawn(world, blocks, format):
    seen = []

    class Watched(MemoryStream):
        def write(self, text):
            seen.append(max(blocks, default=0))
            return super().write(text)

    environment = replace(world(), stdout=Watched())
    words = ["names", "dinosaurs", "-n", "1000", "--seed", "7", "--format", format]
    assert run(words, environment) == 0
    assert seen[0] < max(blocks)
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_ctrl_c_keeps_what_was_shown_in_the_session_too(pressed, home):
    environment = pressed("7/100\n", 1)
    words = ["--session", "mine", "names", "dinosaurs", "-n", "100000", "--seed", "7"]
    assert run(words, environment) == 130
    shown = rows(environment.stdout.getvalue())
    last = environment.stderr.getvalue().splitlines()[-1]
    assert shown[:100] == [f"7/{number}" for number in range(1, 101)]
    assert len(shown) < 1000
    assert last == f"stopped after {len(shown):,}"
    shell = Shell(pressed("never", 1))
    shell.perform_line(":session mine")
    kept = [f"7/{reply.number}" for reply in shell.context.session.turn.said.replies]
    assert kept == shown
    shell.perform_line(":keep 3")
    assert "kept: " in shell.environment.stdout.getvalue()
    shell.close()


def test_ctrl_c_leaves_json_whole(pressed):
    environment = pressed('"number": 64', 1)
    words = ["names", "dinosaurs", "-n", "100000", "--seed", "7", "--format", "json"]
    assert run(words, environment) == 130
    said = json.loads(environment.stdout.getvalue())
    assert said["interrupted"]
    assert 64 <= said["fitting"] == len(said["answers"]) < 1000


@pytest.mark.parametrize("ending", ["json", "jsonl", "csv", "txt"])
def test_ctrl_c_leaves_a_file_whole_with_what_there_was(world, tmp_path, ending):
    class SomeTime(Interrupts):
        """Ctrl-C, pressed by the hundredth time that somebody asks."""

        def __init__(self):
            self.asked = 0

        @property
        def count(self):
            self.asked += 1
            return int(self.asked > 100)

    @contextmanager
    def interrupts():
        yield SomeTime()

    file = tmp_path / f"names.{ending}"
    environment = replace(world(), interrupts=interrupts)
    words = ["names", "dinosaurs", "-n", "100000", "--seed", "7", "--save", str(file)]
    assert run(words, environment) == 130
    text = file.read_text()
    if ending == "json":
        assert json.loads(text)["interrupted"]
        found = [name["text"] for name in json.loads(text)["answers"]]
    elif ending == "csv":
        found = [row["text"] for row in csv.DictReader(io.StringIO(text))]
    else:
        lines = text.splitlines()
        found = [json.loads(line)["text"] for line in lines] if ending == "jsonl" else lines
    assert 64 <= len(found) < 100_000
    assert {number: found[number - 1] for number in (1, 64)} == {1: PINNED[1], 64: PINNED[64]}


def test_json_is_whole_also_where_the_names_cannot_be_kept(world, monkeypatch):
    def fail(events):
        raise StorageError("the disk is full", "free some space")

    monkeypatch.setattr(name_stream.NameEvents, "_keep_turn", fail)
    environment = world()
    assert run(["names", "dinosaurs", "-n", "3", "--format", "json"], environment) == 1
    assert len(json.loads(environment.stdout.getvalue())["answers"]) == 3
    assert "the disk is full" in environment.stderr.getvalue()


@pytest.mark.parametrize("sort", ["loss", "length", "alphabet"])
def test_names_that_are_sorted_come_at_the_end_also_after_ctrl_c(pressed, sort, monkeypatch):
    counter = "128 of 100,000"
    environment = pressed(counter, 1, tty=True, TERM="xterm", NO_COLOR="1")
    monkeypatch.setenv("COLUMNS", "100")
    words = ["names", "dinosaurs", "-n", "100000", "--seed", "7", "--sort", sort]
    assert run(words, environment) == 130
    said = environment.stdout.getvalue()
    assert said.index(counter) < said.index("nats/char") < said.index("stopped after")
    assert len(rows(said)) >= 128
    assert rows(said) != sorted(rows(said), key=lambda label: int(label.partition("/")[2]))


def test_a_run_of_names_that_is_sorted_in_parts_is_sorted_as_a_whole(charplay, monkeypatch):
    words = ("names", "dinosaurs", "-n", "150", "--seed", "7", "--sort", "length")
    whole = charplay(*words).out
    monkeypatch.setattr(name_stream, "_SORTED_AT_ONCE", 16)
    assert charplay(*words).out == whole


def test_on_a_terminal_a_count_stands_below_until_all_names_are_there(charplay):
    said = charplay("names", "-n", "200", "--seed", "7", tty=True, TERM="xterm", NO_COLOR="1").out
    assert "\r\x1b[2K" in said
    assert "64 of 200 · Ctrl-C ends with these" in said
    assert "200 of 200" not in said
    assert "Ctrl-C" not in charplay("names", "-n", "200", "--seed", "7").out
    few = charplay("names", "-n", "20", "--seed", "7", tty=True, TERM="xterm", NO_COLOR="1").out
    assert "Ctrl-C" not in few


@pytest.mark.parametrize("count", [0, 3, 64, 150])
def test_json_of_names_is_one_object_in_one_line_however_many_there_are(charplay, count):
    words = ("names", "dinosaurs", "--seed", "7", "--format", "json", "-n")
    more = (str(count),) if count else ("5", "--ends", "qzq")
    [line] = charplay(*words, *more).lines
    said = json.loads(line)
    assert (said["model"], said["seed"], said["prompt"]) == ("dinosaurs", 7, "")
    assert [name["number"] for name in said["answers"]] == list(range(1, count + 1))
    assert said["fitting"] == count
    assert not said["interrupted"]


def test_names_tell_what_is_not_the_models_own_way_of_drawing_below_them(charplay):
    words = ("names", "dinosaurs", "-n", "2", "--seed", "7", "--max-length", "9")
    more = ("--temperature", "2")
    screen = {"tty": True, "TERM": "xterm", "NO_COLOR": "1"}
    assert charplay(*words, *more, **screen).lines[-1] == "dinosaurs · temperature 2"
    assert charplay(*words, **screen).lines[-1].endswith("7/2"), "a form is no way of drawing"
    assert "temperature" not in charplay(*words, *more).told
    said = json.loads(charplay(*words, *more, "--format", "json").out)
    assert said["changed"] == {"temperature": 2.0}


def test_a_seed_gives_the_names_that_it_always_gave(charplay):
    said = charplay("names", "dinosaurs", "-n", "150", "--seed", "7", "--format", "csv")
    drawn = {int(row["number"]): row["text"] for row in csv.DictReader(io.StringIO(said.out))}
    assert {number: drawn[number] for number in PINNED} == PINNED


def test_csv_of_many_names_has_one_header(charplay):
    said = charplay("names", "dinosaurs", "-n", "150", "--seed", "7", "--format", "csv")
    table = list(csv.DictReader(io.StringIO(said.out)))
    assert [row["label"] for row in table] == [f"7/{number}" for number in range(1, 151)]
    assert said.out.count("nearest") == 1


def test_a_session_keeps_the_first_of_very_many_names_and_says_so(charplay, home, monkeypatch):
    monkeypatch.setattr(name_stream, "ANSWERS_A_TURN", 5)
    monkeypatch.setattr(choice, "ANSWERS_A_TURN", 5)
    said = charplay("--session", "mine", "names", "dinosaurs", "-n", "9", "--seed", "7")
    assert said.notes.splitlines()[-1] == (
        "note: the session keeps the first 5 of them; any other comes back by its label"
    )
    assert len(rows(said.out)) == 9
    [line] = charplay("--session", "mine", "-c", ":tree").lines
    assert line.count(",") == 4


@pytest.mark.parametrize("words", [("sample", "dinosaurs"), ("names", "dinosaurs")])
def test_a_name_alone_is_the_one_of_many(charplay, words):
    many = charplay(*words, "-n", "200", "--seed", "7").lines
    [line] = [line for line in many if line.endswith("7/130")]
    alone = charplay(*words, "--seed", "7/130").lines[-1]
    assert alone.split() == line.split()


def test_a_sample_of_names_streams_as_well(world, blocks, pressed):
    environment = replace(world(), stdout=ClosedAfter(2))
    shell = Shell(environment)
    with pytest.raises(BrokenPipeError):
        shell.perform_words(["sample", "dinosaurs", "-n", "100000", "--seed", "7"])
    shell.close()
    assert len(blocks) <= 16
    environment = pressed("7/64\n", 1)
    assert run(["sample", "dinosaurs", "-n", "100000", "--seed", "7"], environment) == 130
    assert environment.stderr.getvalue().splitlines()[-1].startswith("stopped after ")
