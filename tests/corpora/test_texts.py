import hashlib
import importlib
import pickle
import re
import runpy
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from charplay.errors import CorpusError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from tests.conftest import installed_plugins

CORPORA = Path(__file__).parents[2] / "corpora"
TEXTS = CORPORA / "charplay_corpora" / "texts"
LETTERS = "abcdefghijklmnopqrstuvwxyz"
CAPITALS = LETTERS.upper()
DIGITS = "0123456789"


@dataclass(frozen=True)
class Text:
    """The recorded facts of a shipped text: its kind, its count, and the characters that occur."""

    kind: str
    count: int
    characters: str


SHIPPED = {
    "dinosaurs": Text("names", 1318, LETTERS),
    "drugs": Text("names", 6855, LETTERS),
    "surnames": Text("names", 88799, LETTERS),
    "firstnames": Text("names", 5163, LETTERS),
    # No sonnet has a capital Q, X or Z.
    "sonnets": Text("prose", 94653, " !'(),-.:;?ABCDEFGHIJKLMNOPRSTUVWY" + LETTERS),
    "shakespeare": Text("prose", 4923681, " !\"&'(),-.:;?[]" + DIGITS + CAPITALS + LETTERS),
    "moby-dick": Text("prose", 1191287, " !\"$&'()*,-.:;?[]—" + DIGITS + CAPITALS + LETTERS),
}
NAMES = [name for name, text in SHIPPED.items() if text.kind == "names"]
PROSE = [name for name, text in SHIPPED.items() if text.kind == "prose"]
BOILERPLATE = (
    r"gutenberg|copyright|https?:|www\.|\be-?text|licen[cs]e agreement|\(c\)|all rights reserved"
)


@cache
def entries():
    return installed_plugins().corpora


@cache
def loaded(name):
    return load_corpus(TextChoice(name), entries())


