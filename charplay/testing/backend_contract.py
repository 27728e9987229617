"""What every backend is held to: subclass `BackendContract`, and pytest does the rest."""

import copy
import dataclasses
import math
import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from subprocess import run
from typing import Any, ClassVar

import numpy as np
import pytest

from charplay.errors import CharplayError, UsageError
from charplay.kind import Kind
from charplay.models.checkpoint import Checkpoint
from charplay.models.contract import LEARNER_OPTIONS
from charplay.options import build, option_values, options_of
from charplay.plan import Plan
from charplay.plugins.describing import backend_clashes
from charplay.proposal import Proposal
from charplay.testing.explaining import asking, check, check_same, check_same_arrays, fail_with
from charplay.testing.learner_contract import LearnerContract
from charplay.testing.model_contract import CLOSE, read_back, tokens_for
from charplay.testing.texts import tiny_corpus
from charplay.text.batching import cut_batches
from charplay.text.facts import facts_of
from charplay.text.vocabulary import Vocabulary

_BEFORE, _AFTER = 3, 4
_NEW_CHARACTERS = "A~"
_MISSING = "a_package_that_nobody_has"
_TOLD_MINUTES = (None, 0, 1)
# Loads a model where none of some packages can be imported.
_WITHOUT = """
import sys
from importlib.abc import MetaPathFinder
from pathlib import Path
from pkgutil import resolve_name

class Blocked(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[3:]:
            raise ImportError(f"{name} is for training alone")

sys.meta_path.insert(0, Blocked())
from charplay.models.checkpoint import read_checkpoint
model = read_checkpoint(Path(sys.argv[1])).model(resolve_name(sys.argv[2])())
characters = model.vocabulary
model.step(model.initial_state(1), characters.encode(characters.characters[0]))
"""


