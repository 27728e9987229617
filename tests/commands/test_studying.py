"""`neurons`, `state`, `compare`, `classify`, `memorised`: transcripts, figures and errors."""

import csv
import io
import json
import shutil
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest

from charplay.interrupts import Interrupts
from charplay.models.checkpoint import Checkpoint
from charplay.models.library import Library
from charplay.plan import Plan
from charplay.terminal.cli import run
from charplay.text.vocabulary import Vocabulary
from tests.conftest import make_environment
from tests.insight.planted import BACKEND, planted_network, planted_text

LINES = planted_text(60)
VERSE = "verse.txt"


@pytest.fixture(scope="module")
def studied(tmp_path_factory, registry):
    """A data home with a planted network of prose, and an n-gram of names."""
    home = tmp_path_factory.mktemp("studied") / "home"
    home.mkdir()
    text = home / VERSE
    text.write_text(LINES)
    environment = make_environment(home)
    assert run(["train", "dinosaurs", "--quick", "--name", "d1"], environment) == 0
    checkpoint = Checkpoint.of(
        planted_network(Vocabulary.of(LINES)),
        BACKEND,
        plan=Plan(cutting="stream", held_out=0.5).to_dict(),
        provenance={"text": {"corpus": str(text), "kind": "prose"}},
    )
    Library(home / "models", registry.backends.find).add(checkpoint, "planted", str(text))
    return home


@pytest.fixture
def study(studied, charplay, home):
    """Runs a command of a shell in a copy of that data home."""
    shutil.copytree(studied, home)
    return charplay


def json_of(said):
    assert said.status == 0, said.err
    return json.loads(said.out)


def rows_of(said):
    assert said.status == 0, said.err
    return list(csv.DictReader(io.StringIO(said.out)))


# neurons


def test_a_text_stands_above_the_marks_of_a_unit(study):
    said = study("neurons", "-m", "planted", "--unit", "cell.0:5", 'the "old" moon')
    lines = said.out.splitlines()
    assert lines[0].startswith("below each character: cell.0:5")
    assert lines[1] == 'the "old" moon'
    assert lines[2] == "    9999iiiiii"


def test_units_in_json_have_a_value_for_each_character(study):
    value = json_of(study("neurons", "-m", "planted", "-n", "2", "--format", "json", "the sea"))
    assert value["text"] == "the sea"
    assert [len(unit["values"]) for unit in value["units"]] == [7, 7]


def test_find_tells_planted_units_with_chance_beside_them(study):
    said = study("neurons", "-m", "planted", "--find")
    assert "inside quotes" in said.out
    rows = rows_of(study("neurons", "-m", "planted", "--find", "--format", "csv"))
    first = next(row for row in rows if row["follows"] == "position in the line")
    assert first["unit"] == "cell.0:3"
    assert abs(float(first["strength"])) > float(first["untrained"]) > float(first["shuffled"])


