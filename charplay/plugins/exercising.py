"""Putting a backend to use for a moment, to see what registration alone cannot: `plugins check`."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from charplay.errors import CharplayError, MisfitError
from charplay.leftovers import temporary_folder
from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.models.contract import Backend, Learner, Model
from charplay.models.losses import checked_losses
from charplay.models.probe import check_arrays, probe_model
from charplay.options import build
from charplay.plan import Plan
from charplay.plugins.hookspecs import DeclaredCommand
from charplay.plugins.offers import NOT_TRIED
from charplay.proposal import Proposal, usual_plan
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
    missing = Backend.missing(backend)
    yield _try_out(f"{backend.name} proposes and estimates", partial(_ask_early, backend))
    if any(_plan_for(backend, corpus).parts for corpus in (_NAMES, _PROSE)):
        yield Exercise(f"{backend.name} learns", f"{NOT_TRIED}its models are made of others")
        return
    for corpus in (_NAMES, _PROSE):
        yield _try_out(
            f"{backend.name} makes a model of {corpus.kind}", partial(_make_model, backend, corpus)
        )
        if not missing:
            yield _try_out(
                f"{backend.name} learns {corpus.kind}", partial(_learn_text, backend, corpus)
            )
    if missing:
        yield Exercise(f"{backend.name} learns", f"{NOT_TRIED}it needs {', '.join(missing)}")


def exercise_command(command: DeclaredCommand) -> Exercise:
    """Find what a command names; it is not run."""
    return _try_out(f"{command.name} has its functions", command.check_code)


def _try_out(what: str, do: Callable[[], object]) -> Exercise:
    try:
        do()
    except CharplayError as error:
        return Exercise(what, f"{error.message}; {error.hint}" if error.hint else error.message)
    except BaseException as error:  # a plugin may raise anything
        return Exercise(what, f"{type(error).__name__}: {error}")
    return Exercise(what)


def _make_model(backend: Backend, corpus: Corpus) -> Model:
    """A new model, probed, and the same again from a file."""
    rng = np.random.Generator(np.random.Philox(0))
    model = backend.create(corpus.vocabulary, corpus.kind, backend.Config(), rng)
    if not isinstance(model, Model):
        raise MisfitError("create", "a Model", f"a {type(model).__name__}")
    check_arrays(model.arrays())
    probe_model(model)
    with temporary_folder() as folder:
        file = Path(folder, "model.safetensors")
        Checkpoint.of(model, backend).save(file)
        probe_model(read_checkpoint(file).model(backend))
    return model


def _plan_for(backend: Backend, corpus: Corpus) -> Plan:
    """The plan that a backend proposes, or else the usual one."""
    facts = facts_of(corpus)
    with suppress(Exception):  # which is told where it is asked for by itself
        proposal = backend.propose(facts, None) or backend.propose(facts, 0)
        if isinstance(proposal, Proposal):
            return proposal.plan
    return usual_plan(facts)


def _ask_early(backend: Backend) -> None:
    """What is asked before training: a proposal, and the memory that it needs."""
    for corpus in (_NAMES, _PROSE):
        facts = facts_of(corpus)
        proposal: object = backend.propose(facts, None)
        if proposal is None:
            continue
        if not isinstance(proposal, Proposal):
            raise MisfitError("propose", "a Proposal or None", f"a {type(proposal).__name__}")
        config: Any = build(backend.Config, proposal.config)
        needed: object = backend.memory_needed(config, proposal.plan, facts)
        if needed is not None and (isinstance(needed, bool) or not isinstance(needed, int)):
            came = f"a {type(needed).__name__}"
            raise MisfitError("memory_needed", "a number of bytes or None", came)


def _learn_text(backend: Backend, corpus: Corpus) -> None:
    """A few updates by the usual plan, and the model that comes of them."""
    plan = _plan_for(backend, corpus)
    learner = backend.learner(_make_model(backend, corpus), plan)
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
