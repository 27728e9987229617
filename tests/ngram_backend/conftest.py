"""Names and prose that n-grams are trained on, and what the trainer makes of them."""

from dataclasses import dataclass

import pytest

from charplay.options import build
from charplay.plan import TextChoice
from charplay.text.corpus import NameList, Prose, load_corpus
from charplay.text.facts import facts_of
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer


def plan_for(backend, corpus):
    """The plan that the backend proposes for a text."""
    return backend.propose(facts_of(corpus), None).plan


@dataclass(frozen=True)
class Run:
    """A run that is over: its events, its model and its text in two parts."""

    events: list
    model: object
    texts: RunTexts


@pytest.fixture(scope="session")
def backend(registry):
    return registry.backends.find("ngram")


@pytest.fixture(scope="session")
def dinosaurs(registry):
    return load_corpus(TextChoice("dinosaurs"), registry.corpora)


@pytest.fixture(scope="session")
def sonnets(registry):
    return load_corpus(TextChoice("sonnets"), registry.corpora)


@pytest.fixture(scope="session")
def learner_of(backend):
    """An n-gram's learner for a vocabulary; `plan` and the n-gram's options may be changed."""

    def make(corpus, plan=None, **config):
        plan = plan or plan_for(backend, corpus)
        options = build(backend.Config, config)
        return backend.learner(backend.create(corpus.vocabulary, corpus.kind, options, None), plan)

    return make


@pytest.fixture(scope="session")
def train(backend, learner_of):
    """Trains by the usual plan, without files or a clock; the plan's options may be changed."""

    def run(corpus, changes=None, **config):
        plan = plan_for(backend, corpus).changed(changes or {})
        texts = RunTexts.split(corpus, plan.held_out)
        trainer = Trainer(
            learner_of(corpus, plan, **config),
            texts,
            plan,
            save=lambda which, learner, model, counters: None,
            clock=lambda: 0.0,
        )
        return Run(list(trainer.train()), trainer.model(), texts)

    return run


def names_of(*names):
    return NameList(names, "names", "0")


def prose_of(text):
    return Prose.of(text, "prose", "0")