def test_answers_without_a_unit_stand_beside_those_of_the_whole_model(study):
    words = ("neurons", "-m", "planted", "--ablate", "3", "--seed", "5", "--max-chars", "30", "the")
    value = json_of(study(*words, "-n", "2", "--format", "json"))
    assert value["unit"] == "hidden.0:3"
    whole = json_of(
        study("sample", "planted", "--prompt", "the", "--seed", "5", "-n", "2",
              "--max-chars", "30", "--format", "json")
    )  # fmt: skip
    assert [each["whole"] for each in value["answers"]] == [a["text"] for a in whole["answers"]]
    assert value["answers"][0]["whole"] != value["answers"][0]["without"]
    assert value["loss_without"] != value["whole_loss"] > 0
    assert "without hidden.0:3" in study(*words).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("-m", "planted", "--unit", "hidden.0:16", "x"), "has no unit '16'"),
        (("-m", "planted", "--unit", "hiden.0:1", "x"), "no array of units 'hiden.0'"),
        (("-m", "planted", "--find", "the"), "--find reads"),
        (("-m", "planted", "--find", "--ablate", "3"), "do different things"),
        (("-m", "d1", "--find"), "has no units"),
        (("-m", "d1", "tyranno"), "has no units"),
        (("-m", "planted", "漢"), "knows none of these characters"),
    ],
)
def test_what_cannot_be_done_with_neurons_is_told_in_a_line(study, words, message):
    said = study("neurons", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err
    assert "Traceback" not in said.err


def test_find_without_the_models_text_says_what_it_needs(study, home):
    path = home / "models" / "names" / "planted"
    path.write_text(path.read_text().splitlines()[0] + "\n/gone.txt\n")
    said = study("neurons", "-m", "planted", "--find")
    assert said.status == 2
    assert "--find needs the text that planted was trained on" in said.err


# compare


def test_models_stand_side_by_side_with_the_samples_that_each_gives_alone(study):
    value = json_of(study("compare", "d1", "d1:0.3", "--seed", "7", "-n", "9", "--format", "json"))
    alone = json_of(study("sample", "d1", "--seed", "7", "-n", "9", "--format", "json"))
    first, second = value["models"]
    assert first["samples"] == [answer["text"] for answer in alone["answers"]]
    assert (first["model"], second["model"]) == ("d1", "d1:0.3")
    assert second["temperature"] == 0.3
    assert first["samples"] != second["samples"]
    for model in value["models"]:
        assert model["new"] + model["listed"] + model["held_out"] == pytest.approx(1)
    said = study("compare", "d1", "d1:0.3", "--seed", "7", "-n", "9")
    assert "d1:0.3" in said.out.splitlines()[0]


def test_prose_is_compared_line_by_line(study):
    words = ("compare", "planted", "planted:0", "--prompt", "the", "--seed", "3", "-n", "2")
    value = json_of(study(*words, "--format", "json"))
    assert [len(model["samples"]) for model in value["models"]] == [2, 2]
    assert value["models"][1]["temperature"] == 0
    assert study(*words).status == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("d1",), "takes from 2"),
        (("d1", "d1"), "takes from 2"),
        (("d1", "planted"), "makes names and planted prose"),
        (("d1", "d1:200"), "not from 0 to 100"),
        (("d1", "nobody"), "there is no model 'nobody'"),
        (("d1", "d1:nan"), "not from 0 to 100"),
    ],
)
def test_what_cannot_be_compared_is_told_in_a_line(study, words, message):
    said = study("compare", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err


# classify


def test_a_text_is_given_to_the_model_that_it_surprises_least(study):
    value = json_of(study("classify", "--models", "d1,drugs", "--format", "json", "Xenosaurus"))
    assert [row["model"] for row in value["classes"]] == ["d1", "drugs"]
    assert sum(row["probability"] for row in value["classes"]) == pytest.approx(1)
    assert value["text"] == "xenosaurus"


def test_priors_are_alike_by_size_or_given(study):
    def priors(*words):
        value = json_of(study("classify", "--models", "d1,drugs", *words, "--format", "json", "a"))
        return {row["model"]: row["prior"] for row in value["classes"]}

    assert priors() == {"d1": 0.5, "drugs": 0.5}
    sizes = priors("--prior", "size")
    assert sizes["drugs"] / sizes["d1"] == pytest.approx(6169 / 1186, rel=0.01)
    assert priors("--prior", "d1=3,drugs=1") == {"d1": 0.75, "drugs": 0.25}


def test_models_are_tested_on_what_was_held_out(study):
    words = ("classify", "--models", "d1,drugs", "--test")
    value = json_of(study(*words, "--format", "json"))
    assert value["texts"] == sum(cell["count"] for cell in value["cells"])
    right = sum(c["count"] for c in value["cells"] if c["actual"] == c["guessed"])
    assert value["accuracy"] == pytest.approx(right / value["texts"])
    assert value["accuracy"] > 0.9
    rows = rows_of(study(*words, "--format", "csv"))
    assert list(rows[0]) == ["actual", "guessed", "count"]
    assert f"{100 * value['accuracy']:.1f} % of {value['texts']:,}" in study(*words).out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("x",), "needs models"),
        (("--models", "d1", "x"), "from 2 to 200"),
        (("--models", "d1,,x", "x"), "models cannot be"),
        (("--models", "d1,planted", "x"), "no text is both"),
        (("--models", "d1,nobody", "x"), "no model 'nobody'"),
        (("--models", "nobody*", "x"), "no model 'nobody*'"),
        (("--models", "d1,drugs", "--prior", "d1=1", "x"), "says nothing of drugs"),
        (("--models", "d1,drugs", "--prior", "d1=0,drugs=0", "x"), "prior cannot be"),
        (("--models", "d1,drugs", "--prior", "d1=1,x=1", "x"), "no model among these 'x'"),
        (("--models", "d1,drugs", "12"), "no model knows"),
        (("--models", "d1,drugs", "--test", "a"), "--test reads what was held out"),
    ],
)
def test_what_cannot_be_classified_is_told_in_a_line(study, words, message):
    said = study("classify", *words)
    assert (said.status, said.out) == (2, "")
    assert message in said.err


