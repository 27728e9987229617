"""What a backend gives is checked where it comes in, and what is wrong names who gave it."""

import sys

import numpy as np
import pytest

from charplay.errors import PluginError
from charplay.plan import Plan
from charplay.plugins.finder import find_plugins
from charplay.proposal import TextFacts
from charplay.text.vocabulary import Vocabulary
from tests.conftest import make_environment
from tests.plugins.installing import BACKEND, install_modules

VOCABULARY = Vocabulary("\nabcde")
FACTS = TextFacts("names", 20, 100, 6)

STEP = """
def step(self, state, tokens):
    logits = np.zeros((len(tokens), len(self.vocabulary)), np.float32)
    {body}
Flat.step = step
"""
STATE = "def initial_state(self, rows):\n    return {state}\nFlat.initial_state = initial_state\n"


def stepping(body, state="{'h': np.zeros((rows, 2), np.float32)}"):
    return STATE.format(state=state) + STEP.format(body=body)


# What a backend does, and words of the error about it.
MODELS = {
    "nan": (stepping("return logits + np.nan, state"), "logits that are numbers; it gave NaN"),
    "hopeless": (stepping("return logits - np.inf, state"), "logits that are numbers"),
    "narrow": (
        stepping("return logits[:, :-1], state"),
        "shape (3, 6); it gave float32 of shape (3, 5)",
    ),
    "flat": (stepping("return logits[0], state"), "shape (3, 6); it gave float32 of shape (6,)"),
    "whole": (
        stepping("return logits.astype(int), state"),
        "logits that are floats; it gave int64",
    ),
    "alone": (stepping("return logits"), "logits and a state; it gave float32"),
    "no-batch": (
        stepping("return logits, state", "{'h': np.zeros(2, np.float32)}"),
        "a state with a first axis of 3 rows; it gave 'h' of shape (2,)",
    ),
    "no-arrays": (
        stepping("return logits, state", "{'h': [0.0] * rows}"),
        "arrays of NumPy by name; it gave a list",
    ),
    "changing": (
        stepping("state['h'] = state['h'] + 1\n    return logits, state"),
        "a new state; it gave a changed 'h'",
    ),
    "in-place": (stepping("state['h'] += 1\n    return logits, state"), "read-only"),
    "remembering": (
        stepping(
            "self.seen = getattr(self, 'seen', 0) + 1\n"
            "    return logits + np.arange(6) * self.seen, state"
        ),
        "the same for the same state and tokens",
    ),
    "mixing": (
        stepping("return logits + np.arange(6, dtype=np.float32) * tokens.mean(), state"),
        "a row that does not depend on its neighbours",
    ),
    "raising": (
        stepping("raise RuntimeError('boom')"),
        "failed in FlatBackend.create: RuntimeError: boom",
    ),
    "no-weights": ("Flat.arrays = lambda self: None", "arrays by name; it gave a NoneType"),
    "nan-weights": ("Flat.arrays = lambda self: {'w': np.array([np.nan])}", "finite numbers"),
    "object-weights": ("Flat.arrays = lambda self: {'w': np.array([None])}", "arrays of numbers"),
    "odd-path": (
        "Flat.advance = lambda self, state, tokens: (np.zeros((3, 2)), state)",
        "logits of shape (3, 2, 6)",
    ),
    "no-stream": ("Flat.stream = lambda self, state: None", "stream should give a Stream"),
    "odd-size": ("Flat.size = 3", "size should give a few words"),
    "odd-kind": (
        "FlatBackend.create = lambda self, v, k, c, r: Flat(v, 'poems', c, {'bias': np.zeros(6)})",
        "a model of names for the given vocabulary",
    ),
    "half-read": (
        "def load(self, v, k, c, arrays):\n    return Flat(v, k, c, {'bias': arrays['lost']})\n"
        "def create(self, v, k, c, r):\n    return Flat(v, k, c, {'bias': np.zeros(6)})\n"
        "FlatBackend.load, FlatBackend.create = load, create",
        "a model of the arrays that a new one has; it gave KeyError",
    ),
    "no-model": (
        "FlatBackend.create = lambda *a: None",
        "create should give a Model; it gave a NoneType",
    ),
    "leaving": ("import sys\nFlatBackend.create = lambda *a: sys.exit(3)", "SystemExit: 3"),
}
LEARNERS = {
    "nan-loss": ("FlatLearner.update = lambda *a: float('nan')", "a finite loss at its first step"),
    "none-loss": ("FlatLearner.update = lambda *a: None", "the loss, a number; it gave a NoneType"),
    "too-few": ("FlatLearner.update_many = lambda *a: []", "update_many should give 1 losses"),
    "no-snapshot": ("FlatLearner.model = lambda self: None", "Learner.model should give a Model"),
    "no-learner": ("FlatBackend.learner = lambda *a: None", "learner should give a Learner"),
    "lost": ("FlatLearner.arrays = lambda self: None", "Learner.arrays should give arrays by name"),
}


