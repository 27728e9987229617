"""A backend at the border, whose own code answers as the test says."""

import numpy as np
import pytest

from charplay.errors import PluginError
from charplay.models.contract import Backend
from charplay.plan import Plan
from charplay.plugins.border import BackendAtBorder, LearnerAtBorder
from charplay.plugins.describing import describe_backend
from charplay.plugins.loading import PluginCode
from charplay.plugins.registry import Origin
from charplay.proposal import Proposal, TextFacts
from charplay.testing.fake_backend import FakeBackend, FakeConfig
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("\nabcde")
FACTS = TextFacts("names", 20, 100, 6)


class Code:
    """The code of a plugin that has this backend."""

    origin = Origin("rivers", "rivers-plugin", "1.0")

    def __init__(self, own):
        self._own = own

    def backend(self, name):
        return self._own

    telling = PluginCode.telling


def bordered(own=None, **changes):
    """A backend at the border, and its own one with what is changed."""
    own = own or FakeBackend()
    data = {**describe_backend(own), **changes}
    return BackendAtBorder(data, Code(own)), own


def test_a_backend_is_known_by_its_data():
    backend, _ = bordered(
        requires=["scipy"], install="pip install x", takes_prior=True, stores_counts=True,
        honours=["clip_norm"],
    )  # fmt: skip
    assert (backend.name, backend.summary, backend.version) == (
        "fake", "sums of what was read, for tests", "1.0",
    )  # fmt: skip
    assert (backend.requires, backend.install) == (("scipy",), "pip install x")
    assert (backend.takes_prior, backend.stores_counts) == (True, True)
    assert (backend.honours, backend.offered_by) == ({"clip_norm"}, "rivers-plugin 1.0")
    assert backend.Config(units=3).units == 3


def test_what_a_backend_does_not_answer_itself_is_answered_without_it():
    backend, own = bordered(answers=[])
    own.propose = own.memory_needed = own.upgrade = None
    assert backend.propose(FACTS, None) == Backend.propose(own, FACTS, None)
    assert backend.memory_needed(backend.Config(), Plan(), FACTS) is None
    assert backend.upgrade({"units": 3}, "0.9") == {"units": 3}


def test_what_it_answers_itself_is_asked_of_it():
    backend, own = bordered(answers=["propose", "memory_needed", "upgrade"])
    asked = []
    own.propose = lambda facts, minutes: asked.append(minutes) or Proposal(config={"units": 9})
    own.upgrade = lambda values, version: {**values, "version": version}
    own.memory_needed = lambda config, plan, facts: asked.append(config) or 7
    assert backend.propose(FACTS, 2) == Proposal(config={"units": 9})
    assert backend.upgrade({}, "0.9") == {"version": "0.9"}
    assert backend.memory_needed(backend.Config(units=4), Plan(), FACTS) == 7
    assert asked == [2, FakeConfig(units=4)]
    own.propose = own.memory_needed = lambda *given: None
    assert backend.propose(FACTS, 2) is None
    assert backend.memory_needed(backend.Config(), Plan(), FACTS) is None


