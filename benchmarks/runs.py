"""Training runs in this process, set up as the worker sets them up, for measuring."""

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from charplay.blas import one_blas_thread
from charplay.generation.options import AnswerOptions
from charplay.options import build
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.text.corpus import Corpus, NameList, load_corpus
from charplay.training.beginning import begin_training
from charplay.training.events import TrainingEvent
from charplay.training.learners import LearnerMaker
from charplay.training.parts import PartsTrainer
from charplay.training.recipe import Recipe
from charplay.training.texts import RunTexts
from charplay.training.trainer import Save, Trainer

REGISTRY = find_plugins()


def dinosaur_names() -> NameList:
    """The list of the published exercise if CHARPLAY_REFERENCE has it, else the shipped list."""
    folder = os.environ.get("CHARPLAY_REFERENCE")
    reference = Path(folder) / "dinos.txt" if folder else Path()
    text = find_recipe("dinosaurs").text
    if reference.is_file():
        text = replace(text, corpus=str(reference))
    corpus = load_corpus(text, REGISTRY.corpora)
    assert isinstance(corpus, NameList)
    return corpus


def find_recipe(name: str) -> Recipe:
    """A recipe by name."""
    return REGISTRY.recipes.find(name)


def make_trainer(
    recipe: Recipe,
    corpus: Corpus,
    plan: Plan | None = None,
    clock: Callable[[], float] = time.perf_counter,
    save: Save = lambda which, model, arrays, counters: None,
) -> Trainer | PartsTrainer:
    """A trainer for a recipe on a corpus; by default it saves nothing."""
    plan = plan or recipe.plan
    texts = RunTexts.split(corpus, plan.held_out, {}, plan.inner)
    return begin_training(
        LearnerMaker(REGISTRY.backends.find, texts),
        recipe.backend or "",
        recipe.config,
        plan,
        save=save,
        clock=clock,
        sampling=build(AnswerOptions, recipe.sampling),
    )


def run_events(
    trainer: Trainer, stop_asked: Callable[[], bool] = lambda: False
) -> Iterator[TrainingEvent]:
    """All events of a run, with as many BLAS threads as the worker uses."""
    with one_blas_thread():
        yield from trainer.train(stop_asked)
