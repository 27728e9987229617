"""Putting a backend to use for a moment, to see what registration alone cannot: `plugins check`."""

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np

from charplay.errors import CharplayError, MisfitError
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Learner, Model
from charplay.models.losses import checked_losses
from charplay.models.probe import check_arrays, probe_model
from charplay.plugins.hookspecs import DeclaredCommand
from charplay.proposal import usual_plan
from charplay.text.batching import cut_batches
from charplay.text.corpus import Corpus, NameList, Prose
from charplay.text.facts import facts_of

_NAMES = NameList(("ada", "bea", "cleo", "dora", "edna", "fay", "gabe", "hal"), "names", "")
_PROSE = Prose.of("the cat sat on the mat.\nthe dog lay on the log.\n" * 40, "prose", "")
_UPDATES, _RATE = 3, 0.01


class Exercise(NamedTuple):
    """One thing that was tried, and what was wrong with it; nothing where it went well."""

    tried: str
    problem: str = ""


def exercise_backend(backend: Backend) -> Iterator[Exercise]:
    """Make, train, save and load a small model of each kind."""
    missing = backend.missing()
    for corpus in (_NAMES, _PROSE):
        yield _tried(
            f"{backend.name} makes a model of {corpus.kind}", partial(_make, backend, corpus)
        )
        if not missing:
            yield _tried(f"{backend.name} learns {corpus.kind}", partial(_learn, backend, corpus))
    if missing:
        yield Exercise(f"{backend.name} learns", f"not tried: it needs {', '.join(missing)}")


def exercise_command(command: DeclaredCommand) -> Exercise:
    """Find what a command names; it is not run."""
    return _tried(f"{command.name} has its functions", command.check_code)


def _tried(what: str, do: Callable[[], object]) -> Exercise:
    try:
        do()
    except CharplayError as error:
        return Exercise(what, f"{error.message}; {error.hint}" if error.hint else error.message)
    except (Exception, SystemExit) as error:
        return Exercise(what, f"{type(error).__name__}: {error}")
    return Exercise(what)


def _make(backend: Backend, corpus: Corpus) -> Model:
    """A new model, probed, and the same again from a file."""
    rng = np.random.Generator(np.random.Philox(0))
    model = backend.create(corpus.vocabulary, corpus.kind, backend.Config(), rng)
    if not isinstance(model, Model):
        raise MisfitError("create", "a Model", f"a {type(model).__name__}")
    check_arrays(model.arrays())
    probe_model(model)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "model.safetensors")
        Checkpoint.of(model, backend).save(file)
        probe_model(read_checkpoint(file).model(backend))
    return model


def _learn(backend: Backend, corpus: Corpus) -> None:
    """A few updates by the usual plan, and the model that comes of them."""
    plan = usual_plan(facts_of(corpus))
    learner = backend.learner(_make(backend, corpus), plan)
    if not isinstance(learner, Learner):
        raise MisfitError("learner", "a Learner", f"a {type(learner).__name__}")
    batches = cut_batches(corpus, corpus.vocabulary, plan)
    some = [batches.batch(k) for k in range(_UPDATES)]
    losses = checked_losses(learner.update_many(some, [_RATE] * len(some)), len(some))
    if not np.isfinite(losses).all():
        raise MisfitError("update", "a finite loss", str(losses))
    check_arrays(learner.arrays(), "Learner.arrays")
    learner.restore(learner.arrays())
    probe_model(learner.model())
