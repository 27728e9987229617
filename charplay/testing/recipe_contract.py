"""What every recipe is held to: subclass `RecipeContract`, and pytest does the rest."""

import json
import math
import shlex
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

import pytest

from charplay.generation.options import AnswerOptions
from charplay.jobs.honouring import check_honoured
from charplay.models.contract import Backend
from charplay.options import build
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.testing.explaining import asking, check
from charplay.text.entry import CorpusEntry
from charplay.training.learners import LearnerMaker
from charplay.training.recipe import Recipe, RecipeFile
from charplay.training.texts import RunTexts

_Learned = tuple[str, Mapping[str, Any], Plan]


class RecipeContract:
    """All that a recipe is held to, as tests; two lines make them those of yours:

    class TestMine(RecipeContract):
        recipe = RECIPE

    backends, entries: backends and corpora that it needs, beside those of installed plugins.
    """

    recipe: Recipe | RecipeFile
    backends: ClassVar[Mapping[str, Backend]] = {}
    entries: ClassVar[Mapping[str, CorpusEntry]] = {}

    @cached_property
    def _recipe(self) -> Recipe:
        """The recipe itself, where it stands in a file of its own."""
        return self.recipe.read() if isinstance(self.recipe, RecipeFile) else self.recipe

    @cached_property
    def _corpora(self) -> dict[str, CorpusEntry]:
        return {**find_plugins().corpora, **self.entries}

    @cached_property
    def _installed(self) -> Mapping[str, Backend]:
        return {**find_plugins().backends, **self.backends}

    def find_backend(self, name: str) -> Backend:
        """The backend of a name."""
        asks = "the backend that a recipe names is there"
        check(name in self._installed, asks, backend=name, there_are=list(self._installed))
        return self._installed[name]

    def learned(self) -> Iterator[_Learned]:
        """What is learned by which backend: the model, or each part of a mix."""
        recipe = self._recipe
        if not recipe.plan.parts:
            yield recipe.backend or "", recipe.config, recipe.plan
        for part in recipe.plan.parts:
            yield part.backend, part.config, part.plan

    def test_it_says_what_it_is(self) -> None:
        name, summary = self._recipe.name, self._recipe.summary
        asks = "a recipe has a name of one word and a summary of one line"
        check(name and shlex.quote(name) == name and name[0] != "-", asks, name=name)
        check(summary and "\n" not in summary, asks, summary=summary)

    def test_it_can_be_written_down(self) -> None:
        asks = "a plan and its sampling options are plain values, for a job's file"
        plan = self._recipe.plan
        with asking(asks):
            again = Plan.from_dict(json.loads(json.dumps(plan.to_dict())))
            build(AnswerOptions, self._recipe.sampling)
        check(again == plan, asks, came=again)

    def test_its_backends_take_their_options_and_use_its_plan(self) -> None:
        recipe = self._recipe
        if recipe.backend is None:
            return
        backend = self.find_backend(recipe.backend)
        with asking("a recipe changes only what learners of its backend use"):
            check_honoured(self.find_backend, backend, recipe.plan)
        for name, config, _ in self.learned():
            with asking("its options are those of its backend", backend=name, options=config):
                build(self.find_backend(name).Config, config)

    def test_it_begins_to_learn_its_text(self) -> None:
        recipe = self._recipe
        if not (recipe.backend and recipe.text.corpus):
            pytest.skip("the backend or the text is the user's choice")
        texts = self._texts()
        new_learner = LearnerMaker(self.find_backend, texts)
        for name, config, plan in self.learned():
            missing = self.find_backend(name).missing()
            if missing:
                pytest.skip(f"training with {name} needs {', '.join(missing)}")
            with asking("the first update of a recipe can be made", backend=name, options=config):
                schedule = texts.schedule(plan)
                learner = new_learner(name, config, plan)
                loss = learner.update(schedule.batch(0), schedule.rate(0))
            check(math.isfinite(loss), "the first loss is a number", backend=name, loss=loss)

    def _texts(self) -> RunTexts:
        """The texts that it reads, where all are at hand."""
        recipe = self._recipe
        for name in (recipe.text.corpus, *recipe.plan.texts):
            entry = self._corpora.get(name)
            if entry is not None and entry.path is None:
                pytest.skip(f"{name} has to be fetched")
        with asking("the texts of a recipe are there, and long enough", text=recipe.text):
            return RunTexts.load(recipe.text, recipe.plan, self._corpora)
