"""`probs`, `why`, `surprise` and `score` as they are typed: in a shell, in a session, by pipe."""

import csv
import io
import json
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import replace

import numpy as np
import pytest

from charplay import open_session, sample
from charplay import probs as probs_of
from charplay import score as score_of
from charplay import surprise as surprise_of
from charplay import why as why_of
from charplay.interrupts import Interrupts
from charplay.terminal.cli import run
from tests.conftest import Said
from tests.sessions.conftest import put_model


def rows_of(said):
    return list(csv.DictReader(io.StringIO(said.out)))


def test_text_is_taken_to_the_letter(start, poet):
    said = start(":probs ab  'cd\" --temperature 1 ")
    assert said.status == 0
    assert "after ab  cd" in said.out
    assert "left out, unknown to this model: ' " in said.told


def test_probs_in_json_has_all_that_the_function_gives(charplay, with_model):
    said = charplay("probs", "-m", "dinosaurs", "-n", "3", "--format", "json", "Tyra")
    found = json.loads(said.out)
    direct = probs_of("Tyra", "dinosaurs", n=3, home=with_model)
    assert found["characters"] == [
        {**vars(row), "parts": list(row.parts)} for row in direct.characters
    ]
    assert found["others"] == direct.others


def test_probs_in_csv_has_a_row_a_character(charplay, with_model):
    rows = rows_of(charplay("probs", "-m", "dinosaurs", "--format", "csv", "-n", "500"))
    assert sum(float(row["probability"]) for row in rows) == pytest.approx(1)
    assert [row["rank"] for row in rows] == [str(n) for n in range(1, len(rows) + 1)]


def test_without_text_probs_goes_on_where_the_session_is(start, poet):
    here = start("ab", ":probs --format json").lines[-1]
    with open_session("talk-1", home=poet) as session:
        text = session.text
    there = start(f":probs --format json {text}").lines[-1]
    pairs = zip(json.loads(here)["characters"], json.loads(there)["characters"], strict=True)
    for one, other in pairs:
        assert one["character"] == other["character"]
        assert one["probability"] == pytest.approx(other["probability"], rel=1e-4)


def test_probs_after_a_turn_goes_on_with_more_text(start, poet):
    start("ab", "cd")
    found = json.loads(start(":probs --turn 1 --format json e").lines[-1])
    with open_session("talk-1", home=poet) as session:
        first = session.turns()[0]
    assert (first.said.text + "e").endswith(found["text"])


def test_a_name_of_several_lines_is_refused(charplay, with_model):
    said = charplay("probs", "-m", "dinosaurs", "Ty\nra")
    assert (said.status, "more" in said.err) == (2, True)


def test_a_text_of_unknown_characters_is_refused(charplay, with_model):
    said = charplay("probs", "-m", "dinosaurs", "漢字")
    assert said.status == 2
    assert "knows none of these characters: 漢 字" in said.err


def test_a_text_is_read_from_a_file_and_from_a_pipe(charplay, with_model, tmp_path):
    file = tmp_path / "text.txt"
    file.write_text("Tyrannosaurus\r\nZupaysaurus\r\n", encoding="utf-8-sig")
    wanted = charplay("surprise", "-m", "dinosaurs", "--format", "csv", f"@{file}")
    piped = charplay(
        "surprise", "-m", "dinosaurs", "--format", "csv", "@-", stdin="Tyrannosaurus\nZupaysaurus\n"
    )
    assert rows_of(wanted) == rows_of(piped)
    assert [row["text"] for row in rows_of(wanted)] == ["tyrannosaurus", "zupaysaurus"]


@pytest.mark.parametrize("command", ["surprise", "score"])
def test_a_text_is_needed(charplay, with_model, command):
    said = charplay(command, "-m", "dinosaurs")
    assert said.status == 2
    assert f"{command} needs a text" in said.err


