"""A large text is encoded once into the data home and mapped: the same to whoever reads it."""

import errno
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from charplay.errors import CorpusError, StorageError
from charplay.leftovers import remove_leftovers
from charplay.plan import Plan, TextChoice
from charplay.text.batching import cut_batches
from charplay.text.corpus import load_corpus, split_corpus
from charplay.text.reading.reader import PIECE
from charplay.text.token_cache import encode_narrow
from charplay.text.vocabulary import Vocabulary
from charplay.training.evaluation import loss_of
from tests.training.test_evaluation import Uneven

LINES = ["Wer reitet so spät\r\n", "durch Nacht und Wind?\r\n", "Es ist der VATER\n", "恐竜 mit\n"]


@pytest.fixture(scope="module")
def text(tmp_path_factory):
    """A text of a little more than a piece."""
    path = tmp_path_factory.mktemp("large") / "large.txt"
    draw = np.random.default_rng(0).integers(len(LINES), size=PIECE // 18)
    path.write_bytes("".join(LINES[i] for i in draw).encode())
    assert path.stat().st_size > PIECE
    return path


def loaded(text, home=None, **choice):
    return load_corpus(TextChoice(str(text), **choice), {}, home)


@pytest.fixture(scope="module")
def plain(text):
    """The text in memory."""
    return loaded(text)


def files_of(home):
    return sorted(path.name for path in (home / "tokens").iterdir())


def mapped(array):
    while array is not None and not isinstance(array, np.memmap):
        array = array.base
    return array is not None


def same(one, other):
    return (
        one.vocabulary == other.vocabulary
        and one.sha256 == other.sha256
        and np.array_equal(one.tokens, other.tokens)
    )


def test_a_large_text_is_mapped_from_the_data_home_and_the_same_as_in_memory(text, home, plain):
    for _ in range(2):
        corpus = loaded(text, home)
        assert mapped(corpus.tokens)
        assert not mapped(plain.tokens)
        assert same(corpus, plain)
    assert files_of(home) == [f"{plain.sha256}.json", f"{plain.sha256}.tokens"]
    assert (home / "tokens" / f"{plain.sha256}.tokens").stat().st_size == plain.characters


def test_a_small_text_needs_no_file(tmp_path, home):
    path = tmp_path / "small.txt"
    path.write_text("To be, or not to be, that is the question.\n")
    assert not mapped(loaded(path, home).tokens)
    assert not home.exists()


def test_a_large_text_is_encoded_once(text, home, monkeypatch):
    first = loaded(text, home)
    monkeypatch.setattr("charplay.text.corpus.encode_narrow", None)
    assert same(loaded(text, home), first)


def test_how_a_text_is_read_decides_which_tokens_are_its_own(text, home, plain):
    kept, lower = loaded(text, home), loaded(text, home, lower=True)
    assert "V" in kept.vocabulary
    assert "V" not in lower.vocabulary
    assert lower.text == plain.text.lower()
    assert len(files_of(home)) == 4


def test_a_text_that_was_changed_is_another_though_its_size_and_time_are_the_same(
    text, home, tmp_path
):
    path = tmp_path / "changing.txt"
    path.write_bytes(text.read_bytes())
    os.utime(path, ns=(1, 1))
    before = loaded(path, home)
    path.write_bytes(text.read_bytes().replace(b"VATER", b"PATER"))
    os.utime(path, ns=(1, 1))
    after = loaded(path, home)
    assert "P" in after.vocabulary
    assert same(after, loaded(path))
    assert not same(after, before)


def shorter(tokens, record):
    os.truncate(tokens, tokens.stat().st_size - 1)


def longer(tokens, record):
    with tokens.open("ab") as file:
        file.write(b"\0")


def altered(tokens, record):
    with tokens.open("r+b") as file:
        file.seek(PIECE - 7)
        file.write(b"\0\1\2\3")


def other_vocabulary(tokens, record):
    record.write_text(record.read_text().replace("VW", "WV"))


def of_another_format(tokens, record):
    record.write_text(json.dumps(json.loads(record.read_text()) | {"format": 0}))


@pytest.mark.parametrize(
    "damage",
    [
        shorter,
        longer,
        altered,
        other_vocabulary,
        of_another_format,
        lambda tokens, record: os.truncate(tokens, 0),
        lambda tokens, record: tokens.unlink(),
        lambda tokens, record: record.unlink(),
        lambda tokens, record: record.write_bytes(b"\xff"),
        lambda tokens, record: record.write_text("[]"),
        lambda tokens, record: record.write_text('{"vocabulary": 5}'),
        lambda tokens, record: record.write_text('{"vocabulary": ["a"]}'),
    ],
)
def test_tokens_that_are_not_whole_are_made_again(text, home, plain, damage):
    loaded(text, home)
    files = [home / "tokens" / f"{plain.sha256}{ending}" for ending in (".tokens", ".json")]
    whole = [path.read_bytes() for path in files]
    damage(*files)
    assert same(loaded(text, home), plain)
    assert [path.read_bytes() for path in files] == whole


KILLED = """
import os, signal, sys
from pathlib import Path
import charplay.text.corpus as module
import charplay.text.token_cache as kept
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus

encode, asked, last = module.encode_narrow, [], int(sys.argv[3])

def until_killed(*given):
    asked.append(1)
    if len(asked) == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return encode(*given)

module.encode_narrow = until_killed
if last == 0:
    kept.replace_file = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
load_corpus(TextChoice(sys.argv[1]), {}, Path(sys.argv[2]))
"""


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL here")
@pytest.mark.parametrize("last", [1, 2, 0])
def test_a_process_killed_while_it_encodes_leaves_nothing_that_is_taken_for_whole(
    text, home, plain, last
):
    words = [sys.executable, "-c", KILLED, str(text), str(home), str(last)]
    assert subprocess.run(words, check=False).returncode == -signal.SIGKILL
    assert not list((home / "tokens").glob("*.json"))
    assert same(loaded(text, home), plain)


@pytest.mark.skipif(os.name != "posix", reason="there is no SIGKILL here")
@pytest.mark.parametrize(("seconds", "left"), [(20, 0), (0, 1)])
def test_what_a_killed_process_left_is_removed_once_nobody_can_be_writing_it(
    text, home, plain, seconds, left
):
    words = [sys.executable, "-c", KILLED, str(text), str(home), "2"]
    subprocess.run(words, check=False)
    [unfinished] = (home / "tokens").glob(".*")
    then = time.time() - seconds
    os.utime(unfinished, (then, then))
    remove_leftovers(home, home / "cache")
    loaded(text, home)
    assert len(files_of(home)) == 2 + left


def test_a_text_that_gains_a_character_while_it_is_read_is_told(tmp_path, home, monkeypatch):
    path = tmp_path / "growing.txt"
    path.write_text("abc " * (PIECE // 3))
    known = Vocabulary.of

    def grown(characters):
        with path.open("a") as file:
            file.write("Ω")
        return known(characters)

    monkeypatch.setattr(Vocabulary, "of", grown)
    with pytest.raises(CorpusError, match="changed while it was read"):
        loaded(path, home)
    assert files_of(home) == []


def test_ctrl_c_while_a_text_is_encoded_leaves_no_file(text, home, monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr("charplay.text.corpus.encode_narrow", interrupted)
    with pytest.raises(KeyboardInterrupt):
        loaded(text, home)
    assert files_of(home) == []


def test_a_full_disk_is_told_in_one_line_and_leaves_no_file(text, home, monkeypatch):
    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError) as caught:
        loaded(text, home)
    assert "the disk is full" in caught.value.hint
    assert "\n" not in caught.value.message
    monkeypatch.undo()
    assert files_of(home) == []


def test_a_data_home_that_cannot_be_written_is_told_in_one_line(text, tmp_path):
    home = tmp_path / "home"
    home.write_text("a file stands here")
    with pytest.raises(StorageError, match="cannot write"):
        loaded(text, home)


def test_a_large_text_without_a_character_is_told(tmp_path, home):
    path = tmp_path / "blank.txt"
    path.write_bytes(b" \n" * PIECE)
    with pytest.raises(CorpusError, match="is empty"):
        loaded(path, home, kind="prose")
    assert not home.exists()


@pytest.mark.parametrize(("distinct", "width"), [(1, 1), (255, 1), (256, 2), (65_535, 2)])
def test_a_token_is_as_narrow_as_the_vocabulary_allows(distinct, width):
    vocabulary = Vocabulary("".join(chr(0x10000 + i) for i in range(distinct)))
    tokens = encode_narrow(vocabulary, vocabulary.characters)
    assert tokens.itemsize == width
    assert np.array_equal(tokens, np.arange(distinct))


PLANS = {
    "stream": Plan(cutting="stream", batch_size=7, length=50),
    "windows": Plan(cutting="windows", batch_size=16, length=20, stride=3),
}


@pytest.mark.parametrize("which", PLANS)
def test_batches_of_mapped_tokens_are_those_of_tokens_in_memory(text, home, plain, which):
    ours, theirs = (
        cut_batches(split_corpus(corpus, 0.1)[0], plain.vocabulary, PLANS[which])
        for corpus in (loaded(text, home), plain)
    )
    assert ours.per_epoch == theirs.per_epoch
    for k in (0, 1, ours.per_epoch - 1, ours.per_epoch, 2 * ours.per_epoch + 5):
        for one, other in zip(ours.batch(k), theirs.batch(k), strict=True):
            assert np.array_equal(one, other)


def test_mapped_tokens_are_scored_as_those_in_memory(text, home, plain):
    model = Uneven(plain.vocabulary)
    held_out = [split_corpus(corpus, 0.001)[1] for corpus in (loaded(text, home), plain)]
    assert loss_of(model, held_out[0]) == loss_of(model, held_out[1])
