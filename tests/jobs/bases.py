"""Models to train on from, made of a tiny backend."""

from dataclasses import replace

import numpy as np

from charplay.ancestry import Ancestor, Base
from charplay.jobs.base import FoundBase
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Plan, Stage
from charplay.proposal import TextFacts
from charplay.testing.fake_backend import FakeBackend
from charplay.text.vocabulary import Vocabulary
from charplay.training.events import Finished, Kept
from tests.jobs.planned import ALL

NAMES = [f"{a}{b}" for a in ("an", "be", "ci", "do", "el") for b in ("na", "rt", "lo", "ra")]
PLAN = Plan(batch_size=4, held_out=0.2, seed=3, stages=(Stage(updates=7), Stage(epochs=5)))
FINISHED = Finished(24, "done", 2.0, None, "last", 9.0)
KEPT = Kept("birds", "0" * 64)
FACTS = TextFacts("names", 20, 100, 13)


def find(name):
    return {"fake": FakeBackend(), **{backend.name: backend for backend in ALL}}[name]


VOCABULARY = Vocabulary.of("\nabcdelnort")
TEXT = {"corpus": "old.txt", "sha256": "5a" * 32, "lower": True, "kind": "names"}
OLDER = Ancestor("older", "1" * 64, "older.txt", "4a" * 32)


def checkpoint_of(seed=1, backend=None, learner=None, **header):
    backend = backend or FakeBackend()
    rng = np.random.Generator(np.random.Philox(seed))
    model = backend.create(VOCABULARY, "names", backend.Config(), rng)
    header = {"provenance": {"text": TEXT}, "plan": PLAN.to_dict(), **header}
    return Checkpoint.of(model, backend, learner, **header)


def found(name="old", of_run=False, optimiser=False, backend=None, **header):
    checkpoint = checkpoint_of(backend=backend, **header)
    header = replace(checkpoint.header, digest=checkpoint.digest)
    checkpoint = replace(checkpoint, header=header)
    ancestry = (Ancestor(name, checkpoint.digest, "old.txt", TEXT["sha256"]), OLDER)
    return FoundBase(Base("/old", ancestry, optimiser), checkpoint, None, of_run)
