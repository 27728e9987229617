"""Bad input: one line that says what happened, one that says what to type, nothing lost."""

import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import safetensors.numpy

from charplay.terminal.cli import run
from tests.conftest import Said, make_environment, variables_for


@pytest.fixture
def library(home):
    """The library's files and what is in them."""

    def snapshot():
        folder = home / "models"
        files = (path for path in folder.rglob("*") if path.is_file())
        return {str(path.relative_to(folder)): path.read_bytes() for path in files}

    return snapshot


@pytest.fixture
def model_file(with_model, tmp_path):
    """A copy of the trained model's file, outside the library."""
    (inside,) = (with_model / "models").glob("*.safetensors")
    path = tmp_path / "friend.safetensors"
    path.write_bytes(inside.read_bytes())
    return path


def assert_one_error(said, status, *words):
    """One error line that has those words, and one line of what to do about it."""
    assert re.fullmatch(r"error: \S[^\n]*\n  → \S[^\n]*\n", said.err), said.err
    for word in words:
        assert word in said.err
    assert "charplay broke" not in said.err
    assert "Traceback" not in said.err + said.out
    assert said.status == status


NAMES = ("--kind", "names")
WINDOWS = ("--kind", "prose", "--set", "cutting=windows", "length=1000")
TEXTS = {
    "empty": (b"", (), ["is empty"]),
    "blanks": (b" \n\n\t\n", (), ["is empty"]),
    "one line": (b"Tyrannosaurus\n", NAMES, ["only one line", "--kind prose"]),
    "one letter": (b"T", (), []),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", (), ["not a text", "line 3"]),
    "not UTF-8": (b"Tyr\nStego\xffsaurus\n", (), ["not UTF-8: line 2, byte 6 is 0xff"]),
    "UTF-32": ("Tyr\nann\n".encode("utf-32"), (), ["UTF-32", "save it as UTF-8"]),
    "too few names": (
        b"Tyr\nStego\nAnky\n",
        (*NAMES, "--set", "held-out=0.1"),
        ["too few", "--set held-out=0"],
    ),
    "too short for the plan": (b"Shall I compare thee to a summer's day?\n", WINDOWS, []),
}


@pytest.mark.parametrize(("raw", "words", "told"), TEXTS.values(), ids=TEXTS.keys())
def test_a_text_that_cannot_be_trained_on(
    charplay, with_model, library, tmp_path, raw, words, told
):
    path = tmp_path / "text.txt"
    path.write_bytes(raw)
    before = library()
    assert_one_error(charplay("train", path, *words), 1, "text.txt", *told)
    assert library() == before


def test_a_missing_file(charplay, with_model, library, tmp_path):
    before = library()
    assert_one_error(charplay("train", tmp_path / "none.txt"), 2, "there is no file", "none.txt")
    assert_one_error(charplay("train", tmp_path), 1, "is a folder")
    assert library() == before


