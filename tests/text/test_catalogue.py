"""Which corpora there are, what is kept of them in the data home, and what is fetched."""

import errno
import gzip
import hashlib
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from charplay.download import download_url
from charplay.errors import CharplayError, StorageError, UsageError
from charplay.plan import TextChoice
from charplay.text.catalogue import StoredTexts, available_corpora, check_corpus_name, check_free
from charplay.text.corpus import load_corpus
from charplay.text.entry import CorpusEntry, Download
from charplay.text.fetching import fetch_corpus
from tests.conftest import installed_plugins

RIVERS = "Rhine\nElbe\nOder\nPo\n"
POEM = "Was it a cat\nI saw?\n"


def corpus_of(tmp_path, text, kind):
    path = tmp_path / "given"
    path.write_bytes(text.encode())
    return load_corpus(TextChoice(str(path), kind=kind), {})


@pytest.fixture
def keep(home, tmp_path):
    """Keeps a text in the data home; its entry."""

    def keep(name, text=RIVERS, kind="names", download=None):
        entry = CorpusEntry(name, kind, "a text", "CC0", "somewhere", download=download)
        return StoredTexts(home).keep(entry, corpus_of(tmp_path, text, kind))

    return keep


def offered(tmp_path, name="birds"):
    path = tmp_path / f"{name}.offered"
    path.write_text("Wren\nJay\n")
    return CorpusEntry(name, "names", "birds", "CC0", "a plugin", path)


def to_fetch(url, name="poem", kind="prose", **known):
    return CorpusEntry(name, kind, "a poem", "none", "the web", download=Download(url, **known))


def test_what_plugins_offer_comes_first_and_then_what_is_kept(tmp_path, home, keep):
    keep("rivers")
    keep("alps")
    birds = offered(tmp_path)
    at_hand = available_corpora({"birds": birds}, home)
    assert list(at_hand) == ["birds", "alps", "rivers"]
    assert at_hand["birds"] is birds


def test_without_a_data_home_there_is_what_plugins_offer(tmp_path, home):
    assert list(available_corpora({"birds": offered(tmp_path)}, home)) == ["birds"]
    assert not home.exists()


def test_a_kept_text_is_found_again_as_it_was(home, keep):
    kept = keep("rivers", "Rhine\r\n\n Elbe \nRhine")
    assert (kept.size, kept.distinct) == (3, 9)
    again = available_corpora({}, home)["rivers"]
    assert again == kept
    corpus = load_corpus(TextChoice("rivers"), {"rivers": again})
    assert corpus.names == ("Rhine", "Elbe", "Rhine")
    assert len(corpus.vocabulary) == 9


def test_prose_is_kept_to_the_last_character(home, keep):
    text = "\n  Tab\there, é – 恐竜\n\n\nno newline at the end "
    kept = keep("poem", text, "prose")
    assert (kept.size, kept.distinct) == (len(text), len(set(text)))
    assert load_corpus(TextChoice("poem"), available_corpora({}, home)).text == text


def test_keeping_a_text_again_replaces_it(home, keep):
    keep("rivers")
    keep("rivers", POEM, "prose")
    assert available_corpora({}, home)["rivers"].kind == "prose"
    assert len(list((home / "corpora").iterdir())) == 2


def test_a_text_that_is_removed_leaves_nothing_behind(home, keep):
    keep("rivers")
    StoredTexts(home).remove("rivers")
    assert list((home / "corpora").iterdir()) == []
    assert available_corpora({}, home) == {}
    StoredTexts(home).remove("rivers")


def test_a_text_that_cannot_be_written_leaves_the_older_one(home, keep):
    before = keep("rivers")

    def pieces():
        yield POEM * 10_000
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    full = SimpleNamespace(kind="prose", size=1, vocabulary=POEM, pieces=pieces)
    with pytest.raises(StorageError, match="No space left"):
        StoredTexts(home).keep(before, full)
    assert available_corpora({}, home)["rivers"] == before
    assert len(list((home / "corpora").iterdir())) == 2


@pytest.mark.parametrize("written", [1, 2])
def test_a_kill_while_a_text_is_kept_leaves_it_whole_or_not_there(home, keep, monkeypatch, written):
    """Wherever the writing ends, nobody finds a text with another's counts."""
    keep("rivers")
    calls = []
    rename = os.replace

    def killed(source, target):
        calls.append(target)
        if len(calls) == written:
            raise KeyboardInterrupt
        rename(source, target)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keep("rivers", POEM, "prose")
    assert available_corpora({}, home) == {}
    assert StoredTexts(home).all() == []
    monkeypatch.undo()
    assert keep("rivers", POEM, "prose").size == len(POEM)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b"null",
        b'{"kind": "names", "summary": "", "licence": "", "source": "", "size": 1, "distinct": 1}',
        json.dumps(
            {"kind": "song", "summary": "", "licence": "", "source": "", "size": 1, "distinct": 1,
             "download": None}
        ).encode(),
        json.dumps(
            {"kind": "names", "summary": 1, "licence": "", "source": "", "size": 1, "distinct": 1,
             "download": None}
        ).encode(),
        json.dumps(
            {"kind": "names", "summary": "", "licence": "", "source": "", "size": "1",
             "distinct": 1, "download": None}
        ).encode(),
        json.dumps(
            {"kind": "names", "summary": "", "licence": "", "source": "", "size": 1,
             "distinct": 1, "download": {"url": 5}}
        ).encode(),
    ],
)  # fmt: skip
def test_a_damaged_record_does_not_hide_the_other_texts(home, keep, record):
    keep("rivers")
    keep("alps")
    (home / "corpora" / "alps.json").write_bytes(record)
    assert list(available_corpora({}, home)) == ["rivers"]
    (alps, rivers) = StoredTexts(home).all()
    assert (alps.name, alps.entry) == ("alps", None)
    assert "cannot be read" in alps.fault
    assert rivers.fault == ""


