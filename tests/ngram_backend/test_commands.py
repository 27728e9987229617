"""The backend `ngram` as a person uses it."""

import json
import re

import pytest

from charplay.errors import ExitStatus


@pytest.fixture
def names_file(tmp_path):
    path = tmp_path / "birds.txt"
    names = "wren robin jay rook raven crow finch linnet lark swift swallow martin dove ruff knot"
    path.write_text("\n".join(names.split() * 3) + "\n")
    return path


def texts_of(said):
    return [name["text"] for name in json.loads(said.out)["answers"]]


def page_of(charplay, name):
    return json.loads(charplay("--format", "json", "models", "show", name).out)


def test_names_are_trained_drawn_shown_exported_and_added_again(charplay, names_file, tmp_path):
    trained = charplay("train", names_file, "--backend", "ngram", "--set", "order=4")
    assert (trained.status, trained.err) == (ExitStatus.DONE, "")
    assert "birds is in the library" in trained.out
    drawn = texts_of(charplay("--format", "json", "names", "birds", "-n", "5", "--seed", "7"))
    assert len(drawn) == 5
    facts = page_of(charplay, "birds")
    assert (facts["backend"], facts["network"]["order"]) == ("ngram", 4)
    assert facts["model_size"] == f"{facts['parameters']:,} n-grams"
    assert facts["facts"]["longest n-gram"] == "of order 4"
    assert "of order 4" in charplay("models", "show", "birds").out
    copy = tmp_path / "copy.safetensors"
    assert charplay("models", "export", "birds", copy).status == ExitStatus.DONE
    assert charplay("models", "add", copy, "--name", "again").status == ExitStatus.DONE
    again = charplay("--format", "json", "names", "again", "-n", "5", "--seed", "7")
    assert texts_of(again) == drawn


def test_prose_is_trained_and_talked_with(charplay, tmp_path):
    path = tmp_path / "rhyme.txt"
    path.write_text("The cat sat on the mat, and that was that.\n" * 40)
    trained = charplay("train", path, "--backend", "ngram")
    assert (trained.status, trained.err) == (ExitStatus.DONE, "")
    said = charplay("sample", "rhyme", "--prompt", "The c", "--max-chars", "20", "--seed", "1")
    assert "The cat sat on the mat" in said.out


def test_what_pruning_drops_is_told_on_the_models_page(charplay, names_file):
    words = ("--set", "order=5", "--set", "most=60")
    assert charplay("train", names_file, "--backend", "ngram", *words).status == ExitStatus.DONE
    page = page_of(charplay, "birds")
    kept = page["parameters"]
    dropped = int(re.findall(r"(\d+) more were dropped", page["facts"]["longest n-gram"])[0])
    assert 50 < kept <= 60 < dropped


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--epochs", "5"), "one pass, and this plan makes 5\n  → use --epochs 1"),
        (("--set", "order=13"), "a whole number from 0 to 12"),
        (("--set", "hidden=9"), "hidden"),
    ],
)
def test_what_counting_cannot_do_is_refused_with_what_to_type(charplay, names_file, words, told):
    said = charplay("train", names_file, "--backend", "ngram", *words)
    assert said.status != ExitStatus.DONE
    assert told in said.err


@pytest.mark.parametrize("kind", ["names", "prose"])
def test_windows_are_refused_with_a_cutting_that_works(charplay, names_file, kind):
    words = ("train", names_file, "--backend", "ngram", "--kind", kind)
    said = charplay(*words, "--set", "cutting=windows")
    assert "n-grams are counted in one pass, and windows overlap\n  → use --set " in said.err
    assert charplay(*words, *said.err.split()[-2:]).status == ExitStatus.DONE


def test_it_is_taken_only_where_it_is_named(charplay, names_file):
    said = charplay("train", names_file, "--epochs", "1", "--set", "hidden=4")
    assert said.status == ExitStatus.DONE
    assert page_of(charplay, "birds")["backend"] != "ngram"