def test_a_table_whose_column_is_not_named_or_not_there(charplay, tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("name,size\nTyr,large\nStego,large\nAnky,small\n")
    assert_one_error(charplay("train", path), 2, "2 columns of text", "--column name or size")
    assert_one_error(charplay("train", path, "--column", "nmae"), 2, "did you mean name?")
    path.write_text('id,name\n1,"Tyr\n')
    assert_one_error(charplay("train", path, "--column", "name"), 1, "not a table")


UNKNOWN = [
    (("train", "dinosuars"), "did you mean dinosaurs?"),
    (("train", "dinosaurs", "--recipe", "dinosuars"), "did you mean dinosaurs"),
    (("train", "dinosaurs", "--backend", "nunpy"), "did you mean numpy?"),
    (("train", "dinosaurs", "--epohcs", "2"), "did you mean --epochs?"),
    (("train", "dinosaurs", "--set", "hiden=3"), "did you mean hidden?"),
    (("train", "dinosaurs", "--set", "learning-rat=3"), "did you mean learning-rate?"),
    (("train", "dinosaurs", "--kind", "nmaes"), "did you mean names?"),
    (("names", "dinosuars"), "did you mean dinosaurs?"),
    (("model", "dinosuars"), "did you mean dinosaurs?"),
    (("sample", "dinosaurs", "--temprature", "1"), "did you mean --temperature?"),
    (("set", "temprature", "1"), "did you mean temperature?"),
    (("help", "nmaes"), "did you mean charplay names?"),
    (("models", "--format", "jsn"), "did you mean json?"),
    (("names", "--fromat", "json"), "did you mean --format"),
    (("names", "zzzzzz"), "charplay models lists what there is"),
    (("train", "zzzzzz"), "charplay corpora lists what there is"),
    (("train", "dinosaurs", "--recipe", "zzzzzz"), "charplay recipes lists what there is"),
    (("train", "dinosaurs", "--backend", "zzzzzz"), "charplay backends lists what there is"),
]


@pytest.mark.parametrize(("words", "hint"), UNKNOWN)
def test_an_unknown_name_of_anything_gets_did_you_mean(charplay, with_model, library, words, hint):
    before = library()
    said = charplay(*words)
    assert_one_error(said, 2, "there is no", hint)
    assert said.out == ""
    assert library() == before


OUT_OF_RANGE = [
    ("--temperature", "-0.1", "a number from 0 to 100"),
    ("--temperature", "nan", "a number from 0 to 100"),
    ("--temperature", "inf", "a number from 0 to 100"),
    ("--temperature", "hot", "a number from 0 to 100"),
    ("--temperature", "", "temperature needs a value"),
    ("--top-p", "0", "above 0, at most 1"),
    ("--top-p", "1.5", "above 0, at most 1"),
    ("--top-p", "nan", "above 0, at most 1"),
    ("--top-k", "0", "1 or more"),
    ("--min-p", "-0.1", "from 0 to 1"),
    ("--max-chars", "0", "from 1 to 1,000,000"),
    ("--lines", "0", "from 1 to 1,000,000"),
    ("--stop", "", "stop needs a"),
    ("--count", "0", "a whole number from 1"),
    ("--count", "-1", "a whole number from 1"),
    ("--count", "1.5", "a whole number from 1"),
    ("-n", "0", "a whole number from 1"),
    ("-n", "99999999999999999999", "a whole number from 1"),
]


@pytest.mark.parametrize(("name", "value", "words"), OUT_OF_RANGE)
def test_a_value_out_of_range_names_its_bounds(charplay, with_model, name, value, words):
    for call in (("names", name, value), ("names", f"{name}={value}"), ("sample", name, value)):
        said = charplay(*call)
        assert_one_error(said, 2, words)
        assert said.out == ""


def test_a_setting_out_of_range_is_told_when_it_is_set(charplay, with_model):
    for name, value in (("temperature", "-1"), ("top-p", "1.5"), ("answers", "0")):
        assert_one_error(charplay("-c", f":set {name} {value}"), 2, name)


def test_training_values_out_of_range_are_told_before_it_starts(charplay, home):
    for words in (
        ("--epochs", "0"),
        ("--updates", "-1"),
        ("--set", "hidden=0"),
        ("--set", "learning-rate=0"),
        ("--set", "learning-rate=nan"),
        ("--set", "held-out=2"),
        ("--set", "hidden"),
        ("--name", "../dinosaurs"),
        ("--column", "name"),
    ):
        assert_one_error(charplay("train", "dinosaurs", *words), 2)
    assert not (home / "jobs").exists()


def test_an_empty_name_does_not_train_over_another_model(charplay, with_model, library):
    """As in a script whose variable is not set: `train dinosaurs --name "$NAME"`."""
    before = library()
    assert_one_error(charplay("train", "dinosaurs", "--epochs", "1", "--name", ""), 2, "name")
    assert library() == before


def test_unknown_characters_of_a_prompt_are_left_out_with_a_notice(charplay, with_model):
    said = charplay("sample", "-n", "3", "--prompt", "Ty7r!")
    assert (said.status, said.err) == (0, "")
    assert said.notes == "note: left out, unknown to this model: 7 !\n"
    assert all(line.startswith("Tyr") for line in said.lines)


def test_accents_of_a_prompt_are_folded_with_a_notice_and_case_without(charplay, with_model):
    said = charplay("sample", "-n", "3", "--prompt", "Týr")
    assert said.notes == "note: read in plain letters: ý\n"
    assert all(line.startswith("Tyr") for line in said.lines)
    said = charplay("sample", "-n", "3", "--prompt", "TYR")
    assert all(line.startswith("Tyr") for line in said.lines)


def test_a_notice_stands_in_json_too(charplay, with_model):
    said = charplay("sample", "-n", "1", "--prompt", "Ty7r", "--format", "json")
    assert json.loads(said.out)["notices"] == ["left out, unknown to this model: 7"]


def test_a_prompt_of_unknown_characters_only_says_which_are_known(charplay, with_model):
    for prompt in ("1234", "恐竜", "\x1b\x07"):
        said = charplay("sample", "--prompt", prompt)
        assert_one_error(said, 2, "knows none of these characters", "a b c d e f g")
        assert said.out == ""


def test_a_prompt_longer_than_a_name_may_be(charplay, with_model):
    assert_one_error(charplay("sample", "--prompt", "a" * 60), 2, "--max-chars")


@pytest.mark.parametrize("name", ["none.txt", "folder", "binary.txt"])
def test_a_prompt_file_that_cannot_be_read(charplay, with_model, tmp_path, name):
    (tmp_path / "folder").mkdir()
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\x00")
    assert_one_error(charplay("sample", "--prompt", f"@{tmp_path / name}"), 1, name)


def test_an_error_is_one_line_even_where_a_name_has_several(charplay, with_model, tmp_path):
    said = charplay("names", tmp_path / "friend\nerror: no\n  → way.safetensors")
    assert_one_error(said, 1, "there is no model file")


def edited(path):
    """The model with one weight changed, its header as it was."""
    with safetensors.safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    arrays = {name: array.copy() for name, array in safetensors.numpy.load_file(path).items()}
    next(iter(arrays.values())).flat[0] += 1
    return safetensors.numpy.save(arrays, metadata)


def with_another_header(path, **changes):
    """The model with its header changed, its weights as they were."""
    with safetensors.safe_open(path, framework="numpy") as file:
        header = json.loads(file.metadata()["charplay"])
    header.update(changes)
    arrays = safetensors.numpy.load_file(path)
    return safetensors.numpy.save(arrays, {"charplay": json.dumps(header)})


BROKEN = {
    "empty": lambda path: b"",
    "truncated in the header": lambda path: path.read_bytes()[:100],
    "truncated in the weights": lambda path: path.read_bytes()[:-100],
    "text": lambda path: b"This is no model at all.\n" * 10,
    "pickle": lambda path: b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.",
    "zeros": lambda path: bytes(1000),
    "foreign safetensors": lambda path: safetensors.numpy.save({"a": np.zeros(3)}),
    "foreign with metadata": lambda path: safetensors.numpy.save({"a": np.zeros(3)}, {"x": "y"}),
    "header of no JSON": lambda path: safetensors.numpy.save(
        {"a": np.zeros(3)}, {"charplay": "{"}
    ),
    "header of other JSON": lambda path: safetensors.numpy.save(
        {"a": np.zeros(3)}, {"charplay": "[1]"}
    ),
    "a changed weight": edited,
    "a changed vocabulary": lambda path: with_another_header(path, vocabulary="\nabc"),
    "a changed kind": lambda path: with_another_header(path, kind="prose"),
    "a later format": lambda path: with_another_header(path, format=999),
    "a kind that is none": lambda path: with_another_header(path, kind="music"),
    "a history that is none": lambda path: with_another_header(path, history=7),
    "another field": lambda path: with_another_header(path, surprise=1),
    "a changed byte": lambda path: path.read_bytes()[:-1]
    + bytes([path.read_bytes()[-1] ^ 1]),
}  # fmt: skip


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_model_file_by_its_path(charplay, model_file, library, breaking):
    model_file.write_bytes(breaking(model_file))
    before = library()
    for words in (("names", model_file), ("model", model_file), ("sample", model_file)):
        said = charplay(*words)
        assert_one_error(said, 1, "friend.safetensors")
        assert said.out == ""
    assert library() == before
    assert charplay("names").status == 0


@pytest.fixture(scope="module")
def home_of_two(trained_home, tmp_path_factory):
    """A data home with the models `dinosaurs` and `whole` in it; not to be written to."""
    home = tmp_path_factory.mktemp("two") / "home"
    shutil.copytree(trained_home, home)
    words = ["train", "dinosaurs", "--quick", "--name", "whole"]
    assert run(words, make_environment(home)) == 0
    return home


@pytest.mark.parametrize("breaking", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_model_file_inside_the_library(charplay, home_of_two, home, breaking):
    with_model = shutil.copytree(home_of_two, home)
    digest = (with_model / "models" / "names" / "dinosaurs").read_text().split()[0]
    path = with_model / "models" / f"{digest}.safetensors"
    path.write_bytes(breaking(path))
    assert_one_error(charplay("names", "dinosaurs"), 1)
    assert charplay("names", "whole").status == 0
    # The list still shows both, and says so where it can tell that one is broken.
    listed = charplay("models", "--format", "json")
    assert (listed.status, listed.err) == (0, "")
    own = [row["model"] for row in json.loads(listed.out) if row["state"] != "shipped"]
    assert own == ["dinosaurs", "whole"]
    assert charplay("models").status == 0


def test_a_broken_model_can_be_made_again_under_its_name(charplay, home_of_two, home):
    with_model = shutil.copytree(home_of_two, home)
    digest = (with_model / "models" / "names" / "dinosaurs").read_text().split()[0]
    (with_model / "models" / f"{digest}.safetensors").write_bytes(b"")
    assert charplay("train", "dinosaurs", "--updates", "3").status == 0
    assert charplay("names", "dinosaurs").status == 0


@pytest.mark.parametrize("broken", ["", "nonsense", "../../x", "f" * 64, "\udcff"])
def test_a_damaged_entry_of_the_library_hides_no_other_model(charplay, with_model, broken):
    entry = with_model / "models" / "names" / "broken"
    entry.write_text(broken, encoding="utf-8", errors="surrogateescape")
    said = charplay("models", "--format", "json")
    assert (said.status, said.err) == (0, "")
    assert "dinosaurs" in [row["model"] for row in json.loads(said.out)]
    assert charplay("names", "dinosaurs").status == 0
    assert_one_error(charplay("names", "broken"), 1)


@pytest.mark.parametrize("current", [b"", b"gone", b"\xff\xfe", b"\x00", b"a\nb", b"x" * 5000])
def test_a_damaged_choice_is_no_choice(charplay, with_model, current):
    (with_model / "models" / "current").write_bytes(current)
    assert charplay("models").status == 0
    assert charplay("names", "-n", "1").status == 0
    assert charplay("model", "dinosaurs").status == 0
    assert charplay("names").status == 0


def test_training_that_comes_to_no_number_keeps_the_library_as_it_was(
    charplay, with_model, library, home
):
    before = library()
    said = charplay("train", "dinosaurs", "--set", "learning-rate=1e30")
    assert_one_error(said, 1, "training stopped at update", "--set learning-rate=")
    assert library() == before
    assert charplay("names", "-n", "1").status == 0
    # The traceback is where a person who asks us can find it.
    logs = [home / "charplay.log", *(home / "jobs").glob("*/log.txt")]
    assert any("Traceback" in log.read_text("utf-8") for log in logs if log.exists())


def test_the_smaller_step_that_is_advised_is_one_that_can_be_typed(charplay, home):
    said = charplay("train", "dinosaurs", "--set", "learning-rate=1e30", "--updates", "2")
    advised = re.search(r"--set (learning-rate=\S+)", said.err)[1]
    again = charplay("train", "dinosaurs", "--set", advised, "--updates", "2")
    assert "learning-rate cannot be" not in again.err


def test_debug_shows_the_traceback_and_keeps_the_two_lines(charplay, with_model):
    said = charplay("--debug", "names", "zzzzzz")
    assert "Traceback" in said.out + said.err
    assert (
        "error: there is no model 'zzzzzz'\n  → charplay models lists what there is\n" in said.err
    )


def test_a_data_home_that_cannot_be_made(charplay, tmp_path):
    (tmp_path / "file").write_text("in the way")
    home = tmp_path / "file" / "home"
    assert charplay("corpora", home=home).status == 0
    assert_one_error(charplay("train", "dinosaurs", home=home), 1, "cannot make a job in")


def test_a_data_home_of_nobody_is_one_clear_error(home):
    done = subprocess.run(
        [sys.executable, "-m", "charplay", "models"],
        capture_output=True,
        env=variables_for(home, CHARPLAY_HOME="~nobody-at-all/charplay"),
        timeout=120,
    )
    assert_one_error(Said(done.returncode, done.stdout.decode(), done.stderr.decode()), 1)