@pytest.mark.parametrize("command", ["surprise", "score"])
def test_a_text_that_the_model_cannot_read_at_all_is_refused(charplay, with_model, command):
    said = charplay(command, "-m", "dinosaurs", "漢字")
    assert said.status == 2
    assert "dinosaurs knows none of these characters: 漢 字" in said.err


@pytest.mark.parametrize("command", ["surprise", "score"])
def test_ctrl_c_ends_a_text_of_which_the_model_knows_nothing(world, with_model, command):
    @contextmanager
    def interrupts():
        pressed = Interrupts()
        pressed.count = 1
        yield pressed

    environment = replace(world("漢" * 100_000), interrupts=interrupts)
    status = run([command, "-m", "dinosaurs", "@-"], environment)
    said = Said.of(status, environment)
    assert said.status == 130
    assert "stopped after 0 characters" in said.out


@pytest.mark.parametrize("command", ["probs", "surprise", "score"])
def test_a_file_that_cannot_be_read_is_told_in_a_line(charplay, with_model, tmp_path, command):
    bad = tmp_path / "bad.txt"
    bad.write_bytes(b"ab\xff")
    for name, reason in ((bad, "not UTF-8"), (tmp_path / "none", "no such file"), (tmp_path, "")):
        said = charplay(command, "-m", "dinosaurs", f"@{name}")
        assert said.status == 1
        assert reason in said.err
        assert "Traceback" not in said.told


def test_surprise_from_python_has_the_lines_of_the_command(charplay, with_model):
    said = charplay("surprise", "-m", "dinosaurs", "--format", "json", "Tyra Zoo")
    lines = json.loads(said.out)["lines"]
    (direct,) = surprise_of("Tyra Zoo", "dinosaurs", home=with_model)
    assert lines[0]["character_bits"] == pytest.approx(direct.character_bits)
    assert lines[0]["text"] == direct.text


def test_score_has_its_yardsticks_and_says_what_they_mean(charplay, with_model):
    said = charplay("score", "-m", "dinosaurs", "--format", "json", "Tyrannosaurus")
    found = json.loads(said.out)
    direct = score_of("Tyrannosaurus", "dinosaurs", home=with_model)
    assert found["nats"] == pytest.approx(direct.nats)
    assert found["uniform"] == pytest.approx(np.log(27), abs=0.1)
    assert found["counting"] < found["uniform"]
    assert found["counting_order"] >= 2
    shown = charplay("score", "-m", "dinosaurs", "Tyrannosaurus").out
    assert "equally likely characters" in shown
    assert "unseen text" in shown


def test_score_adaptive_says_what_learns(charplay, with_model):
    said = charplay("score", "-m", "dinosaurs", "--adaptive", "Zorgolops " * 20)
    assert "while learning it, by counting" in said.out
    assert "off the loss" in said.out


# Why.


def test_why_goes_through_plain_prose_exactly(start, poet):
    found = json.loads(start("ab", ":why --format json").lines[-1])
    assert found["notices"] == []
    assert all(choice["came"] == "drawn" and choice["repeats"] for choice in found["choices"])
    with open_session("talk-1", home=poet) as session:
        turn = session.turn
    assert found["text"] == turn.answers[0]
    assert "".join(choice["character"] for choice in found["choices"]) == turn.answers[0]


def test_why_of_a_later_turn_begins_where_that_one_began(start, poet):
    start("ab", "cd", "ef")
    for turn in (1, 2, 3):
        found = json.loads(start(f":why --turn {turn} --format json").lines[-1])
        assert found["turn"] == turn
        assert all(choice["repeats"] for choice in found["choices"]), turn


@pytest.mark.parametrize(
    "asked",
    [
        ":names dinosaurs -n 5 --seed 3",
        ":names dinosaurs -n 4 --starts Ty --starts Ze --max-length 9",
        ":names dinosaurs -n 3 --ends saurus --new --temperature 0.8",
        ":names dinosaurs -n 3 --pattern [a-m]+",
        ":names dinosaurs -n 2 --capital",
        ":sample -m dinosaurs -n 3 --prompt Tyra --seed 3/2",
    ],
)
def test_every_name_of_a_turn_is_drawn_again_to_the_letter(start, with_model, asked):
    start(asked)
    with open_session("talk-1", home=with_model) as session:
        turn = session.turns()[-1]
    for reply in turn.said.replies:
        line = start(f":why --answer {reply.number} --format json").lines[-1]
        found = json.loads(line)
        assert found["text"].removesuffix("\n") == reply.text
        assert all(choice["repeats"] for choice in found["choices"])
        assert found["notices"] == []