def module_of(name):
    """The module of a backend's name."""
    return f"{name.replace('-', '_')}_border"


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What all of them offer, and a sound one."""
    folder = tmp_path_factory.mktemp("border")
    sources = {name: source for name, (source, _) in (MODELS | LEARNERS).items()} | {"sound": ""}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.syspath_prepend(folder)
        modules = {
            module_of(name): BACKEND.replace('"flat",', f'"{name}",') + f"\n{source}\n"
            for name, source in sources.items()
        }
        install_modules(folder, "border", modules)
        registry = find_plugins(make_environment(folder / "home"))
        assert registry.faults == []
        yield registry
    for name in sources:
        sys.modules.pop(module_of(name), None)


def made_by(registry, name):
    backend = registry.backends[name]
    rng = np.random.default_rng(0)
    return backend, backend.create(VOCABULARY, "names", backend.Config(), rng)


def test_no_backend_is_imported_to_be_known(found, monkeypatch):
    monkeypatch.delitem(sys.modules, "sound_border", raising=False)
    assert found.backends["sound"].summary == "every character alike"
    assert "sound_border" not in sys.modules


def test_a_sound_backend_works_behind_the_border(found):
    backend, model = made_by(found, "sound")
    assert backend.offered_by == "border 1.0"
    assert model.config.width == 3
    again = backend.load(VOCABULARY, "names", model.config, model.arrays())
    assert backend.learner(again, Plan()).model() is again


@pytest.mark.parametrize("name", MODELS)
def test_a_model_that_breaks_the_contract_is_refused_with_who_made_it_and_what_came(found, name):
    with pytest.raises(PluginError) as caught:
        made_by(found, name)
    module = module_of(name)
    assert caught.value.message.startswith(f"the plugin {module} of border 1.0 ")
    assert MODELS[name][1] in caught.value.message
    assert f"`plugins disable {module}`" in caught.value.hint


@pytest.mark.parametrize("name", LEARNERS)
def test_a_learner_that_breaks_the_contract_is_refused(found, name):
    backend, model = made_by(found, name)

    def learn():
        learner = backend.learner(model, Plan())
        learner.update_many([None], [0.1])
        learner.model()

    with pytest.raises(PluginError, match="does not keep the contract") as caught:
        learn()
    assert LEARNERS[name][1] in caught.value.message


def test_a_model_is_looked_at_whenever_it_is_loaded(found):
    for name in ("nan", "narrow", "no-batch"):
        backend = found.backends[name]
        with pytest.raises(PluginError) as caught:
            backend.load(VOCABULARY, "names", backend.Config(), {"bias": np.zeros(6, np.float32)})
        assert MODELS[name][1].replace("3", "1") in caught.value.message.replace("3", "1")


def test_a_later_loss_may_explode_which_the_trainer_tells(found):
    backend, model = made_by(found, "sound")
    learner = backend.learner(model, Plan())
    assert learner.update(None, 0.1) == 1.0
    learner._own.update = lambda batch, rate: float("inf")
    assert learner.update(None, 0.1) == float("inf")
