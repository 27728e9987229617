"""`plot`: runs and models by number, name or file, as numbers and as a picture; its errors."""

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from charplay.plan import TextChoice, TrainingRun
from charplay.training.events import Evaluated, Failed, Progress, Started, event_to_json

STARTED = Started("mine", "list", "names", 900, 100, 27, 5000, 100)
SVG = "{http://www.w3.org/2000/svg}"


def losses(*updates, name="mine"):
    """The events of a run at these updates, one validation at each."""
    events = [replace(STARTED, name=name)]
    for update in updates:
        loss = 1.5 + 1 / update
        events.append(Evaluated(update, loss + 0.1, True))
        events.append(
            Progress(update, 100, 1, loss, loss, 10.0, update / 10, 0.0, characters=10 * update)
        )
    return events


@pytest.fixture
def make_run(home):
    """Makes the folder of a run by hand: its plan, its events, and anything after them."""

    def make(number, events, name="mine", after=""):
        folder = home / "jobs" / str(number)
        folder.mkdir(parents=True)
        run = TrainingRun(name, TextChoice("list"), "numpy")
        (folder / "plan.json").write_text(run.to_json())
        lines = "".join(event_to_json(event) + "\n" for event in events)
        (folder / "events.jsonl").write_text(lines + after)
        return folder

    return make


def rows_of(said):
    assert said.status == 0, said.err
    return list(csv.DictReader(io.StringIO(said.out)))


def test_the_numbers_are_those_of_the_run_in_csv_and_json(charplay, make_run):
    make_run(3, losses(10, 20))
    rows = rows_of(charplay("plot", "3", "--format", "csv"))
    first = {
        "run": "3", "model": "mine", "curve": "training", "part": "0", "update": "10",
        "characters": "100", "seconds": "1.0", "loss": "1.6",
    }  # fmt: skip
    assert rows[0] == first
    assert [(row["curve"], row["update"]) for row in rows] == [
        ("training", "10"), ("training", "20"), ("held_out", "10"), ("held_out", "20"),
    ]  # fmt: skip
    whole = json.loads(charplay("plot", "3", "--format", "json").out)
    assert whole["against"] == "updates"
    assert [point["loss"] for point in whole["points"]] == [float(row["loss"]) for row in rows]


def test_without_a_run_the_newest_is_drawn(charplay, make_run):
    for number in (2, 10, 9):
        make_run(number, losses(10))
    assert {row["run"] for row in rows_of(charplay("plot", "--format", "csv"))} == {"10"}


def test_runs_of_one_name_are_told_apart_by_their_numbers(charplay, make_run):
    make_run(3, losses(10, 20))
    make_run(5, losses(10, 30))
    out = charplay("plot", "3", "5").out
    assert "mine (run 3):" in out
    assert "mine (run 5):" in out


def test_a_run_named_twice_is_drawn_once(charplay, make_run):
    make_run(3, losses(10))
    assert len(rows_of(charplay("plot", "3", "03", "3", "mine", "--format", "csv"))) == 2


def test_a_model_in_training_is_its_newest_run(charplay, make_run):
    make_run(3, losses(10))
    make_run(5, losses(20))
    assert {row["run"] for row in rows_of(charplay("plot", "mine", "--format", "csv"))} == {"5"}


def test_a_model_has_the_losses_of_its_history_by_name_digest_and_file(charplay, with_model):
    rows = rows_of(charplay("plot", "dinosaurs", "--format", "csv"))
    assert {row["curve"] for row in rows} >= {"training"}
    assert {(row["run"], row["characters"], row["seconds"]) for row in rows} == {("", "", "")}
    page = json.loads(charplay("models", "show", "dinosaurs", "--format", "json").out)
    for reference in (page["digest"][:12], page["path"]):
        by_other = rows_of(charplay("plot", reference, "--format", "csv"))
        assert [row["loss"] for row in by_other] == [row["loss"] for row in rows]


def test_a_broken_last_line_and_lines_of_another_version_are_passed_over(charplay, make_run):
    make_run(3, losses(10), after="")
    strange = '{"event": "tuned", "x": 1}\n[]\nnull\n\xff\n{"event": "progress", "update": "x"}\n'
    half = event_to_json(losses(90)[-1])[:60]
    make_run(4, losses(10), after=strange + half)
    three, four = (rows_of(charplay("plot", n, "--format", "csv")) for n in "34")
    assert [row["loss"] for row in three] == [row["loss"] for row in four]


def test_the_newest_figures_beside_the_events_are_drawn_too(charplay, make_run):
    folder = make_run(3, losses(10))
    newest = losses(17)[-1]
    status = {"progress": json.loads(event_to_json(newest))}
    (folder / "status.json").write_text(json.dumps(status))
    rows = rows_of(charplay("plot", "3", "--format", "csv"))
    assert [row["update"] for row in rows if row["curve"] == "training"] == ["10", "17"]