def test_a_place_is_a_number_or_a_part_of_the_text(start, poet):
    start("ab")
    with open_session("talk-1", home=poet) as session:
        text = session.turn.answers[0]
    third = json.loads(start(":why --format json 3").lines[-1])
    assert [choice["place"] for choice in third["choices"]] == [3]
    part = text[2:5]
    if part.strip() == part:
        found = json.loads(start(f":why --format json {part}").lines[-1])
        first = text.index(part) + 1
        assert [choice["place"] for choice in found["choices"]] == [first, first + 1, first + 2]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (":why 99", "there is no character 99"),
        (":why 0", "there is no character 0"),
        (":why zzz", "the answer has no zzz"),
        (":why --turn 9", "there is no turn 9"),
        (":why --answer 9", "turn 1 has no answer 9"),
    ],
)
def test_a_place_that_is_not_there_is_told(start, poet, line, told):
    start("ab")
    said = start(line)
    assert (said.status, told in said.err) == (2, True)


def test_an_answer_that_its_model_cannot_have_given_is_told(start, poet):
    start("ab")
    with closing(sqlite3.connect(poet / "sessions.db")) as store, store:
        store.execute("UPDATE replies SET text = 'ab€\x1b' || text")
    said = start(":why")
    assert said.status == 2
    assert "it has no € U+001B" in said.err


def test_why_at_the_beginning_says_what_to_do(start, poet):
    assert "this session has no turns yet" in start(":why").err


def test_why_from_python_goes_through_an_answer(with_model):
    (answer,) = sample("Ty", "dinosaurs", seed=4, temperature=0.7, home=with_model)
    choices = why_of(answer, "Ty", "dinosaurs", temperature=0.7, home=with_model)
    assert all(choice.repeats for choice in choices)
    assert [choice.came for choice in choices[:3]] == ["given", "given", "drawn"]


# Pictures.


@pytest.mark.parametrize("ending", [".svg", ".html"])
def test_a_view_is_saved_as_a_picture(charplay, with_model, tmp_path, ending):
    file = tmp_path / f"next{ending}"
    said = charplay("probs", "-m", "dinosaurs", "--save", file, "Tyra")
    assert (said.status, said.err) == (0, "")
    assert f"wrote {file}" in said.told
    assert "rank" in file.read_text(encoding="utf-8")
    again = charplay("probs", "-m", "dinosaurs", "--save", file, "Tyra")
    assert "is there already" in again.err


def test_an_ending_without_a_format_is_told_which_there_are(charplay, with_model, tmp_path):
    said = charplay("probs", "-m", "dinosaurs", "--save", tmp_path / "a.png", "Ty")
    assert ".jsonl, .svg, .html" in said.err
    said = charplay("models", "--save", tmp_path / "a.png")
    assert ".svg" not in said.err


def test_other_results_are_saved_as_before(charplay, with_model, tmp_path):
    said = charplay("models", "--save", tmp_path / "a.svg")
    assert "cannot be saved as '.svg'" in said.err
    said = charplay("probs", "-m", "dinosaurs", "--save", tmp_path / "a.csv", "Ty")
    assert said.status == 0
    assert (tmp_path / "a.csv").read_text(encoding="utf-8").startswith("rank,character")


def test_a_model_of_the_library_is_read_by_an_untrained_backend_too(home, numpy_backend, start):
    put_model(home, numpy_backend)
    for line in (":probs", ":surprise ab", ":score ab", ":score --adaptive ab"):
        assert start(line).err == "", line
