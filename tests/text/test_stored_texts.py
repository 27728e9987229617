"""What is written of a text that is kept, and which parts of it are read again."""

import json
import zlib
from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text import token_cache
from charplay.text.catalogue import StoredText, StoredTexts, check_corpus_name, check_free
from charplay.text.corpus import (
    NameList,
    Prose,
    lines_of,
    load_corpus,
    load_stage_texts,
    split_corpus,
    split_inner,
)
from charplay.text.entry import CorpusEntry, Download
from charplay.text.facts import facts_of
from charplay.text.reading.reader import TextReader
from charplay.text.reading.text_reading import TextReading
from charplay.text.token_cache import TokenCache, encode_narrow
from charplay.text.vocabulary import Vocabulary

RIVERS = NameList(("Rhine", "Elbe", "Pó"), "rivers.txt", "5a")
LINK = Download("http://x/rivers", "00", 15, 9)
READ = TextReading(TextChoice("rivers.txt", kind="names", lower=True), ("read as UTF-16",))
ENTRY = CorpusEntry("rivers", "prose", "rivers", "CC0", "maps")


def test_a_record_has_all_that_is_known_of_a_text(home):
    kept = StoredTexts(home).keep(replace(ENTRY, download=LINK, reading=READ), RIVERS)
    assert (home / "corpora" / "rivers.txt").read_text("utf-8") == "Rhine\nElbe\nPó\n"
    written = (home / "corpora" / "rivers.json").read_text("utf-8")
    record = json.loads(written)
    assert written == json.dumps(record, indent=1, ensure_ascii=False)
    choice = record.pop("text")
    assert record == {
        "kind": "names", "summary": "rivers", "licence": "CC0", "source": "maps", "size": 3,
        "distinct": 11, "notes": ["read as UTF-16"],
        "download": {
            "url": "http://x/rivers", "sha256": "00", "characters": 15, "distinct_lower": 9,
        },
    }  # fmt: skip
    assert (choice["corpus"], choice["kind"], choice["lower"]) == ("rivers.txt", "names", True)
    assert "ó" not in written
    assert kept == replace(
        ENTRY, kind="names", download=LINK, reading=READ, size=3, distinct=11,
        path=home / "corpora" / "rivers.txt",
    )  # fmt: skip
    assert StoredTexts(home).all() == [StoredText("rivers", kept)]


def test_a_record_is_readable_in_any_script(home):
    StoredTexts(home).keep(replace(ENTRY, summary="Flüsse"), RIVERS)
    assert '"summary": "Flüsse"' in (home / "corpora" / "rivers.json").read_text("utf-8")
    written = json.loads((home / "corpora" / "rivers.json").read_text("utf-8"))
    assert (written["download"], written["text"], written["notes"]) == (None, None, [])


WHOLE = {
    "kind": "names", "summary": "", "licence": "", "source": "", "size": 3, "distinct": 10,
    "download": None, "text": None, "notes": [],
}  # fmt: skip
DAMAGED = [
    *({name: value} for name in ("summary", "licence", "source") for value in (None, 5)),
    *({name: value} for name in ("size", "distinct") for value in (None, "3", 1.5)),
    {"kind": "song"}, {"kind": None}, {"download": {"sha256": ""}}, {"download": {"url": 5}},
    {"download": {"url": "x", "more": 1}}, {"text": {"kind": "song"}}, {"text": {"more": 1}},
    {"text": {"corpus": "x"}, "notes": None},
]  # fmt: skip


@pytest.fixture
def recorded(home):
    """The only stored text, of a record that is a whole one but for some values."""

    def recorded(**changed):
        (home / "corpora").mkdir(parents=True, exist_ok=True)
        (home / "corpora" / "rivers.txt").write_text("Rhine\nElbe\nOder\n")
        (home / "corpora" / "rivers.json").write_text(json.dumps(WHOLE | changed))
        [text] = StoredTexts(home).all()
        return text

    return recorded