def test_a_damaged_plan_leaves_the_losses(charplay, make_run):
    folder = make_run(3, losses(10, 20))
    (folder / "plan.json").write_text("{")
    assert rows_of(charplay("plot", "3", "--format", "csv"))[0]["model"] == "mine"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["9"], "there is no run 9", "charplay jobs lists the runs"),
        (["mime"], "there is no run or model 'mime'", "did you mean mine?"),
        (["x.png"], "a plot cannot be written as '.png'", "type x.svg in its place"),
        (["3", "x.PDF"], "a plot cannot be written as '.PDF'", "type x.svg in its place"),
        (["x.csv"], "a plot cannot be written as '.csv'", "type --save x.csv in its place"),
        (["a.svg", "b.SVG"], "a.svg, b.SVG are 2 files", "name one of them"),
        (["none/x.safetensors"], "there is no model file none/x.safetensors", "charplay models"),
        (["--against", "epochs"], "against", "updates"),
        ([f"m{n}" for n in range(27)], "a plot has room for 26 runs", "name fewer of them"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_to_type(
    charplay, make_run, words, message, hint
):
    make_run(3, losses(10))
    said = charplay("plot", *words)
    assert said.status != 0
    assert message in said.err
    assert hint in said.err
    assert not said.out


def test_without_any_run_it_says_how_to_start_one(charplay):
    said = charplay("plot")
    assert "there is no run yet" in said.err
    assert "charplay train dinosaurs" in said.err


def test_a_run_without_a_loss_says_so_and_beside_others_it_is_a_note(charplay, make_run):
    make_run(3, losses(10))
    make_run(4, [STARTED])
    alone = charplay("plot", "4")
    assert "run 4 (mine) has no loss yet" in alone.err
    beside = charplay("plot", "3", "4")
    assert beside.status == 0
    assert "note: run 4 (mine) has no loss yet" in beside.notes


def test_a_run_that_failed_at_once_says_why(charplay, make_run):
    make_run(4, [STARTED, Failed("the loss exploded", "take a smaller learning rate")])
    said = charplay("plot", "4")
    assert "run 4 (mine) ended before it had a loss: the loss exploded" in said.err
    assert "take a smaller learning rate" in said.err


@pytest.mark.parametrize("against", ["characters", "time"])
def test_a_model_alone_cannot_be_drawn_against_what_its_file_lacks(charplay, with_model, against):
    said = charplay("plot", "dinosaurs", "--against", against)
    assert said.status == 2
    assert "has an update beside each loss, and no" in said.err
    assert "charplay plot dinosaurs" in said.err


def picture(path):
    return ElementTree.fromstring(path.read_text(encoding="utf-8"))


def test_the_picture_is_xml_with_title_description_axes_and_units(charplay, make_run, tmp_path):
    make_run(3, losses(*range(1, 60)))
    path = tmp_path / "losses.svg"
    said = charplay("plot", path, "3", "--against", "time")
    assert f"wrote {path}" in said.told
    root = picture(path)
    assert root.find(f"{SVG}title").text == "Loss of mine (run 3)"
    described = root.find(f"{SVG}desc").text
    assert "Loss in nats per character against seconds, from 0 to 5.9." in described
    assert "mine (run 3): training 1.517; mine (run 3): held out 1.617." in described
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert {"seconds", "0", "5"} <= set(texts)
    assert any(text.startswith("loss in nats per character") for text in texts)
    style = root.find(f"{SVG}style").text
    assert "prefers-color-scheme:dark" in style
    assert "held_out" in [path.get("class", "").split()[-1] for path in root.iter(f"{SVG}path")]


@pytest.mark.parametrize("name", ["<b>&\"'", "a\x1b[31m\x00", "\ufffe\ufffd", "恐竜 \u202e"])
def test_a_foreign_name_is_text_in_the_picture(charplay, make_run, tmp_path, name):
    make_run(3, losses(10, 20), name=name)
    path = tmp_path / "losses.svg"
    assert charplay("plot", "3", path).status == 0
    text = picture(path).find(f"{SVG}title").text
    assert not set(text) & set("\x1b\x00\ufffe\u202e")
    assert text.startswith("Loss of ")
    if name[0] == "<":
        assert name in text


def test_a_picture_of_a_long_run_is_small(charplay, make_run, tmp_path):
    make_run(3, losses(*range(1, 5000)))
    path = tmp_path / "losses.svg"
    assert charplay("plot", "3", path).status == 0
    training = next(
        p for p in picture(path).iter(f"{SVG}path") if p.get("class") == "line training"
    )
    assert len(training.get("d")) < 40_000


def test_a_picture_never_takes_the_place_of_a_file(charplay, make_run, tmp_path):
    make_run(3, losses(10))
    path = tmp_path / "losses.svg"
    path.write_text("mine")
    said = charplay("plot", "3", path)
    assert f"{path} is there already" in said.err
    assert path.read_text() == "mine"


def test_nothing_is_written_where_there_is_nothing_to_draw(charplay, tmp_path):
    charplay("plot", "9", tmp_path / "losses.svg")
    assert not list(tmp_path.glob("*.svg"))


def test_the_numbers_can_be_saved(charplay, make_run, tmp_path):
    make_run(3, losses(10, 20))
    assert charplay("plot", "3", "--save", tmp_path / "losses.csv").status == 0
    assert len((tmp_path / "losses.csv").read_text().splitlines()) == 5
