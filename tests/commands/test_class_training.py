"""`train --by` and `train --each`: the rows and files as classes, their models, and the test."""

import csv
import io
import json

import pytest

from charplay.errors import CorpusError, UsageError
from charplay.models.header import read_header
from charplay.plan import TextChoice
from charplay.terminal.cli import run
from charplay.text.tables.classes import read_classes
from charplay.text.tables.columns import ColumnsError
from tests.conftest import make_environment

SYLLABLES = {"soft": ("la", "mi", "no", "ru"), "hard": ("kek", "tot", "gag", "pup")}


def names_of(kind):
    some = SYLLABLES[kind]
    return [a + b + c for a in some for b in some for c in some]


def classes_of(tmp_path, text, by="kind", name="table.csv", **choice):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_classes(str(path), path, TextChoice(str(path), **choice), by)


# The rows of a table.


def test_the_only_other_column_of_text_is_taken_by_class(tmp_path):
    found = classes_of(tmp_path, 'name,kind,size\nAda,red,1\n"B, C",blue,2\nDora,red,3\n')
    assert found.classes == {"red": ["Ada", "Dora"], "blue": ["B, C"]}
    assert found.notes[0] == "took column name of 3 (separator: comma), by kind"


def test_a_named_column_is_taken_by_class(tmp_path):
    text = "name,place,kind\nAda,here,x\nBob,there,y\n"
    assert classes_of(tmp_path, text, column="place").classes == {"x": ["here"], "y": ["there"]}
    by_number = classes_of(tmp_path, text, "2", column="1")
    assert by_number.classes == {"here": ["Ada"], "there": ["Bob"]}


def test_with_several_other_columns_one_must_be_named(tmp_path):
    with pytest.raises(ColumnsError) as raised:
        classes_of(tmp_path, "name,place,kind\nAda,here,red\nBob,there,blue\n")
    assert raised.value.columns == {1: "name", 2: "place"}


def test_rows_without_either_cell_are_left_out_and_told(tmp_path):
    found = classes_of(tmp_path, "name,kind\nAda,x\n,x\nBob,\nCleo\nDora,y\n")
    assert found.classes == {"x": ["Ada"], "y": ["Dora"]}
    assert found.notes[-1] == "3 rows are empty in one of the two columns and left out"


@pytest.mark.parametrize("name", ["table.tsv", "table.txt"])
def test_a_table_by_another_separator_is_read_too(tmp_path, name):
    rows = "".join(f"{n}\tx\n{n}o\ty\n" for n in names_of("soft")[:12])
    found = classes_of(tmp_path, f"name\tkind\n{rows}", name=name)
    assert {name: len(cells) for name, cells in found.classes.items()} == {"x": 12, "y": 12}


@pytest.mark.parametrize(
    ("text", "by", "error", "message"),
    [
        ("name,kind\nAda,x\n", "sort", UsageError, "no column of"),
        ("Ada\nBob\nCleo\n", "kind", (UsageError, CorpusError), "column"),
        ("", "kind", CorpusError, "one column"),
    ],
)
def test_what_has_no_such_column_is_an_error(tmp_path, text, by, error, message):
    with pytest.raises(error, match=message):
        classes_of(tmp_path, text, by)


# Models.


@pytest.fixture(scope="module")
def classified(tmp_path_factory):
    """A data home with models of two classes, and what the training of them told."""
    folder = tmp_path_factory.mktemp("classified")
    table = folder / "words.csv"
    rows = [(name, kind) for kind in SYLLABLES for name in names_of(kind)]
    table.write_text("name,kind\n" + "".join(f"{name},{kind}\n" for name, kind in rows))
    environment = make_environment(folder / "home")
    status = run(["train", str(table), "--by", "kind", "--format", "json"], environment)
    assert status == 0, environment.stderr.getvalue()
    return folder, environment.stdout.getvalue()