# state


@pytest.fixture
def talked(study):
    """Runs commands in a session with three turns of the planted network."""
    script = ":model planted\n:set max-chars 30\nthe old moon\nthe sea\n:goto 1\nof a road\n"

    def call(*lines):
        return study(stdin=script + "".join(f"{line}\n" for line in lines))

    return call


def test_the_state_is_a_row_for_each_unit_below_the_last_characters(talked):
    said = talked(":state -n 3 --characters 12")
    lines = said.out.splitlines()[-4:]
    assert len({line.index(":") for line in lines[1:]}) == 1
    assert [line.split(":")[0] for line in lines[1:]] == ["hidden.0"] * 3


def test_the_distance_between_two_turns_states_is_told_array_by_array(talked):
    said = talked(":state --turn 2 --against 3 --format json", ":state --turn 2 --against 2")
    [line] = [line for line in said.out.splitlines() if line.startswith("{")]
    value = json.loads(line)
    assert (value["turn"], value["against"]) == (2, 3)
    assert [row["array"] for row in value["arrays"]] == ["hidden.0", "cell.0"]
    assert all(row["distance"] > 0 for row in value["arrays"])
    assert "0.000" in said.out.splitlines()[-3]


def test_a_session_without_turns_or_of_names_has_no_state_to_show(study):
    said = study(stdin=":model planted\n:state\n:model d1\n:sample\n:state\n:state --turn 9\n")
    assert "no turns yet" in said.err
    assert "begins every name anew" in said.err
    assert "Traceback" not in said.err


# memorised


def test_a_table_of_what_is_copied_ends_with_a_verdict(study):
    words = ("memorised", "d1", "-n", "30", "--temperatures", "0.2", "1")
    said = study(*words)
    assert "held out" in said.out
    assert said.out.splitlines()[-1].startswith(("it copies at", "it does not copy"))
    value = json_of(study(*words, "--format", "json"))
    assert [row["source"] for row in value["sources"]] == [
        "temperature 0.2", "temperature 1", "held out",
    ]  # fmt: skip
    assert value["sources"][0]["share"] > value["sources"][1]["share"]
    assert [row["source"] for row in rows_of(study(*words, "--format", "csv"))] == [
        "temperature 0.2", "temperature 1", "held out",
    ]  # fmt: skip


def test_more_samples_than_memory_holds_are_refused(study):
    said = study("memorised", "planted", "-n", "900")
    assert said.status == 2
    assert "-n 66" in said.err
    assert study("memorised", "planted", "-n", "1", "--temperatures", "1").status == 0


# Everywhere.

