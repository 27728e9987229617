"""Backends on paper, and what offers them, for tests of what is planned."""

from dataclasses import dataclass, replace

from charplay.options import option
from charplay.plan import Part, Plan, Stage, TextChoice
from charplay.plugins.registry import Origin, Registry
from charplay.proposal import Proposal
from charplay.testing.fake_backend import FakeBackend
from charplay.training.recipe import Recipe

NAMES = tuple(f"{a}{b}" for a in ("an", "be", "ci", "do", "el") for b in ("na", "rt", "lo", "ra"))
USUAL = Plan(batch_size=4, minutes=1.5, held_out=0.25, stages=(Stage(epochs=3),))


@dataclass(frozen=True)
class Counting:
    """The options of a model that counts."""

    units = 6  # of every model on paper
    order: int = option(5, "order", minimum=1)


@dataclass(frozen=True)
class NoOptions:
    """A model that has none."""

    units = 6


class Quick(FakeBackend):
    """Counts: ready at once, and not so good."""

    name, Config, honours = "quick", Counting, frozenset({"reduction"})
    expected, requires = 1.0, ()

    def propose(self, facts, minutes):
        plan = Plan(batch_size=9, held_out=0.25, stages=(Stage(epochs=1),))
        return Proposal(plan, {}, "counts", self.expected)


class Slow(FakeBackend):
    """A network, which takes its time."""

    name, expected = "slow", 0.9

    def propose(self, facts, minutes):
        if minutes == 0:
            return None
        plan = USUAL.with_minutes(minutes)
        return Proposal(plan, {"units": facts.vocabulary}, "a network", self.expected)


class Mixed(Slow):
    """A mix of the two."""

    name, expected, Config = "mixed", 0.8, NoOptions

    def propose(self, facts, minutes):
        if minutes == 0:
            return None
        counted = Part("quick", {}, Plan(stages=(Stage(epochs=1),)), counted=True)
        parts = (counted, Part("slow", {"units": 7}, USUAL))
        return Proposal(replace(USUAL, parts=parts), {}, "both, mixed", self.expected)


class Missing(Slow):
    """A network whose packages are not installed."""

    name, requires, expected = "missing", ("no_such_package",), 0.1


RECIPES = (
    Recipe(
        "birds", "birds", TextChoice("birds", lower=True), "slow", {"units": 3},
        Plan(batch_size=2, held_out=0, stages=(Stage(updates=5, learning_rate=0.5),)),
        {"capital": True},
    ),
    Recipe("both", "both", TextChoice("birds"), "mixed", {},
           Plan(parts=(Part("slow", {"units": 3}),))),
    Recipe("any", "any", TextChoice("birds"), None, {}, Plan(optimiser="sgd")),
    Recipe("staged", "staged", TextChoice("birds"), "slow", {},
           Plan(stages=(Stage(epochs=1, corpus="jays"), Stage(epochs=1)))),
    Recipe("jays", "jays", TextChoice("birds"), "slow", {},
           Plan(stages=(Stage(epochs=1, corpus="jays"), Stage(epochs=1)))),
)  # fmt: skip


def make_registry(*backends, corpora=(), recipes=RECIPES):
    """A registry of these backends, corpora and recipes."""
    registry, origin = Registry(), Origin("paper", "paper", "1")
    kinds = ((registry.backends, backends), (registry.corpora, corpora))
    for catalogue, entries in (*kinds, (registry.recipes, recipes)):
        for entry in entries:
            catalogue.add(entry.name, lambda entry=entry: entry, origin)
    return registry


ALL = (Quick(), Slow(), Mixed(), Missing())