ANSWERS = {
    "no proposal": (
        "propose", lambda *given: 5, "propose should give a Proposal or None; it gave a int",
    ),
    "a strange configuration": (
        "propose", lambda *given: Proposal(config={"units": 0}),
        "propose should give a configuration of its own; it gave units cannot be 0",
    ),
    "no number": (
        "memory_needed", lambda *given: 1.5,
        "memory_needed should give a number of bytes or None; it gave a float",
    ),
    "a switch": (
        "memory_needed", lambda *given: True,
        "memory_needed should give a number of bytes or None; it gave a bool",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ANSWERS)
def test_an_answer_that_does_not_fit_is_told(what):
    method, answer, told = ANSWERS[what]
    backend, own = bordered(answers=[method])
    setattr(own, method, answer)
    given = (FACTS, None) if method == "propose" else (backend.Config(), Plan(), FACTS)
    with pytest.raises(PluginError) as caught:
        getattr(backend, method)(*given)
    assert caught.value.message == (
        f"the plugin rivers of rivers-plugin 1.0 does not keep the contract: {told}"
    )


def calls_of(backend, model):
    """Each method with what it is given."""
    rng, config = np.random.default_rng(0), backend.Config()
    return {
        "create": (VOCABULARY, "names", config, rng),
        "load": (VOCABULARY, "names", config, model.arrays()),
        "learner": (model, Plan()),
        "grow": (model.arrays(), VOCABULARY, VOCABULARY, config, rng),
        "parts": (model,),
        "upgrade": ({}, "1"),
        "propose": (FACTS, None),
        "memory_needed": (config, Plan(), FACTS),
        "mixer": (None,),
    }


METHODS = (
    "create", "load", "learner", "grow", "parts", "upgrade", "propose", "memory_needed", "mixer",
)  # fmt: skip
PASSING = {"load": {KeyError, ValueError}, "grow": {KeyError, ValueError, IndexError}}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("kind", [ZeroDivisionError, KeyError, ValueError, IndexError])
def test_whatever_fails_in_a_backend_names_its_plugin_but_for_arrays_that_do_not_fit(method, kind):
    backend, own = bordered(answers=list(METHODS))
    model = backend.create(VOCABULARY, "names", backend.Config(), np.random.default_rng(0))

    def failing(*given):
        raise kind("gone")

    setattr(own, method, failing)
    given = calls_of(backend, model)[method]
    if kind in PASSING.get(method, ()):
        with pytest.raises(kind):
            getattr(backend, method)(*given)
        return
    with pytest.raises(PluginError) as caught:
        getattr(backend, method)(*given)
    assert caught.value.message.startswith(
        f"the plugin rivers of rivers-plugin 1.0 failed in FakeBackend.{method}: {kind.__name__}: "
    )


def test_a_backends_own_code_is_given_its_own_configuration():
    backend, own = bordered()
    given = []
    create, grow = own.create, own.grow
    own.create = lambda v, k, config, rng: given.append(config) or create(v, k, config, rng)
    own.grow = lambda a, o, n, config, rng: given.append(config) or grow(a, o, n, config, rng)
    rng = np.random.default_rng(0)
    model = backend.create(VOCABULARY, "names", backend.Config(units=4), rng)
    more = Vocabulary("\nabcdefg")
    grown = backend.grow(model.arrays(), VOCABULARY, more, FakeConfig(units=4), rng)
    assert given[0] == given[1] == FakeConfig(units=4)
    assert grown["embedding"].shape == (8, 4)
    assert backend.parts(model) == ()
    own.mixer = lambda inner: ("mixer", inner)
    assert backend.mixer("inner") == ("mixer", "inner")


def test_a_new_model_that_no_file_can_hold_is_told(monkeypatch):
    backend, own = bordered()

    def create(**changes):
        model = FakeBackend().create(VOCABULARY, "names", FakeConfig(), np.random.default_rng(0))
        for name, value in changes.items():
            monkeypatch.setattr(model, name, value, raising=False)
        own.create = lambda *given: model
        with pytest.raises(PluginError) as caught:
            backend.create(VOCABULARY, "names", backend.Config(), np.random.default_rng(0))
        return caught.value.message.partition("contract: ")[2]

    assert create(config=5) == (
        "create should give a model with a FakeConfig as its config; it gave a int"
    )
    assert create(vocabulary=Vocabulary("\nab")) == (
        "create should give a model of names for the given vocabulary; it gave another"
    )
    whole = {"output": np.zeros((6, 6), np.int32)}
    assert create(arrays=lambda: whole).startswith(
        "arrays should give weights, which are floats (counts where the backend says "
        "stores_counts = True); it gave "
    )
    own.load = lambda *given: 5
    told = create()
    assert told == "load should give a Model; it gave a int"


def test_a_model_of_a_file_is_checked_before_and_after_it_is_made():
    backend, own = bordered()
    model = backend.create(VOCABULARY, "names", backend.Config(), np.random.default_rng(0))
    with pytest.raises(ValueError, match=r".*"):
        backend.load(VOCABULARY, "names", backend.Config(), {"w": np.zeros(3, np.int32)})
    own.load = lambda *given: 5
    with pytest.raises(PluginError, match="load should give a Model; it gave a int"):
        backend.load(VOCABULARY, "names", backend.Config(), model.arrays())


class OwnLearner:
    """A learner that gives these losses."""

    def __init__(self, losses):
        self.losses, self.restored = list(losses), None

    def update(self, batch, rate):
        return self.losses.pop(0)

    def update_many(self, batches, rates):
        return [self.losses.pop(0) for _ in batches]

    def model(self):
        return 5

    def arrays(self):
        return {"count": 3}

    def restore(self, arrays):
        raise arrays


def test_losses_are_numbers_the_first_of_all_finite():
    learner = LearnerAtBorder(OwnLearner([1, 2.5, float("inf"), 3.0]), Code(None))
    assert learner.update(None, 0.1) == 1.0
    assert learner.update_many([None] * 2, [0.1] * 2) == [2.5, float("inf")]
    assert learner.update_many([None], [0.1]) == [3.0]
    assert learner.arrays() == {"count": 3}
    for losses, ask in (
        ([float("nan")], lambda learner: learner.update(None, 0.1)),
        ([float("inf"), 1.0], lambda learner: learner.update_many([None] * 2, [0.1] * 2)),
    ):
        with pytest.raises(PluginError, match="update should give a finite loss at its first step"):
            ask(LearnerAtBorder(OwnLearner(losses), Code(None)))
    begun = LearnerAtBorder(OwnLearner([1.0, float("nan")]), Code(None))
    assert begun.update_many([], []) == []
    assert begun.update(None, 0.1) == 1.0
    assert np.isnan(begun.update(None, 0.1))


@pytest.mark.parametrize("method", ["update", "update_many", "model", "arrays", "restore"])
def test_whatever_fails_in_a_learner_names_its_plugin(method):
    own = OwnLearner([])
    given = {"update": (None, 0.1), "update_many": ([], []), "restore": (ZeroDivisionError(),)}
    if method != "restore":
        setattr(own, method, lambda *given: 1 / 0)
    learner = LearnerAtBorder(own, Code(None))
    with pytest.raises(PluginError, match=rf"failed in OwnLearner\.{method}: ZeroDivisionError"):
        getattr(learner, method)(*given.get(method, ()))


@pytest.mark.parametrize("kind", [KeyError, ValueError])
def test_arrays_that_do_not_fit_a_learner_are_told_as_that(kind):
    with pytest.raises(kind):
        LearnerAtBorder(OwnLearner([]), Code(None)).restore(kind("x"))


def test_a_learners_model_is_one():
    with pytest.raises(PluginError, match=r"Learner\.model should give a Model; it gave a int"):
        LearnerAtBorder(OwnLearner([]), Code(None)).model()
