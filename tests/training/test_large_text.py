"""A text is trained on and scored in less memory than it is long."""

import itertools
import tracemalloc

import pytest

from charplay.plan import Plan, Stage, TextChoice
from charplay.text.corpus import load_corpus
from charplay.training.events import Evaluated
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from tests.training.test_trainer import Scripted

LONG = 100_000_000


@pytest.fixture
def text(tmp_path):
    line = "It was the best of times, it was the worst of times, it was the age of wisdom,\n"
    path = tmp_path / "long.txt"
    with path.open("w") as file:
        file.writelines(itertools.repeat(line * 1000, LONG // len(line) // 1000 + 1))
    return path


def trained(corpus, cutting):
    plan = Plan(cutting=cutting, held_out=0.001, sample_every=1000, stages=(Stage(updates=20),))
    learner = Scripted(corpus.vocabulary, "prose")
    trainer = Trainer(
        learner,
        RunTexts.split(corpus, plan.held_out),
        plan,
        save=lambda *_: None,
        clock=lambda: 0.0,
    )
    return list(trainer.train())


def test_a_long_text_is_encoded_trained_on_and_scored_in_less_memory_than_it_takes(text, home):
    tracemalloc.start()
    try:
        corpus = load_corpus(TextChoice(str(text)), {}, home)
        events = [event for cutting in ("stream", "windows") for event in trained(corpus, cutting)]
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert corpus.characters >= LONG
    assert [type(event) for event in events].count(Evaluated) == 2
    assert most < LONG
