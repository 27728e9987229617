"""The texts of a run and of a model: how they are split, found again, named and checked."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.errors import CorpusError, UsageError
from charplay.models.header import Header
from charplay.plan import Plan, Stage, TextChoice
from charplay.text.corpus import NameList, Prose, load_corpus
from charplay.text.entry import CorpusEntry
from charplay.text.vocabulary import Vocabulary
from charplay.training.texts import (
    RunTexts,
    stage_texts_of_model,
    text_choice_of,
    text_digest_of,
    texts_of_model,
)

OWN = Prose.of("abcdefghij" * 10, "own", "")
OTHER = Prose.of("xyz" * 20, "other", "")
STREAMS = Plan(cutting="stream", batch_size=2, length=4)


@pytest.fixture
def entries(tmp_path):
    """Two lists of names and a text, by name."""
    texts = {
        "rivers": "".join(f"River{n}\n" for n in range(40)),
        "hills": "".join(f"Hill{n}\n" for n in range(20)),
        "tale": "Once upon a time. " * 30,
    }
    made = {}
    for name, text in texts.items():
        path = tmp_path / f"{name}.txt"
        path.write_text(text)
        kind = "prose" if name == "tale" else "names"
        made[name] = CorpusEntry(name, kind, "a text", "CC0", "here", path)
    return made


def test_a_runs_texts_are_split_as_its_plan_says(entries):
    plan = Plan(held_out=0.25, inner=0.2, stages=(Stage(epochs=1, corpus="hills"), Stage(epochs=1)))
    texts = RunTexts.load(TextChoice("rivers"), plan, entries)
    parts = (texts.own, texts.known, texts.training, texts.inner, texts.held_out)
    assert [part.size for part in parts] == [40, 30, 24, 6, 10]
    assert texts.deciding is texts.inner
    assert {name: text.size for name, text in texts.others.items()} == {"hills": 20}
    assert texts.characters == texts.training.characters + texts.others["hills"].characters
    assert texts.stage_sources(plan) == (texts.others["hills"].source, texts.own.source)
    alone = RunTexts.load(TextChoice("rivers"), Plan(held_out=0.25), entries)
    assert alone.deciding is alone.held_out
    assert alone.stage_sources(plan) == ()


def test_the_vocabulary_has_the_characters_of_all_texts_and_of_the_model_before():
    texts = RunTexts.split(OWN, 0.1, {"other": OTHER})
    assert texts.vocabulary.characters == "abcdefghijxyz"
    assert replace(texts, before=Vocabulary("Q")).vocabulary.characters == "Qabcdefghijxyz"


class Noted:
    """A prior that notes which texts it is joined to, and where they begin."""

    def __init__(self):
        self.joins = []

    def joined(self, batches, name, first):
        self.joins.append((name, first))
        return batches


@pytest.mark.parametrize(
    ("inner", "until", "joins"),
    [
        (0.2, 1, [("", 18), ("other", 0)]),
        (0.2, 0.5, [("", 0), ("", 18), ("other", 0)]),
        (0, 0.5, [("", 0), ("other", 0)]),
    ],
)
def test_a_prior_knows_where_each_text_begins_in_the_known_one(inner, until, joins):
    stages = (Stage(updates=3), Stage(updates=2, corpus="other"))
    plan = replace(STREAMS, inner=inner, inner_until=until, stages=stages)
    prior = Noted()
    texts = replace(RunTexts.split(OWN, 0.1, {"other": OTHER}, inner), prior=prior)
    schedule = texts.schedule(plan)
    assert prior.joins == joins
    assert (schedule.inner_end is not None) == (inner > 0 and until < 1)


def test_only_texts_that_a_stage_reads_are_cut():
    texts = RunTexts.split(OWN, 0.1, {"other": OTHER, "short": Prose.of("a", "short", "")})
    plan = replace(STREAMS, stages=(Stage(updates=1, corpus="other"),))
    assert list(texts.cuttings(plan)) == ["other"]
    [batch] = [texts.cuttings(plan)["other"].batch(0)]
    assert "".join(texts.vocabulary.characters[t] for t in batch.inputs[0]) == "xyzx"


def test_once_the_inner_text_is_learned_nothing_decides():
    learned = RunTexts.split(OWN, 0.1, {}, 0.2).with_inner_learned()
    assert learned.training.text == learned.known.text
    assert (learned.inner.characters, learned.deciding.characters) == (0, 0)


def header(entries, corpus="rivers", sha256=None, **more):
    found = entries.get(corpus)
    if sha256 is None and found is not None:
        sha256 = load_corpus(TextChoice(corpus), entries).sha256
    text = {"corpus": corpus, "sha256": sha256 or "", "kind": "names", "lower": True, "size": 40}
    plan = {"held_out": 0.25, "inner": 0.2}
    provenance = {"text": text, **more.pop("provenance", {})}
    return Header("net", "1", "names", "ab", {}, plan=plan, provenance=provenance, **more)


def test_the_text_of_a_model_is_found_by_its_name_and_split_as_it_was(entries):
    lower = load_corpus(TextChoice("rivers", lower=True), entries).sha256
    texts = texts_of_model(header(entries, sha256=lower), None, entries)
    assert [part.size for part in (texts.own, texts.training, texts.inner, texts.held_out)] == [
        40, 24, 6, 10,
    ]  # fmt: skip
    assert texts.own.names[0] == "river0", "it is read as it was"


def test_a_text_that_was_noted_here_comes_before_what_the_file_says(entries):
    texts = texts_of_model(header(entries, sha256="0" * 64), "hills", entries)
    assert texts.own.size == 20
    assert texts.own.names[0] == "hill0"


@pytest.mark.parametrize(
    ("corpus", "message", "hint"),
    [
        ("", "its file names no text", "`corpora` lists the texts that are here"),
        ("lakes", "there is no corpus 'lakes' here", "`corpora` lists the texts by name"),
        ("rivers", "the corpus rivers here is another text than the model's",
         "`corpora` lists the texts by name"),
    ],
)  # fmt: skip
def test_another_text_than_the_models_is_not_read(entries, corpus, message, hint):
    with pytest.raises(CorpusError) as told:
        texts_of_model(header(entries, corpus, sha256="0" * 64), None, entries)
    assert (told.value.message, told.value.hint) == (message, hint)


def test_the_texts_of_a_models_stages_are_found_by_name_and_read_as_its_own(entries):
    hills = load_corpus(TextChoice("hills", lower=True, kind="names"), entries).sha256
    stages = {"stages": [{"epochs": 1, "corpus": "hills"}, {"epochs": 1}]}
    found = replace(header(entries, provenance={"stage_texts": {"hills": hills}}), plan=stages)
    [text] = stage_texts_of_model(found, entries)
    assert isinstance(text, NameList)
    assert text.names[0] == "hill0"
    with pytest.raises(CorpusError, match="another text"):
        stage_texts_of_model(replace(found, provenance={"text": {}}), entries)
    assert stage_texts_of_model(replace(found, plan={}), entries) == []


def test_a_stages_text_of_another_kind_than_the_models_is_refused(entries):
    stages = {"stages": [{"epochs": 1, "corpus": "tale"}]}
    digests = {"stage_texts": {"tale": load_corpus(TextChoice("tale"), entries).sha256}}
    found = replace(header(entries), plan=stages, provenance=digests)
    with pytest.raises(UsageError, match="tale is prose, not names"):
        stage_texts_of_model(found, entries)
    [text] = stage_texts_of_model(replace(found, kind="prose"), entries)
    assert text.kind == "prose"


def test_how_a_models_text_was_read_is_what_its_file_says_and_no_more(entries):
    told = header(entries)
    assert text_choice_of(told, None) == TextChoice("rivers", kind="names", lower=True)
    assert text_choice_of(told, "/my/list.txt") == TextChoice(
        "/my/list.txt", kind="names", lower=True
    )
    for text in (None, "rivers", 3, {"kind": "poems"}):
        odd = replace(told, provenance={"text": text})
        assert text_choice_of(odd, None) == TextChoice("")
        assert text_choice_of(odd, "list") == TextChoice("list")


def test_the_digest_of_a_models_text_is_what_its_file_says_or_nothing(entries):
    assert text_digest_of(header(entries, sha256="7" * 64)) == "7" * 64
    for text in ({}, None, "x"):
        assert text_digest_of(replace(header(entries), provenance={"text": text})) == ""


def test_a_known_text_is_cut_from_its_beginning_on():
    plan = replace(STREAMS, batch_size=1, inner=0.2, inner_until=0, stages=(Stage(updates=3),))
    texts = RunTexts.split(OWN, 0.1, {}, 0.2)
    schedule = texts.schedule(plan)
    letters = np.array(list("abcdefghij"))
    read = ["".join(letters[schedule.batch(update).inputs[0]]) for update in range(3)]
    assert read == ["ijab", "abcd", "efgh"], "first of the training text, then of the known one"
