"""A model's file chooses no text of this machine: what it names is found by name and checksum."""

from dataclasses import replace

import pytest

from charplay.errors import CorpusError
from charplay.insight.yardsticks import counting_yardstick
from charplay.models.checkpoint import read_checkpoint
from charplay.plan import Stage, TextChoice
from charplay.pretrained import shipped_models
from charplay.text.corpus import load_corpus
from charplay.text.entry import CorpusEntry
from charplay.training.texts import texts_of_model

HEADER = read_checkpoint(shipped_models()["dinosaurs"]).header


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text("".join(f"secret{n}\n" for n in range(40)))
    return path


def naming(corpus, sha256="0" * 64, **more):
    text = {"corpus": str(corpus), "sha256": sha256, "kind": "names"}
    return replace(HEADER, provenance={"text": text, **more})


def entry_of(path, name="rivers"):
    return {name: CorpusEntry(name, "names", "a list", "CC0", "here", path)}


def test_a_path_in_a_models_file_is_not_read(secret, monkeypatch):
    monkeypatch.chdir(secret.parent)
    for name in (secret, secret.name, ""):
        with pytest.raises(CorpusError):
            texts_of_model(naming(name), None, {})
        assert counting_yardstick(naming(name), None, {}).counted is None


def test_a_corpus_of_that_name_and_another_checksum_is_not_read(secret):
    entries = entry_of(secret)
    with pytest.raises(CorpusError, match="another text"):
        texts_of_model(naming("rivers"), None, entries)
    sha256 = load_corpus(TextChoice("rivers"), entries).sha256
    assert texts_of_model(naming("rivers", sha256), None, entries).own.size == 40


def test_a_text_that_was_noted_here_is_read_wherever_it_lies(secret):
    assert texts_of_model(naming("rivers"), str(secret), {}).own.size == 40


def test_a_stage_in_a_models_file_reads_no_path_either(secret):
    stages = [{"epochs": 1, "corpus": str(secret)}]
    header = replace(naming("rivers"), plan={"stages": stages})
    assert Stage(**stages[0]).corpus == str(secret)
    yardstick = counting_yardstick(header, str(secret), {})
    assert yardstick.counted is None