def test_a_text_whose_file_is_gone_is_a_fault(home, keep):
    keep("rivers")
    (home / "corpora" / "rivers.txt").unlink()
    assert available_corpora({}, home) == {}
    assert [kept.fault for kept in StoredTexts(home).all()] == [
        "the file of the text rivers is missing"
    ]


def test_files_that_are_on_their_way_are_no_texts(home, keep):
    keep("rivers")
    (home / "corpora" / ".alps.json").write_text("{}")
    (home / "corpora" / "alps.txt").write_text("left over")
    assert [kept.name for kept in StoredTexts(home).all()] == ["rivers"]


@pytest.mark.parametrize("name", ["a", "my-list", "v1.2", "Städte", "a_b+c", "7"])
def test_a_name_that_can_be_a_file_is_taken(name):
    assert check_corpus_name(name) == name


@pytest.mark.parametrize(
    "name", ["", ".", "..", "../x", "a/b", "a\\b", "-n", "a b", "a\n", "x" * 65]
)
def test_a_name_that_leads_elsewhere_or_cannot_be_typed_is_refused(name):
    with pytest.raises(UsageError, match="cannot be the name of a text"):
        check_corpus_name(name)


def test_a_name_is_taken_in_whatever_case_it_is_written():
    assert check_free("rivers", ["alps", "river"]) == "rivers"
    with pytest.raises(UsageError, match="there is a corpus Rivers already"):
        check_free("rivers", ["alps", "Rivers"])


def test_an_offered_text_stays_where_a_kept_one_has_its_name(tmp_path, home, keep):
    keep("birds")
    birds = offered(tmp_path)
    assert available_corpora({"birds": birds}, home) == {"birds": birds}


def test_an_entry_to_fetch_has_its_file_once_it_was_fetched(home, keep):
    entry = to_fetch("http://x/poem")
    assert available_corpora({"poem": entry}, home)["poem"].path is None
    keep("poem", POEM, "prose", entry.download)
    found = available_corpora({"poem": entry}, home)["poem"]
    assert found.path is not None
    assert (found.size, found.distinct, found.summary) == (len(POEM), 11, "a poem")


@pytest.mark.parametrize(
    "download", [None, Download("http://y/poem"), Download("http://x/poem", sha256="0" * 64)]
)
def test_a_kept_text_that_is_not_the_one_to_fetch_is_not_taken_for_it(home, keep, download):
    entry = to_fetch("http://x/poem")
    keep("poem", POEM, "prose", download)
    assert available_corpora({"poem": entry}, home) == {"poem": entry}


def test_what_was_fetched_is_there_without_the_plugin_that_told_of_it(home, keep):
    keep("poem", POEM, "prose", Download("http://x/poem"))
    assert list(available_corpora({}, home)) == ["poem"]


def test_a_text_that_is_not_fetched_is_refused_with_what_to_type():
    with pytest.raises(CharplayError) as caught:
        load_corpus(TextChoice("poem"), {"poem": to_fetch("http://x/poem")})
    assert caught.value.message == "poem is not fetched yet"
    assert caught.value.hint == "`corpora fetch poem`"


SHIPPED = installed_plugins().corpora


@pytest.mark.parametrize("name", [name for name, entry in SHIPPED.items() if entry.path])
def test_what_a_shipped_text_declares_of_its_size_is_so(name):
    entry, corpus = SHIPPED[name], load_corpus(TextChoice(name), SHIPPED)
    size = len(corpus.names) if corpus.kind == "names" else corpus.characters
    assert (entry.size, entry.distinct) == (size, len(corpus.vocabulary))


def test_the_catalogue_offers_the_texts_of_two_exercises_with_what_verifies_them():
    nietzsche, shakespeare = SHIPPED["nietzsche"], SHIPPED["tiny-shakespeare"]
    assert nietzsche.download.url.endswith("/nietzsche.txt")
    assert (nietzsche.download.characters, nietzsche.download.distinct_lower) == (600_893, 57)
    assert shakespeare.download.url.endswith("/tinyshakespeare/input.txt")
    assert shakespeare.download.sha256.startswith("86c4e6aa9db7")
    assert nietzsche.path is shakespeare.path is None


