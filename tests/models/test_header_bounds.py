"""Headers of model files: every field at its bounds and beyond, and none but those that must be."""

import json
from pathlib import Path

import pytest

import charplay
from charplay.errors import ModelFileError
from charplay.models.header import Header, parse_header
from charplay.models.validation import check_header

LEAST = {
    "backend": "net", "backend_version": "1", "kind": "names", "vocabulary": "\na", "config": {},
    "format": 1, "digest": "",
}  # fmt: skip
SHA, LARGEST = "a" * 64, 2**63 - 1
HUNDRED = {str(n): "1" for n in range(100)}
MORE = {**HUNDRED, "more": "1"}


def with_field(path, value):
    """The least header with a field, which is named with the tables around it."""
    first, *inner = path.split(".")
    for name in reversed(inner):
        value = {name: value}
    return {**LEAST, first: value}


def fits(header):
    try:
        check_header(header)
    except ValueError:
        return False
    return True


def test_a_header_must_say_little():
    assert fits(LEAST)
    for name in LEAST:
        assert not fits({key: value for key, value in LEAST.items() if key != name}), name
    for table in ("plan", "sampling", "provenance", "progress"):
        assert fits({**LEAST, table: {}}), f"nothing in {table} must be there"
    for path in ("provenance.text", "provenance.counting", "progress.of_part"):
        assert fits(with_field(path, {})), path
    least = Header("net", "1", "names", "\na", {})
    assert (least.held_out_loss, least.offered_by) == (None, ())
    assert least == Header("net", "1", "names", "\na", {}, {}, {}, {}, (), {}, (), 1, "")


BOUNDS = {
    "backend": (["x", "x" * 60], ["", "x" * 61, "a\nb", 3]),
    "backend_version": (["", "x" * 200], ["x" * 201, "\x85", "\u2028", None]),
    "kind": (["names", "prose"], ["poems", None]),
    "vocabulary": (["\nab"], ["", "ba\n", "\naa", "ab", 3]),
    "config": ([{str(n): n for n in range(200)}], [{str(n): n for n in range(201)}, []]),
    "plan": ([{str(n): n for n in range(200)}], [{str(n): n for n in range(201)}, None]),
    "format": ([1, 7], ["1", 1.0]),
    "digest": ([SHA, ""], ["a" * 63, "A" * 64, "g" * 64]),
    "held_out_quantiles": ([[0.5] * 1001, []], [[0.5] * 1002, [1e10]]),
    "history": (
        [[], [[0, 2.0, None]], [[LARGEST, -1e9, 1e9]]],
        [[[-1, 2.0, None]], [[1, 1e9 + 0.5, None]], [[1, -1e9 - 0.5, None]], [[1, 2.0, 1e9 + 0.5]],
         [[1, None, None]], [[1, 2.0]], [[1.5, 2.0, None]]],
    ),
    "sampling": ([{str(n): n for n in range(50)}], [{str(n): n for n in range(51)}]),
    "sampling.max_chars": ([1, 10_000], [0, 10_001, None]),
    "sampling.lines": ([1, 1_000, None], [0, 1_001]),
    "sampling.stop": (["x", "x" * 1_000, None], ["", "x" * 1_001]),
    "progress": ([{str(n): n for n in range(50)}], [{str(n): n for n in range(51)}]),
    "progress.update": ([0, LARGEST], [-1, LARGEST + 1, None]),
    "progress.loss": ([None, 1e9, -1e9], [1e9 + 0.5, "x"]),
    "progress.smoothed": ([0, 1e300], [None]),
    "progress.weight": ([0, 1], [-0.1, 1.1]),
    "progress.summed": ([1.5], ["x"]),
    "progress.scored": ([0], [-1]),
    "progress.reported": ([None, 1.5], ["x"]),
    "progress.best": ([None, 1.5], [1e9 + 0.5]),
    "progress.waited": ([0], [-1]),
    "progress.characters": ([0], [-1]),
    "progress.seconds": ([0, 1e12], [-1, 1e12 + 0.5]),
    "progress.weights": ([[0.5] * 100], [[0.5] * 101, ["x"]]),
    "progress.offset": ([0], [-1]),
    "progress.characters_offset": ([0], [-1]),
    "progress.of_part": ([None, {"history": [[1, 2.0, None]]}], [{"history": [[1]]}, []]),
    "progress.of_part.update": ([0], [-1]),
    "provenance": ([{str(n): n for n in range(100)}], [{str(n): n for n in range(101)}]),
    "provenance.text.corpus": (["", "x" * 5_000], ["x" * 5_001]),
    "provenance.text.sha256": ([SHA, ""], ["x"]),
    "provenance.text.column": ([None, "x" * 5_000], ["x" * 5_001]),
    "provenance.text.kind": ([None, "names", "prose"], ["poems"]),
    "provenance.text.header": ([None, "yes", "no"], [True]),
    "provenance.text.encoding": ([None, "x" * 200], ["x" * 201]),
    "provenance.text.separator": ([None, "tab"], ["\n"]),
    "provenance.text.lower": ([True], [1, None]),
    "provenance.stage_texts": ([{"list": SHA}], [{"list": "x"}]),
    "provenance.recipe": ([None, "x" * 200], ["x" * 201]),
    "provenance.again": (["x" * 50_000], ["x" * 50_001, None]),
    "provenance.offered_by": ([["x"] * 100], [["x"] * 101, ["\n"]]),
    "provenance.made": (["2026"], [3]),
    "provenance.versions": ([HUNDRED], [MORE]),
    "provenance.held_out_loss": ([1e9], [1e9 + 0.5, None]),
    "provenance.counting.order": ([1, 100, None], [0, 101]),
    "provenance.counting.held_out_loss": ([1.5], ["x"]),
    "provenance.ancestry": ([[{"model": "a"}] * 1_000], [[{}] * 1_001, [{"model": 3}]]),
    "provenance.mixed": ([HUNDRED], [MORE]),
}  # fmt: skip


