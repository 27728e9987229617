"""A model that was trained on, as the command line, its page and Python show it."""

import json
from dataclasses import asdict

import pytest

import charplay as python
from charplay.ancestry import Ancestor, Base, parse_ancestry

MINE = Ancestor("mine", "0" * 64, "list.txt", "f" * 64)
SYLLABLES = "bra dor gul mek nas"


def listed(path, end):
    path.write_text("".join(f"{a}{b}{end}\n" for a in SYLLABLES.split() for b in SYLLABLES.split()))
    return path


def test_a_list_is_trained_on_with_another_and_the_page_tells_from_what(charplay, home, tmp_path):
    first, second = listed(tmp_path / "first.txt", "o"), listed(tmp_path / "second.txt", "üx")
    assert charplay("train", first, "--quick").status == 0
    said = charplay("train", second, "--from", "first")
    assert said.status == 0
    assert "learns 2 more characters: x ü" in said.told
    assert "makes a model trained on from first" in said.told
    page = json.loads(charplay("models", "show", "second", "--format", "json").out)
    [ancestor] = page["ancestry"]
    assert (ancestor["model"], ancestor["corpus"]) == ("first", "first.txt")
    text = charplay("models", "show", "second").out
    assert "trained on from" in text
    assert ancestor["digest"] in text
    assert "train second.txt --from first" in text
    names = charplay("names", "second", "-n", "40", "--seed", "1").out
    assert "ü" in names

    third = python.train(first, base="second", name="third", home=home)
    fourth = python.train(first, base=third, name="fourth", home=home)
    told = [each["model"] for each in fourth.header.provenance["ancestry"]]
    assert told == ["third", "second", "first"]


def test_a_base_comes_back_from_a_plan_as_it_was():
    base = Base("/x/list.safetensors", (MINE, MINE), optimiser=True)
    assert Base.from_dict(json.loads(json.dumps(base.to_dict()))) == base


@pytest.mark.parametrize(
    "told", [None, "mine", 7, {}, [None], [{}], [["mine"]], [{**asdict(MINE), "digest": 7}]]
)
def test_an_ancestry_without_sense_in_a_file_is_left_out(told):
    assert parse_ancestry(told) == ()


def test_of_an_ancestry_without_end_the_nearest_hundred_are_read():
    assert len(parse_ancestry([asdict(MINE)] * 5000)) == 100