def test_which_corpora_there_are_is_told_without_numpy():
    code = "import charplay.text.catalogue, charplay.commands.corpora, sys\n"
    code += "assert not {'numpy', 'requests'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def digest_of(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def refusal():
    """How fetching is refused: message and hint, each one line."""

    def refusal(entry):
        with pytest.raises(CharplayError) as caught:
            fetch_corpus(entry, entry.download)
        assert "\n" not in caught.value.message + caught.value.hint
        return caught.value.message, caught.value.hint

    return refusal


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path, monkeypatch):
    """What fetching leaves behind would be seen here."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def test_a_text_is_fetched_and_verified_by_its_checksum(server):
    entry = to_fetch(server.url("/poem.txt", POEM.encode()), sha256=digest_of(POEM))
    corpus = fetch_corpus(entry, entry.download)
    assert (corpus.text, corpus.sha256, corpus.source) == (POEM, digest_of(POEM), "poem")
    assert server.asked == ["/poem.txt"]


def test_a_text_is_verified_by_its_length_and_its_distinct_characters(server):
    body = POEM.replace("\n", "\r\n").encode()
    entry = to_fetch(server.url("/poem", body), characters=len(POEM), distinct_lower=9)
    assert fetch_corpus(entry, entry.download).text == POEM


def test_a_packed_text_is_unpacked(server):
    packed = gzip.compress(RIVERS.encode())
    checksum = hashlib.sha256(packed).hexdigest()
    url = server.url("/rivers.txt.gz", packed)
    entry = to_fetch(url, "rivers", "names", sha256=checksum)
    assert fetch_corpus(entry, entry.download).names == ("Rhine", "Elbe", "Oder", "Po")


def test_a_wrong_checksum_is_told_in_plain_words(server, refusal):
    url = server.url("/poem.txt", b"another text")
    assert refusal(to_fetch(url, sha256=digest_of(POEM))) == (
        "poem was not fetched: 127.0.0.1 sent another file than expected: its checksum is wrong",
        "download it in another way and add it: `corpora add FILE --name NAME`",
    )


@pytest.mark.parametrize(
    ("known", "words"),
    [
        ({"characters": 21}, "it has 20 characters, not 21"),
        ({"distinct_lower": 57}, "it has 9 distinct characters when lower-cased, not 57"),
    ],
)
def test_a_text_of_another_size_is_told_in_plain_words(server, refusal, known, words):
    message, _ = refusal(to_fetch(server.url("/poem.txt", POEM.encode()), **known))
    assert message.endswith(words)


def test_an_address_without_a_text_is_told_in_plain_words(server, refusal):
    message, hint = refusal(to_fetch(server.url("/gone.txt")))
    assert message == "poem was not fetched: 127.0.0.1 no longer has it (status 404)"
    assert "corpora add FILE" in hint


def test_a_text_that_breaks_off_is_told_in_plain_words(server, refusal):
    url = server.url("/poem.txt", POEM.encode() * 1000, cut=True)
    assert refusal(to_fetch(url)) == (
        "poem was not fetched: 127.0.0.1 stopped sending before the end",
        "check the network, then type `corpora fetch poem` again",
    )


def test_that_there_is_no_network_is_told_in_plain_words(nobody, refusal):
    assert refusal(to_fetch(nobody)) == (
        "poem was not fetched: there is no connection to 127.0.0.1",
        "check the network, then type `corpora fetch poem` again",
    )


@pytest.mark.parametrize("body", [b"\xff\xfe\x00", b"", b"\x89PNG\x00"])
def test_what_is_no_text_is_refused(server, refusal, body):
    message, _ = refusal(to_fetch(server.url("/poem.txt", body)))
    assert message.startswith("poem was not fetched: poem is ")


@pytest.mark.parametrize("url", ["http://[", "poem.txt", "nothing://x/y", "http://", "file:///x"])
def test_an_address_that_is_none_is_told_in_plain_words(refusal, url):
    message, _ = refusal(to_fetch(url))
    assert message.startswith("poem was not fetched: ")


def test_any_file_is_fetched_for_as_long_as_it_is_looked_at(server):
    with download_url(server.url("/a.safetensors?raw=1", b"model")) as path:
        assert (path.read_bytes(), path.suffix) == (b"model", ".safetensors")
    assert not Path(path).exists()


def test_any_file_that_is_not_there_is_told_of_by_its_address(server):
    url = server.url("/gone")
    with pytest.raises(CharplayError) as caught, download_url(url):
        pass
    assert caught.value.message.startswith(f"{url} was not fetched: ")


def test_fetching_writes_nothing_of_its_own(server, capfd, caplog):
    caplog.set_level(logging.DEBUG)
    entry = to_fetch(server.url("/poem.txt", POEM.encode()))
    fetch_corpus(entry, entry.download)
    assert capfd.readouterr() == ("", "")
