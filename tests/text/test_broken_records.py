"""A record of a text that is broken in any way is told in its row, and hides no other text."""

import json

import pytest

from charplay.errors import CharplayError
from charplay.testing.world import run_shell
from charplay.text.catalogue import StoredTexts
from charplay.text.token_cache import TokenCache, encode_narrow
from charplay.text.tokens import MOST_CHARACTERS
from charplay.text.vocabulary import Vocabulary
from charplay.training.recipe import parse_recipe

NESTED = "[" * 200_000
WHOLE = {
    "kind": "names", "summary": "", "licence": "", "source": "", "size": 3, "distinct": 10,
    "download": None, "text": None, "notes": [],
}  # fmt: skip
ODD = (
    None, True, -1, 1.5, 10**30, "", "x", "\ud800", [], [1], [[]], {}, {"x": 1}, {"corpus": [1]},
    {"corpus": 5}, {"url": "x", "sha256": 5}, {"url": "x", "characters": "many"},
)  # fmt: skip


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home" / "corpora"
    folder.mkdir(parents=True)
    for name in ("mine", "yours"):
        (folder / f"{name}.txt").write_text("Anna\nBerta\nCarla\n")
        (folder / f"{name}.json").write_text(json.dumps(WHOLE))
    return tmp_path / "home"


@pytest.mark.parametrize(
    "record",
    [NESTED, json.dumps(WHOLE | {"text": [1]}), json.dumps(WHOLE | {"size": True}), "[]", "5"],
    ids=["nested", "a choice that is a list", "a size that is none", "a list", "a number"],
)
def test_a_record_that_is_broken_is_one_row_and_the_others_are_listed(home, record):
    (home / "corpora" / "mine.json").write_text(record)
    said = run_shell(home, ["corpora"])
    assert "charplay broke" not in said.told
    assert "the record of the text mine cannot be read" in said.told
    assert "yours" in said.out
    assert run_shell(home, ["corpora", "show", "yours"]).status == 0


@pytest.mark.parametrize("field", WHOLE)
@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_whatever_a_field_holds_both_texts_are_there(home, field, value):
    (home / "corpora" / "mine.json").write_text(json.dumps(WHOLE | {field: value}))
    mine, yours = StoredTexts(home).all()
    assert (yours.name, yours.fault) == ("yours", "")
    if mine.entry and mine.entry.download:
        assert isinstance(mine.entry.download.url, str)
        assert mine.entry.download.sha256 is None
    assert (mine.entry is None) == (mine.fault == "the record of the text mine cannot be read")


@pytest.mark.parametrize(
    "record",
    [NESTED, json.dumps({"vocabulary": "x" * (MOST_CHARACTERS + 1), "notes": []}), "[]", "5"],
    ids=["nested", "of too many characters", "a list", "a number"],
)
def test_a_record_of_tokens_that_is_broken_is_none(tmp_path, record):
    cache, vocabulary = TokenCache(tmp_path, "key"), Vocabulary("ab")
    cache.write(vocabulary, [encode_narrow(vocabulary, "abba")])
    assert cache.read() is not None
    (tmp_path / "tokens" / "key.json").write_text(record)
    assert cache.read() is None


def test_a_recipe_that_is_nested_without_end_has_a_mistake():
    with pytest.raises(CharplayError, match="the recipe deep cannot be read"):
        parse_recipe("deep", f"plan = {NESTED}")