def test_a_whole_record_is_read(recorded, home):
    path = home / "corpora" / "rivers.txt"
    entry = CorpusEntry("rivers", "names", "", "", "", path, 3, 10)
    assert recorded() == StoredText("rivers", entry)
    with_link = recorded(download={"url": "x"})
    assert with_link.entry == replace(entry, download=Download("x"))
    with_choice = recorded(text={"corpus": "x", "kind": "names"}, notes=["a", 5])
    assert with_choice.entry.reading == TextReading(TextChoice("x", kind="names"), ("a", "5"))


@pytest.mark.parametrize("changed", DAMAGED, ids=str)
def test_a_record_with_one_wrong_value_cannot_be_read(recorded, changed):
    text = recorded(**changed)
    assert text == StoredText("rivers", None, "the record of the text rivers cannot be read")


def test_both_files_are_written_before_an_older_text_goes(home, monkeypatch):
    texts = StoredTexts(home)
    texts.keep(ENTRY, RIVERS)
    seen = []

    def removing(self, name):
        seen.append(sorted(p.stat().st_size for p in (home / "corpora").iterdir()))

    monkeypatch.setattr(StoredTexts, "remove", removing)
    texts.keep(ENTRY, RIVERS)
    sizes = [p.stat().st_size for p in (home / "corpora").iterdir()]
    assert seen == [sorted(sizes * 2)]


def test_with_a_text_go_its_tokens_however_it_was_read_and_no_others(home):
    texts = StoredTexts(home)
    kept = texts.keep(ENTRY, RIVERS)
    sha256 = load_corpus(TextChoice("rivers"), {"rivers": kept}).sha256
    tokens = home / "tokens"
    tokens.mkdir()
    for name in (f"{sha256}.tokens", f"{sha256}-lower.json", "other.json"):
        (tokens / name).write_text("")
    texts.remove("rivers")
    assert [path.name for path in tokens.iterdir()] == ["other.json"]
    texts.remove("rivers")


@pytest.mark.parametrize("length", [64, 65])
def test_a_name_has_at_most_64_characters(length):
    if length == 64:
        assert check_corpus_name("x" * length) == "x" * length
        return
    with pytest.raises(UsageError) as caught:
        check_corpus_name("x" * length)
    assert caught.value.message == f"'{'x' * 65}' cannot be the name of a text"
    assert caught.value.hint == (
        "give another with --name: letters, digits, dashes and dots, at most 64"
    )


def test_a_name_that_is_taken_is_told():
    with pytest.raises(UsageError) as caught:
        check_free("STRASSE", ["straße"])
    assert caught.value.message == "there is a corpus straße already"
    assert caught.value.hint == "give another name: --name NAME"


def test_an_entry_comes_back_from_its_data(tmp_path):
    entry = replace(ENTRY, path=tmp_path / "a.txt", size=3, distinct=4, download=LINK)
    data = entry.to_data()
    assert data["path"] == str(tmp_path / "a.txt")
    assert CorpusEntry.from_data(json.loads(json.dumps(data))) == entry
    bare = replace(ENTRY, reading=READ).to_data()
    assert (bare["path"], bare["download"], bare["reading"]) == (None, None, None)
    assert CorpusEntry.from_data(json.loads(json.dumps(bare))) == ENTRY


def test_an_entry_whose_file_is_in_an_archive_has_no_data():
    class Inside:
        def __str__(self):
            return "a.zip/a.txt"

    with pytest.raises(ValueError, match=r"its file a\.zip/a\.txt is no file of its own"):
        replace(ENTRY, path=Inside()).to_data()


def test_texts_are_shown_without_what_is_long():
    path = replace(ENTRY, path="/a/b")
    assert "/a/b" not in repr(path)
    assert repr(RIVERS) == (
        "NameList(names=('Rhine', 'Elbe', 'Pó'), source='rivers.txt', sha256='5a', kind='names')"
    )
    prose = replace(Prose.of("ab", "p", "5b"), reading=READ)
    assert repr(prose) == (
        "Prose(vocabulary=Vocabulary(characters='ab'), source='p', sha256='5b', kind='prose')"
    )