class BackendContract(LearnerContract):
    """All that a backend is held to, as tests; two lines make them those of yours:

    class TestMine(BackendContract):
        backend = MyBackend()

    config: options that make its models small, which keeps the tests fast; kinds: the kinds of text
    that it learns; plans: the ways to cut a text that its learners take (see `texts.PLANS`);
    grown_closeness: the share by which the logits of old characters may differ in a grown model.
    """

    grown_closeness: ClassVar[float] = CLOSE

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        super().pytest_generate_tests(metafunc)
        if "way" in metafunc.fixturenames:
            ways = [way for way, (kind, _) in self.plans.items() if kind in self.kinds]
            metafunc.parametrize("way", ways)

    def test_it_says_what_it_is(self) -> None:
        backend = self.backend
        for name in ("name", "summary", "version"):
            value = getattr(backend, name, None)
            check(value and isinstance(value, str), f"`{name}` is a text", came=value)
        asks = "`honours` names options of LEARNER_OPTIONS"
        check(backend.honours <= LEARNER_OPTIONS, asks, came=sorted(backend.honours))

    def test_its_configuration_is_a_frozen_dataclass_of_options(self) -> None:
        config = self.backend.Config
        asks = "`Config` is a frozen dataclass whose fields are `option(…)` with defaults"
        with asking(asks, came=config):
            default = config()
            check(dataclasses.is_dataclass(config), asks, came=config)
            declared = {each.name for each in options_of(config)}
            check({each.name for each in dataclasses.fields(config)} == declared, asks)
            again = build(config, option_values(default))
        check(again == default, "a configuration is read from a file as it was", came=again)
        with pytest.raises((dataclasses.FrozenInstanceError, AttributeError)):
            default.charplay = 1
        clashes = backend_clashes(config)
        check(not clashes, "no option has a name that is charplay's own",
              came=list(map(str, clashes)))  # fmt: skip

    def test_a_configuration_that_cannot_be_is_refused_in_words(self, kind: Kind) -> None:
        asks = "`create` makes a model, or raises a CharplayError that says what to change"
        vocabulary = tiny_corpus(kind).vocabulary
        for values in self._other_values():
            config = self.backend.read_config({**self.config, **values})
            try:
                rng = np.random.default_rng(1)
                model = self.backend.create(vocabulary, kind, config, rng)
                model.step(model.initial_state(1), np.zeros(1, np.int32))
            except CharplayError as error:
                check(error.message and error.hint, asks, options=values, what_came=error)
            except Exception as error:
                fail_with(asks, {"options": values, "what_came": repr(error)})

    def _other_values(self) -> Iterator[Mapping[str, Any]]:
        """Each choice, each switch turned, and each number at its least, one at a time."""
        for each in options_of(self.backend.Config):
            if each.many:
                continue
            values: tuple[Any, ...] = each.choices or ()
            if each.kind == "bool":
                values = (not each.default,)
            elif each.minimum is not None:
                values = (each.parse(int(each.minimum)),)
            yield from ({each.name: value} for value in values)

    def test_a_run_goes_on_exactly_from_its_file(self, way: str, tmp_path: Path) -> None:
        asks = "a run goes on from its checkpoint as if it had never stopped"
        kind, plan = self.plans[way]
        try:
            learner = self.learner(kind, plan)
        except UsageError as error:
            pytest.skip(f"refused: {error.message}")
        self.learn(learner, plan, kind, range(_BEFORE))
        kept = learner.arrays()
        checkpoint = read_back(learner.model(), self.backend, tmp_path, kept)
        later = range(_BEFORE, _BEFORE + _AFTER)
        losses = self.learn(learner, plan, kind, later)
        with asking("`restore` goes on from the arrays that `arrays` gave", arrays=sorted(kept)):
            resumed = self.backend.learner(checkpoint.model(self.backend), plan)
            resumed.restore(checkpoint.learner)
            check_same_arrays(resumed.arrays(), kept, "`arrays` after `restore` are as before")
        others = self.learn(resumed, plan, kind, later)
        check_same(others, losses, asks, CLOSE, losses_after_updates=_BEFORE)
        check_same_arrays(resumed.model().arrays(), learner.model().arrays(), asks, CLOSE)

    def test_it_learns_more_characters_or_says_that_it_cannot(self, kind: Kind) -> None:
        asks = "`grow` gives arrays for more characters, or raises UsageError"
        learner, plan = self.learner(kind), self.plan(kind)
        self.learn(learner, plan, kind, range(_BEFORE))
        model = learner.model()
        old = model.vocabulary
        new = old.joined(Vocabulary.of(_NEW_CHARACTERS))
        both = {**model.arrays(), **learner.arrays()}
        rng = np.random.default_rng(1)
        try:
            grown = self.backend.grow(both, old, new, model.config, rng)
        except UsageError as error:
            check(error.message and error.hint, asks, what_came=error)
            return
        except Exception as error:
            fail_with(asks, {"new_characters": _NEW_CHARACTERS, "what_came": repr(error)})
        weights = {name: grown[name] for name in model.arrays()}
        with asking("`load` takes the arrays that `grow` gave", arrays=sorted(grown)):
            larger = self.backend.load(new, kind, model.config, weights)
        tokens = tokens_for(model)
        logits, _ = model.advance(model.initial_state(len(tokens)), tokens)
        places = np.append(new.encode(old.characters), -1)
        wider, _ = larger.advance(
            larger.initial_state(len(tokens)), places[tokens].astype(np.int32)
        )
        known = wider[..., places[:-1]]
        check_same(known - known[..., :1], logits - logits[..., :1],
                   "old characters stay as probable beside each other as they were",
                   self.grown_closeness, new_characters=_NEW_CHARACTERS)  # fmt: skip
        with asking("a learner of the grown model takes what `grow` gave of the optimiser"):
            after = self.backend.learner(larger, plan)
            rest = {name: grown[name] for name in grown if name not in weights}
            after.restore({**after.arrays(), **rest})
            corpus = tiny_corpus(kind)
            loss = after.update(cut_batches(corpus, new, plan).batch(0), 0.01)
        check(math.isfinite(loss), "a grown model goes on learning", loss=loss)

    def test_it_tells_the_memory_that_a_run_needs_or_none(self, kind: Kind) -> None:
        asks = "`memory_needed` gives bytes, a whole number above 0, or None"
        config = self.backend.read_config(self.config)
        with asking(asks):
            facts = facts_of(tiny_corpus(kind))
            told: object = self.backend.memory_needed(config, self.plan(kind), facts)
        check(told is None or (isinstance(told, int) and told > 0), asks, came=told)

    @pytest.mark.parametrize("minutes", _TOLD_MINUTES)
    def test_what_it_proposes_can_be_done(self, kind: Kind, minutes: float | None) -> None:
        asks = "`propose` gives a Proposal that its learners can follow, or None"
        corpus = tiny_corpus(kind)
        with asking(asks, minutes=minutes):
            proposal = self.backend.propose(facts_of(corpus), minutes)
        if proposal is None:
            return
        check(isinstance(proposal, Proposal), asks, minutes=minutes, came=proposal)
        check(math.isfinite(proposal.expected), asks, expected=proposal.expected)
        for plan in [proposal.plan, *(part.plan for part in proposal.plan.parts)]:
            with asking(asks, minutes=minutes, plan=plan):
                cut_batches(corpus, corpus.vocabulary, plan).batch(0)
            check(Plan.from_dict(plan.to_dict()) == plan, asks, plan=plan)
        with asking(asks, options=proposal.config):
            build(self.backend.Config, proposal.config)

    def test_what_training_lacks_is_named(self) -> None:
        asks = "`check_trainable` raises UsageError that names the missing packages"
        lacking = copy.copy(self.backend)
        lacking.requires = (*self.backend.requires, _MISSING)
        try:
            lacking.check_trainable()
        except UsageError as error:
            check(_MISSING in error.message, asks, requires=lacking.requires, came=error.message)
            check(error.hint, "its hint says how to install them", came=error.hint)
        except Exception as error:
            fail_with(asks, {"requires": lacking.requires, "what_came": repr(error)})
        else:
            fail_with(asks, {"requires": lacking.requires, "what_came": "nothing"})

    def test_its_models_need_no_package_of_training(self, tmp_path: Path) -> None:
        asks = "a model is loaded and asked without the packages in `requires`"
        if not self.backend.requires:
            return
        kind = type(self.backend)
        path = tmp_path / "model.safetensors"
        Checkpoint.of(self.create_model(self.kinds[0]), self.backend).save(path)
        name = f"{kind.__module__}:{kind.__qualname__}"
        words = [sys.executable, "-c", _WITHOUT, str(path), name, *self.backend.requires]
        # The test's own module may define the backend.
        variables = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = run(words, capture_output=True, text=True, timeout=60, env=variables)
        last = (done.stderr.strip().splitlines() or [""])[-1]
        check(done.returncode == 0, asks, requires=self.backend.requires, what_came=last)