SAVED = {
    "neurons": ("-m", "planted", "the sea"),
    "compare": ("d1", "d1:0.5", "-n", "4"),
    "classify": ("--models", "d1,drugs", "ab"),
    "memorised": ("d1", "-n", "5"),
}


@pytest.mark.parametrize("command", SAVED)
@pytest.mark.parametrize("ending", ["svg", "html"])
def test_every_view_can_be_saved_as_a_picture(study, tmp_path, command, ending):
    file = tmp_path / f"view.{ending}"
    said = study(command, "--save", file, *SAVED[command])
    assert said.status == 0, said.err
    assert ("<svg" if ending == "svg" else "<html") in file.read_text()


def hostile_model(home, characters):
    """A model of prose whose characters act on terminals, under the name `hostile`."""
    model = BACKEND.create(
        Vocabulary.of(characters), "prose", BACKEND.Config(hidden=4), np.random.default_rng(1)
    )
    library = Library(home / "models", lambda name: BACKEND)
    library.add(Checkpoint.of(model, BACKEND), "hostile", "[red]\x1b[31m")


HOSTILE = "\x1b]0;x\x07\x9b31m\u202e\u2066[red]b[/red]<b>&\u0301\u4e2d\U0001f468\u200d\t\r\x00 a"


@pytest.mark.parametrize(
    "words",
    [
        ("neurons", "-m", "hostile", HOSTILE.replace("\x00", "")),
        ("neurons", "-m", "hostile", "--ablate", "1", "--seed", "1", "a"),
        ("compare", "hostile", "hostile:2", "--seed", "1", "--prompt", "a"),
        ("classify", "--models", "hostile,planted", HOSTILE.replace("\x00", "")),
    ],
)
@pytest.mark.parametrize("tty", [False, True])
def test_hostile_text_is_shown_and_never_obeyed(study, home, words, tty):
    hostile_model(home, HOSTILE)
    said = study(*words, tty=tty)
    assert said.status == 0, said.err
    for character in ("\x07", "\x9b", "\u202e", "\u2066", "\x00", "\r", "\x1b]"):
        assert character not in said.out


@pytest.mark.parametrize(
    "words",
    [
        ("neurons", "-m", "planted", "--unit", "3"),
        ("classify", "--models", "planted,twin"),
        ("compare", "planted", "twin", "--seed", "1", "-n", "1", "--max-chars", "9", "--prompt"),
    ],
)
def test_a_text_without_end_is_read_as_far_as_it_is_used(study, home, monkeypatch, words):
    for module in (
        "neurons.MOST_CHARACTERS",
        "classifying._LONGEST_TEXT",
        "comparing._LONGEST_PROMPT",
    ):
        monkeypatch.setattr(f"charplay.commands.{module}", 50)
    names = home / "models" / "names"
    (names / "twin").write_text((names / "planted").read_text())
    reads = []

    def endless(typed):
        while len(reads) < 99:
            reads.append(typed)
            yield "the sea of a moon\n"

    monkeypatch.setattr("charplay.commands.streamed_text._file_pieces", endless)
    said = study(*words, "@endless")
    assert said.status == 0, said.err
    assert "is longer: " in said.told
    assert len(reads) == 3


@pytest.mark.parametrize("command", ["compare", "memorised", "ablate"])
def test_ctrl_c_leaves_what_there_is(study, home, world, command):
    """Pressed before the first character."""

    @contextmanager
    def pressed():
        yield Interrupts(1)

    words = {
        "compare": ["compare", "planted", "planted:0.5"],
        "memorised": ["memorised", "planted"],
        "ablate": ["neurons", "-m", "planted", "--ablate", "3", "the"],
    }[command]
    environment = replace(world(), interrupts=pressed)
    status = run(words, environment)
    assert status == 130
    assert "Traceback" not in environment.stderr.getvalue()
    if command == "compare":
        told = environment.stdout.getvalue() + environment.stderr.getvalue()
        assert "stopped: the last samples are not whole" in told