def test_lists_are_equal_however_they_were_read():
    assert replace(RIVERS, reading=READ) == RIVERS
    assert replace(RIVERS, names=("Rhine",)) != RIVERS


@pytest.mark.parametrize(
    ("length", "share", "parts"),
    [(4, 0.5, ("ab", "cd")), (10, 0.2, ("abcdefgh", "ij")), (3, 0, ("abc", ""))],
)
def test_the_end_of_prose_is_held_out(length, share, parts):
    corpus = Prose.of("abcdefghij"[:length], "p", "")
    assert tuple(part.text for part in split_corpus(corpus, share)) == parts


@pytest.mark.parametrize(("length", "share"), [(4, 0.75), (10, 0.1), (3, 0.4)])
def test_of_prose_two_characters_stay_on_each_side(length, share):
    with pytest.raises(CorpusError) as caught:
        split_corpus(Prose.of("abcdefghij"[:length], "p", ""), share)
    assert caught.value.message == f"p has {length} characters, too few to hold any out"
    assert caught.value.hint == "train on all of them with --set held-out=0"


@pytest.mark.parametrize(("length", "inner"), [(10, "ab"), (8, "ab"), (7, ""), (2, "")])
def test_the_start_of_prose_is_inner_where_it_has_two_characters(length, inner):
    text = "abcdefghij"[:length]
    training, found = split_inner(Prose.of(text, "p", ""), 0.2)
    assert (training.text, found.text) == (text.removeprefix(inner), inner)


def numbered(count):
    return NameList((*(f"n{n}" for n in range(count)), "n0"), "n", "")


@pytest.mark.parametrize(("count", "inner"), [(2, 0), (3, 1), (10, 2)])
def test_of_few_names_none_may_be_inner(count, inner):
    corpus = numbered(count)
    training, found = split_inner(corpus, 0.2)
    assert len(set(found.names)) == inner
    assert sorted(training.names + found.names) == sorted(corpus.names)


@pytest.mark.parametrize(("count", "share"), [(2, 0.2), (3, 0.9), (1, 0.5)])
def test_of_names_one_stays_on_each_side(count, share):
    with pytest.raises(CorpusError) as caught:
        split_corpus(numbered(count), share)
    assert caught.value.message == f"n has {count} distinct names, too few to hold any out"
    assert caught.value.hint == "train on all of them with --set held-out=0"
    assert len(set(split_corpus(numbered(2), 0.5)[1].names)) == 1


def test_the_parts_of_a_text_are_of_the_same_source():
    for corpus in (RIVERS, Prose.of("Rhine", "p", "5b")):
        for part in split_corpus(corpus, 0.4):
            assert (part.source, part.sha256) == (corpus.source, corpus.sha256)


def test_lines_go_over_pieces(monkeypatch):
    monkeypatch.setattr("charplay.text.corpus.PIECE", 2)
    assert list(lines_of(Prose.of("abcde\n\n fg\n", "p", ""))) == ["abcde", " fg"]


def test_texts_of_stages_are_read_as_the_runs_own(tmp_path):
    class Stages:
        texts = (str(tmp_path / "a.txt"), "birds")

    (tmp_path / "a.txt").write_text("Ann\nBob\n")
    (tmp_path / "b.txt").write_text("Wren\nJay\n")
    birds = CorpusEntry("birds", "names", "", "", "", tmp_path / "b.txt")
    choice = TextChoice("x", kind="names", lower=True, column="5", encoding="cp1252")
    found = load_stage_texts(choice, Stages, {"birds": birds})
    assert {name: text.names for name, text in found.items()} == {
        Stages.texts[0]: ("ann", "bob"),
        "birds": ("wren", "jay"),
    }