@cache
def sources():
    """The rows of the table in SOURCES.md, by name, each a list of its cells."""
    lines = (CORPORA / "charplay_corpora" / "SOURCES.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row for row in cells if len(row) == 7 and row[0].startswith("`")}


@pytest.fixture
def script(monkeypatch):
    """The names that corpora/build.py defines."""
    monkeypatch.syspath_prepend(str(CORPORA))
    return runpy.run_path(str(CORPORA / "build.py"))


@pytest.fixture
def making(monkeypatch):
    """Modules of corpora/building, by name."""
    monkeypatch.syspath_prepend(str(CORPORA))
    return lambda name: importlib.import_module(f"building.{name}")


def whole(name):
    corpus = loaded(name)
    return "\n".join(corpus.names) if SHIPPED[name].kind == "names" else corpus.text


def test_every_file_in_the_folder_is_a_registered_text_and_nothing_else_is_there():
    ours = {name for name, entry in entries().items() if Path(str(entry.path)).parent == TEXTS}
    assert ours == set(SHIPPED) == set(sources())
    assert {Path(str(entries()[name].path)) for name in ours} == set(TEXTS.iterdir())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_is_registered_with_kind_summary_licence_and_source(name):
    entry = entries()[name]
    assert entry.kind == SHIPPED[name].kind
    assert entry.summary
    assert entry.licence == sources()[name][3]
    assert sources()[name][1].replace("`", "") in entry.source


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_is_the_one_that_was_recorded(name):
    corpus, row = loaded(name), sources()[name]
    assert corpus.kind == SHIPPED[name].kind
    assert row[5] == f"`{corpus.sha256}`"
    assert corpus.sha256 == hashlib.sha256(text_in_file(name).encode()).hexdigest()


def text_in_file(name):
    return whole(name) + ("\n" if SHIPPED[name].kind == "names" else "")


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_has_the_count_that_was_recorded(name):
    corpus, count = loaded(name), SHIPPED[name].count
    if corpus.kind == "names":
        assert len(corpus.names) == len(set(corpus.names)) == count
        assert sources()[name][6] == f"{count} distinct names"
    else:
        assert len(corpus.text) == count
        assert sources()[name][6] == f"{count} characters"


@pytest.mark.parametrize("name", SHIPPED)
def test_a_text_has_only_the_characters_that_belong_in_it(name):
    assert set(whole(name)) == {*SHIPPED[name].characters, "\n"}


# Not the lists of names: Gutenberg is a surname.
@pytest.mark.parametrize("name", PROSE)
def test_prose_has_no_words_of_its_publishers(name):
    found = re.search(BOILERPLATE, whole(name), re.IGNORECASE)
    assert found is None, found


@pytest.mark.parametrize("name", PROSE)
def test_prose_has_no_blanks_at_line_ends_and_no_empty_lines_at_its_own_ends(name):
    text = loaded(name).text
    assert not re.search(r"[ \t]+$", text, re.MULTILINE)
    assert text.strip("\n") + "\n" == text


@pytest.mark.parametrize("name", NAMES)
def test_a_list_has_no_empty_names(name):
    assert all(re.fullmatch("[a-z]+", listed) for listed in loaded(name).names)


def test_the_sonnets_are_154_poems_of_38_characters_when_lower_cased():
    text = loaded("sonnets").text
    poems = text.rstrip("\n").split("\n\n")
    lengths = [len(poem.split("\n")) for poem in poems]
    assert len(poems) == 154
    assert {number: length for number, length in enumerate(lengths, 1) if length != 14} == {
        99: 15,
        126: 12,
    }
    lowered = load_corpus(TextChoice("sonnets", lower=True), entries())
    assert len(lowered.vocabulary) == 38


def test_the_sonnets_have_neither_title_nor_numerals():
    text = loaded("sonnets").text
    assert text.startswith("From fairest creatures we desire increase,\n")
    assert text.endswith("\n  Love's fire heats water, water cools not love.\n")
    assert not re.search(r"^\s*[IVXLC]+\.?$", text, re.MULTILINE)


def test_shakespeare_is_four_poems_and_37_plays_each_under_its_title():
    works = loaded("shakespeare").text.split("\n\n\n")
    titles = [work.partition("\n\n")[0] for work in works]
    assert len(works) == len(set(titles)) == 41
    assert titles[:5] == [
        "A LOVER'S COMPLAINT",
        "THE PASSIONATE PILGRIM",
        "THE PHOENIX AND THE TURTLE",
        "THE RAPE OF LUCRECE",
        "ALL'S WELL THAT ENDS WELL",
    ]
    assert titles[-1] == "THE WINTER'S TALE"
    assert all(title == title.upper() and "\n" not in title for title in titles)
    beginnings = [work.partition("\n\n")[2] for work in works[4:]]
    assert all(
        re.match(r"(THE )?(ACT (I|1|FIRST)\b|PROLOGUE|INDUCTION)", play, re.IGNORECASE)
        for play in beginnings
    )


def test_shakespeare_does_not_repeat_the_sonnets():
    assert "From fairest creatures we desire increase" not in loaded("shakespeare").text


def test_moby_dick_has_its_135_chapters_and_its_epilogue():
    text = loaded("moby-dick").text
    numbers = [int(number) for number in re.findall(r"^CHAPTER (\d+)\.", text, re.MULTILINE)]
    assert numbers == list(range(1, 136))
    assert text.startswith("CHAPTER 1. Loomings.\n\nCall me Ishmael. ")
    assert text.endswith("only found another\norphan.\n")


def test_drugs_are_words_of_4_to_20_letters():
    names = loaded("drugs").names
    assert {len(name) for name in names} == set(range(4, 21))
    assert {"ibuprofen", "warfarin", "pembrolizumab"} <= set(names)


def test_the_census_lists_begin_with_the_most_frequent_names():
    assert loaded("surnames").names[:3] == ("smith", "johnson", "williams")
    assert loaded("firstnames").names[:5] == ("james", "john", "robert", "mary", "michael")


def test_the_largest_text_is_under_two_and_a_half_megabytes_packed():
    sizes = [path.stat().st_size for path in TEXTS.iterdir()]
    assert max(sizes) < 2_500_000
    assert sum(sizes) < 3_100_000


def test_the_script_checks_what_sources_records(script):
    for name, source in script["SOURCES"].items():
        row = sources()[name]
        assert row[4] == f"`{source.archive.sha256}`"
        assert row[5] == f"`{source.text_sha256}`"
        assert Path(str(entries()[name].path)).name == source.file
    assert set(script["SOURCES"]) == set(SHIPPED)


def test_packing_a_text_twice_gives_the_same_bytes(script):
    assert script["compress_text"](b"call me") == script["compress_text"](b"call me")
    # Bytes 4 to 7 of a gzip header are a time, the third a flag for a file name.
    assert script["compress_text"](b"call me")[3:8] == bytes(5)


def test_the_script_refuses_an_archive_that_is_not_the_recorded_one(tmp_path):
    archive = tmp_path / "dinosaurs-1.2.1.tgz"
    archive.write_bytes(b"another one")
    ran = run_script("dinosaurs", str(archive))
    assert ran.returncode == 1
    assert "has sha256" in ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.parametrize(
    "words", [[], ["dinosaurs"], ["--all", "a", "dinosaurs", "b"], ["unknown", "file"]]
)
def test_the_script_needs_a_name_and_its_archive_or_a_folder(words):
    assert run_script(*words).returncode == 2


def run_script(*words):
    command = [sys.executable, "-B", str(CORPORA / "build.py"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_build_reads_no_pickle_that_would_run_code(making):
    plain = {"drugs": [("a", 1.5, None)]}
    read = making("names").unpickle_plain
    assert read(pickle.dumps(plain)) == plain
    for value in (print, Path("x"), {"inside": [re.compile("x")]}):
        with pytest.raises(SystemExit, match="asks for"):
            read(pickle.dumps(value))


def test_a_packed_text_that_was_cut_short_is_named(tmp_path):
    raw = (TEXTS / "moby-dick.txt.gz").read_bytes()
    for damaged in (raw[:-100], b"Call me Ishmael.", raw[:1000] + b"x" * 100 + raw[1100:]):
        path = tmp_path / "novel.txt.gz"
        path.write_bytes(damaged)
        with pytest.raises(CorpusError, match=r"not a whole \.gz"):
            load_corpus(TextChoice(str(path)), {})
