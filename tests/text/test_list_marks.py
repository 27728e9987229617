"""Names written as a list: what stands around them is no part of them, and that is said."""

import json

import pytest

from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from charplay.text.reading.list_marks import parse_json_list, strip_marks
from charplay.text.reading.name_lines import are_wrapped_items

NAMES = ("Wren", "Robin", "Kestrel", "Osprey", "Merlin", "Hobby")
SHAPES = {
    "bullets": "".join(f"- {name}\n" for name in NAMES),
    "stars, further in": "".join(f"  * {name}\n" for name in NAMES),
    "numbers": "".join(f"{number}. {name}\n" for number, name in enumerate(NAMES, 1)),
    "numbers in brackets, from nought": "".join(f"{n}) {name}\n" for n, name in enumerate(NAMES)),
    "quotation marks": "".join(f'"{name}"\n' for name in NAMES),
    "strings of a program": "".join(f"    '{name}',\n" for name in NAMES),
    "quotation marks on one line": ", ".join(f"“{name}”" for name in NAMES),
    "bullets and quotation marks": "".join(f'• "{name}"\n' for name in NAMES),
    "JSON on one line": json.dumps(NAMES),
    "JSON on many lines": json.dumps(NAMES, indent=2),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_list_is_read_without_its_marks_and_that_is_said(tmp_path, shape):
    path = tmp_path / "birds.txt"
    path.write_text(SHAPES[shape], encoding="utf-8")
    corpus = load_corpus(TextChoice(str(path)), {})
    assert corpus.names == NAMES
    said = [note for note in corpus.reading.notes if "left out the" in note or "JSON" in note]
    assert len(said) == 1 + (shape == "bullets and quotation marks")
    # What was decided reads the same names again.
    assert load_corpus(corpus.reading.choice, {}).names == NAMES


@pytest.mark.parametrize(
    "lines",
    [
        ["- Wren", "Robin"],
        ["- Wren", "* Robin"],
        ["1. Wren", "3. Robin"],
        ["1. Wren", "2) Robin"],
        ['"Wren"', "Robin"],
        ["'Wren\"", "'Robin'"],
        ["-Wren", "-Robin"],
        ["'t Hooft", "'s Gravesande"],
        ["2 Chainz", "3 Doors Down"],
        ["- Wren"],
    ],
)
def test_what_not_all_lines_have_is_a_part_of_the_names(lines):
    assert strip_marks(lines) == (lines, ())


@pytest.mark.parametrize(
    "text", ["", "Wren", "[", "[]", "[1, 2]", '["a", 1]', '{"a": "b"}', "[" * 9999]
)
def test_only_a_json_list_of_strings_is_one(text):
    assert parse_json_list(text) is None


def test_rows_without_a_name_are_counted(tmp_path):
    path = tmp_path / "birds.csv"
    path.write_text("name,id\nWren,1\n,2\nRobin,3\n,4\n")
    corpus = load_corpus(TextChoice(str(path)), {})
    assert corpus.names == ("Wren", "Robin")
    assert "2 rows are empty in that column and left out" in corpus.reading.notes


@pytest.mark.parametrize(
    ("lines", "wrapped"),
    [
        (["a, b, c"], True),
        (["a, b,", "c, d,", "e"], True),
        (["a, b,", "c, d", "e"], False),
        (["a, b", "c, d,", "e"], False),
        (["a,", "b,"], True),
        (["a b c"], False),
        (["a,"], False),
    ],
)
def test_items_are_wrapped_where_every_line_but_the_last_ends_in_the_separator(lines, wrapped):
    assert are_wrapped_items(lines, ",") is wrapped