@pytest.mark.parametrize(
    ("corpus", "message", "hint"),
    [
        ("a.txt", "there is no file a.txt", "`corpora` lists the texts by name"),
        ("a/b", "there is no file a/b", "`corpora` lists the texts by name"),
        ("ab", "there is no corpus or file 'ab'", "`corpora` lists what there is"),
    ],
)
def test_what_there_is_not_is_told_as_a_file_or_a_name(corpus, message, hint):
    with pytest.raises(UsageError) as caught:
        load_corpus(TextChoice(corpus), {})
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_a_list_without_names_has_a_longest_of_its_newline():
    empty = NameList((), "n", "")
    assert facts_of(empty).longest == 1
    assert facts_of(empty, RIVERS).longest == len("Rhine\n")


@pytest.fixture
def in_small_pieces(monkeypatch):
    """Every text of 64 bytes and more is a large one."""
    monkeypatch.setattr(TextReader.__init__, "__defaults__", (False, 64, None, False))


VERSE = "Wer reitet so spät durch Nacht und Wind?\n" * 4


@pytest.mark.parametrize(
    ("choice", "ending"),
    [
        ({}, ""),
        ({"lower": True}, "-lower"),
        ({"encoding": "utf8"}, ""),
        ({"encoding": "cp1252"}, "-cp1252"),
        ({"encoding": "cp1252", "lower": True}, "-lower-cp1252"),
    ],
)
def test_the_tokens_of_a_large_text_are_named_by_how_it_was_read(
    in_small_pieces, tmp_path, home, choice, ending
):
    path = tmp_path / "verse.txt"
    path.write_bytes(VERSE.encode(choice.get("encoding", "utf-8")))
    corpus = load_corpus(TextChoice(str(path), kind="prose", **choice), {}, home)
    text = VERSE.lower() if "lower" in choice else VERSE
    assert corpus.text == text
    names = sorted(found.name for found in (home / "tokens").iterdir())
    assert names == [f"{corpus.sha256}{ending}.json", f"{corpus.sha256}{ending}.tokens"]
    told = ("capitals were made small letters; --set lower=off keeps them",)
    assert corpus.reading.notes == (told if "lower" in choice else ())


@pytest.mark.parametrize("with_home", [False, True])
def test_what_was_cleaned_of_a_large_text_is_told_each_time(
    in_small_pieces, tmp_path, home, with_home
):
    path = tmp_path / "verse.txt"
    path.write_bytes((VERSE + "a\ufeffb\x1a").encode())
    for _ in range(2):
        choice = TextChoice(str(path), kind="prose")
        corpus = load_corpus(choice, {}, home if with_home else None)
        assert corpus.text == VERSE + "ab"
        assert corpus.reading.notes == (
            "left out 1 byte order mark (U+FEFF) inside the text",
            "left out the end mark of a DOS file (^Z)",
        )
        assert corpus.reading.choice == TextChoice(str(path), kind="prose", encoding="utf-8")
    assert home.exists() is with_home


def test_cached_tokens_come_back_with_their_notes(home, monkeypatch):
    monkeypatch.setattr(token_cache, "_CHUNK", 2)
    vocabulary, cache = Vocabulary.of("abc"), TokenCache(home, "key")
    assert cache.read() is None
    pieces = [encode_narrow(vocabulary, "ab"), encode_narrow(vocabulary, "cab")]
    written = cache.write(vocabulary, iter(pieces), ("a note",))
    for found in (written, cache.read(), TokenCache(home, "key").read()):
        assert vocabulary.decode(found.tokens) == "abcab"
        assert (found.vocabulary, found.notes) == (vocabulary, ("a note",))
        assert type(found.tokens) is np.ndarray
    checksum = zlib.crc32(b"abc" + bytes([0, 1, 2, 0, 1]))
    record = json.loads((home / "tokens" / "key.json").read_text())
    assert record == {
        "format": 2, "vocabulary": "abc", "tokens": 5, "crc32": checksum, "notes": ["a note"],
    }  # fmt: skip
    assert cache.write(vocabulary, pieces).notes == ()
