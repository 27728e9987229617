"""Training runs inside this process, as the worker makes them, for measuring."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from charplay.blas import one_blas_thread
from charplay.generation.options import Sampling
from charplay.options import build
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.text.corpus import Corpus, NameList, load_corpus
from charplay.training.events import TrainingEvent
from charplay.training.recipe import Recipe
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer

REGISTRY = find_plugins()


def dinosaur_names() -> NameList:
    """The exercise's list where CHARPLAY_REFERENCE has it, else the shipped one."""
    folder = os.environ.get("CHARPLAY_REFERENCE")
    given = Path(folder) / "dinos.txt" if folder else Path()
    text = recipe("dinosaurs").text
    if given.is_file():
        text = replace(text, corpus=str(given))
    corpus = load_corpus(text, REGISTRY.corpora)
    assert isinstance(corpus, NameList)
    return corpus


def recipe(name: str) -> Recipe:
    """A recipe by name."""
    return REGISTRY.recipes.find(name)


def trainer(
    made: Recipe,
    corpus: Corpus,
    plan: Plan | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Trainer:
    """A trainer of a recipe on a corpus, which saves nothing."""
    plan = plan or made.plan
    backend = REGISTRY.backends.find(made.backend or "")
    rng = np.random.Generator(np.random.Philox(plan.seed))
    config = build(backend.Config, made.config)
    model = backend.create(corpus.vocabulary, corpus.kind, config, rng)
    return Trainer(
        backend.learner(model, plan),
        RunTexts.split(corpus, plan.held_out),
        plan,
        save=lambda which, learner, model, standing: None,
        clock=clock,
        sampling=build(Sampling, made.sampling),
    )


def events(run: Trainer, stop_asked: Callable[[], bool] = lambda: False) -> Iterator[TrainingEvent]:
    """What happens in a run to its end, its matrix products on the threads that a worker's have."""
    with one_blas_thread():
        yield from run.train(stop_asked)