def test_each_class_has_a_model_and_the_test_of_them_comes_last(classified):
    folder, told = classified
    *trained, test = map(json.loads, told.splitlines())
    assert [each["model"] for each in trained] == ["words.hard", "words.soft"]
    assert [(each["number"], each["of"]) for each in trained] == [(1, 2), (2, 2)]
    assert test["classes"] == ["words.hard", "words.soft"]
    assert test["accuracy"] == 1
    assert test["texts"] == 12  # a tenth of 64 names, twice
    paths = sorted((folder / "home" / "models").glob("*.safetensors"))
    assert {read_header(path).backend for path in paths} == {"ngram"}


def test_the_models_classify_and_are_tested_again_with_the_same_result(classified):
    folder, told = classified
    environment = make_environment(folder / "home")
    assert run(["classify", "--models", "words.*", "--test", "--format", "json"], environment) == 0
    assert json.loads(environment.stdout.getvalue()) == json.loads(told.splitlines()[-1])
    environment = make_environment(folder / "home")
    assert run(["classify", "--models", "words.*", "--format", "csv", "kekpup"], environment) == 0
    assert "words.hard" in environment.stdout.getvalue().splitlines()[1] or (
        next(csv.DictReader(io.StringIO(environment.stdout.getvalue())))["model"] == "words.hard"
    )


def test_each_file_of_a_folder_is_a_class(charplay, tmp_path):
    folder = tmp_path / "kinds"
    folder.mkdir()
    for kind in SYLLABLES:
        (folder / f"{kind}.txt").write_text("".join(f"{name}\n" for name in names_of(kind)))
    (folder / ".hidden").write_text("no class\n")
    said = charplay("train", folder, "--each", "--name", "two")
    assert said.status == 0, said.err
    lines = said.out.splitlines()
    assert lines[0] == "training 2 models"
    assert lines[1].startswith("1 of 2: two.hard, ")
    assert "100.0 % of 12 held-out texts were taken for their own class" in said.out
    assert "charplay classify --models 'two.*' TEXT chooses one of them" in said.told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--each",), "--each needs a folder of texts"),
        (("nowhere", "--each"), "there is no nowhere"),
        (("{file}", "--each"), "is a file, and --each needs a folder"),
        (("{folder}", "--by", "kind"), "is a folder, and --by needs a table"),
        (("{folder}", "--each", "--by", "kind"), "do different things"),
        (("{folder}", "--each"), "has 1 files, and classes are from 2"),
        (("{file}", "--by", "name"), "no other"),
        (("{file}", "--by", "kind", "--name", "../x"), "cannot be the name of a model"),
        (("{same}", "--by", "kind"), "classes are from 2"),
        (("{alike}", "--by", "kind"), "two classes would have the name"),
    ],
)
def test_what_cannot_be_trained_by_class_is_told_and_leaves_nothing(
    charplay, tmp_path, home, words, message
):
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "a.txt").write_text("a\nb\n")
    files = {
        "file": "name,kind\nAda,x\nBob,y\n",
        "same": "name,kind\nAda,x\nBob,x\n",
        "alike": "name,kind\nAda,x\nBob,x\nCleo,X\nDora,X\n",
    }
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text)
    places = {name: tmp_path / f"{name}.csv" for name in files} | {"folder": folder}
    said = charplay("train", *(word.format(**places) for word in words))
    assert said.status in (1, 2), said.told
    assert message in said.err
    assert not list((home / "models").glob("*")) if (home / "models").exists() else True


def test_a_list_and_prose_in_one_folder_are_refused_before_any_training(charplay, tmp_path, home):
    folder = tmp_path / "both"
    folder.mkdir()
    (folder / "a.txt").write_text("".join(f"{name}\n" for name in names_of("soft")))
    (folder / "b.txt").write_text("A long sentence of prose, and then another one. " * 60)
    said = charplay("train", folder, "--each")
    assert said.status == 2
    assert "no text is both" in said.err
    assert not (home / "jobs").exists()
