"""A text by name is read as its entry says; how a text was read, in words."""

import pytest

from charplay.errors import CharplayError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from charplay.text.entry import CorpusEntry
from charplay.text.reading.text_reading import TextReading, choice_in_words


def entry_of(tmp_path, text, kind="names", file="t.txt", **more):
    path = tmp_path / file
    path.write_text(text)
    return {"birds": CorpusEntry("birds", kind, "birds", "CC0", "a plugin", path, **more)}


def test_a_text_by_name_is_read_as_it_is_and_has_the_notes_of_its_entry(tmp_path):
    read = TextReading(notes=("took column name",))
    entries = entry_of(tmp_path, "name\n- Wren\n- Jay\n", reading=read)
    corpus = load_corpus(TextChoice("birds"), entries)
    assert (corpus.names, corpus.source) == (("name", "- Wren", "- Jay"), "birds")
    assert corpus.reading == TextReading(TextChoice("birds", kind="names"), ("took column name",))


@pytest.mark.parametrize("kind", ["names", "prose"])
def test_that_a_text_by_name_is_lower_cased_is_told_and_nothing_else(tmp_path, kind):
    entries = entry_of(tmp_path, "Wren\nJay \n", kind)
    corpus = load_corpus(TextChoice("birds", lower=True), entries)
    assert "".join(corpus.pieces()) == ("wren\njay\n" if kind == "names" else "wren\njay \n")
    assert corpus.reading.notes == ("capitals were made small letters; --set lower=off keeps them",)
    assert corpus.reading.choice == TextChoice("birds", kind=kind, lower=True)


def test_a_table_by_name_is_a_table(tmp_path):
    entries = entry_of(tmp_path, "id,name\n1,Wren\n2,Jay\n", file="t.CSV")
    corpus = load_corpus(TextChoice("birds"), entries)
    assert (corpus.names, corpus.reading.notes) == (("Wren", "Jay"), ())


FOR_FILES = {"column": "1", "header": "no", "encoding": "utf-8", "separator": "line"}


def test_a_text_by_name_is_not_read_as_the_other_kind(tmp_path):
    with pytest.raises(CharplayError) as caught:
        load_corpus(TextChoice("birds", kind="prose"), entry_of(tmp_path, "Wren\nJay\n"))
    assert caught.value.message == "the corpus birds is names, not prose"
    assert caught.value.hint == "leave out --kind"


@pytest.mark.parametrize("name", FOR_FILES)
def test_what_is_for_files_is_refused_of_a_text_by_name(tmp_path, name):
    choice = TextChoice("birds", **{name: FOR_FILES[name]})
    with pytest.raises(CharplayError) as caught:
        load_corpus(choice, entry_of(tmp_path, "Wren\nJay\n"))
    assert caught.value.message == f"the corpus birds is read as it is, without --{name}"
    assert caught.value.hint == f"leave out --{name}"


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        ({}, ""),
        ({"column": "name"}, "column name"),
        ({"separator": "comma"}, "separator comma"),
        ({"separator": "line", "header": "no", "encoding": "utf-8", "lower": False}, ""),
        ({"header": "yes"}, "without its header"),
        ({"encoding": "windows-1252"}, "windows-1252"),
        ({"encoding": "utf-16-le"}, "UTF-16"),
        ({"encoding": "Martian"}, "martian"),
        ({"lower": True}, "lower-cased"),
        ({"lower": 1, "column": 5, "encoding": None}, ""),
        (
            {"column": "a", "separator": "tab", "header": "yes", "encoding": "cp850"}
            | {"lower": True},
            "column a, separator tab, without its header, cp850, lower-cased",
        ),
    ],
)  # fmt: skip
def test_how_a_text_was_read_is_told_from_a_models_file(choice, words):
    assert choice_in_words(choice) == words