@pytest.mark.parametrize("path", BOUNDS)
def test_a_field_is_taken_up_to_its_bounds_and_refused_beyond(path):
    inside, outside = BOUNDS[path]
    for value in inside:
        check_header(with_field(path, value))
    for value in outside:
        assert not fits(with_field(path, value)), value


def test_names_need_a_line_end_and_prose_does_not():
    assert fits({**LEAST, "kind": "prose", "vocabulary": "ab"})
    assert not fits({**LEAST, "kind": "names", "vocabulary": "ab"})


def test_a_field_that_no_header_has_is_told():
    with pytest.raises(ValueError, match="a field cannot be 'more'"):
        check_header({**LEAST, "more": 1})


def test_who_offered_a_models_backend_is_told_as_its_file_says():
    def offered(value):
        return Header("net", "1", "names", "\na", {}, provenance={"offered_by": value}).offered_by

    assert offered(["a 1", 3, "b 2"]) == ("a 1", "b 2")
    assert offered("a 1") == ()
    assert Header("net", "1", "names", "\na", {}).offered_by == ()


def test_the_package_of_models_lists_them_when_it_is_called(home, monkeypatch):
    import charplay.models as package

    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    assert [entry.name for entry in package(home=home)] == [
        entry.name for entry in charplay.api.models(home=home)
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "format is missing"),
        ("[]", "it is no table"),
        ('{"format": 1}', "here lacks backend"),
        ("[" * 100_000, "it is nested too deeply"),
    ],
)
def test_a_damaged_header_says_what_is_wrong_with_it(text, reason):
    with pytest.raises(ModelFileError) as told:
        parse_header(Path("m.safetensors"), {"charplay": text})
    message = f"m.safetensors has a damaged header: {reason.removeprefix('here')}"
    assert told.value.message == message
    assert told.value.hint == "get the file again, or make the model again"


def test_a_header_has_a_longest(monkeypatch):
    text = json.dumps(LEAST)
    monkeypatch.setattr("charplay.models.header._LONGEST", len(text))
    assert parse_header(Path("m"), {"charplay": text}).backend == "net"
    with pytest.raises(ModelFileError, match=f"it has {len(text) + 1} characters"):
        parse_header(Path("m"), {"charplay": text + " "})


@pytest.mark.parametrize(("metadata", "said"), [(None, "not a charplay"), ({}, "not a charplay")])
def test_a_file_without_a_header_is_none_of_charplays(metadata, said):
    with pytest.raises(ModelFileError, match=said) as told:
        parse_header(Path("m"), metadata)
    assert told.value.hint == "choose another file"
