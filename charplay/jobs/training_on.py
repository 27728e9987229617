"""How a model is trained on: the plan, and what must fit the model."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from charplay.errors import UsageError
from charplay.jobs.base import FoundBase
from charplay.jobs.choice import TrainingChoice
from charplay.jobs.proposals import propose_with
from charplay.models.contract import Backend, Model
from charplay.models.library import Library
from charplay.options import option_values, options_of
from charplay.plan import Part, Plan, Stage, TextChoice
from charplay.plugins.registry import Registry
from charplay.plural import count_in_words
from charplay.proposal import Proposal, TextFacts
from charplay.text.corpus import Corpus
from charplay.text.facts import facts_of
from charplay.text.typed.signs import list_characters
from charplay.training.growing import grow_checkpoint

# Of the rate at which a new network would learn, and updates until that is reached.
_GENTLER, _WARMUP = 0.5, 100
_MOST_NAMED = 8
_KINDS = {"names": "a list of names", "prose": "prose"}


def check_choice(choice: TrainingChoice, found: FoundBase) -> None:
    """UsageError where a choice names a recipe, or a backend that is not the model's."""
    if choice.recipe:
        raise UsageError(
            "a recipe makes a new model", f"leave out --recipe {choice.recipe}, or --from"
        )
    own = found.header.backend
    if choice.backend not in (None, own):
        raise UsageError(
            f"{found.name} is a model of {own}, not of {choice.backend}", "leave out --backend"
        )


def read_like(text: TextChoice, found: FoundBase) -> TextChoice:
    """The choice of a text, lower-cased where that of the model was."""
    told = found.header.provenance.get("text")
    lower = isinstance(told, Mapping) and told.get("lower") is True
    return replace(text, lower=text.lower or lower)


def propose_on(
    found: FoundBase, registry: Registry, corpus: Corpus, minutes: float | None
) -> tuple[Backend, Proposal]:
    """How a model is trained on: as its backend proposes for the text, at a lower rate.

    Raises UsageError where the text or a backend does not fit, before anything is trained.
    """
    header, find = found.header, registry.backends.find
    if corpus.kind != header.kind:
        raise UsageError(
            f"{corpus.source} is {_KINDS[corpus.kind]}, and {found.name} makes {header.kind}",
            f"read it as {header.kind} with --kind {header.kind}, or train on from another model",
        )
    backend = find(header.backend)
    backend.check_trainable()
    grow_checkpoint(found.checkpoint, find, corpus.vocabulary.joined(found.vocabulary), seed=0)
    facts = facts_of(corpus)
    former = found.plan
    plan = _gentle(propose_with(backend, facts, minutes).plan, former)
    model = found.checkpoint.model(backend)
    parts = backend.parts(model)
    if parts:
        plan = replace(plan, parts=_plan_parts(parts, former, facts, minutes))
    config = option_values(model.config)
    return backend, Proposal(plan, config, f"a model trained on from {found.name}")


def _plan_parts(
    parts: Any, former: Plan | None, facts: TextFacts, minutes: float | None
) -> tuple[Part, ...]:
    """A plan for each part of a mix; `former` is the plan of the mix."""
    known: list[Part | None] = list(former.parts) if former else []
    if [part.backend for part in known if part] != [backend.name for backend, _ in parts]:
        known = [None] * len(parts)
    return tuple(
        _plan_part(backend, model, part, facts, minutes)
        for (backend, model), part in zip(parts, known, strict=True)
    )


def _plan_part(
    backend: Backend, model: Model, known: Part | None, facts: TextFacts, minutes: float | None
) -> Part:
    backend.check_trainable()
    # What is ready at once does not learn the longer, the better.
    counted = known.counted if known else backend.propose(facts, 0) is not None
    return Part(
        backend.name,
        option_values(model.config),
        _gentle(propose_with(backend, facts, minutes).plan, known.plan if known else None),
        counted,
        known.corrects if known else 0,
    )


def _gentle(plan: Plan, former: Plan | None) -> Plan:
    """The plan with a lower rate and a warm-up; a network that learned from windows still does."""
    if former and former.cutting == "windows":
        names = ("cutting", "length", "stride", "scored", "batch_size")
        plan = replace(plan, **{name: getattr(former, name) for name in names})
        plan = replace(plan, stages=(replace(plan.stages[0], epochs=former.stages[0].epochs or 1),))
    return replace(plan, stages=tuple(map(_gentle_stage, plan.stages)))


def _gentle_stage(stage: Stage) -> Stage:
    return replace(stage, learning_rate=stage.learning_rate * _GENTLER, warmup=_WARMUP)


def check_options(
    found: FoundBase, registry: Registry, plan: Plan, changes: Mapping[type, Mapping[str, object]]
) -> None:
    """UsageError where an option that is set is not as the model has it."""
    backend = registry.backends.find(found.header.backend)
    networks = [(backend, backend.read_config(found.header.config, found.header.backend_version))]
    for part in plan.parts:
        if not part.counted:
            each = registry.backends.find(part.backend)
            networks.append((each, each.read_config(part.config)))
    for each, config in networks:
        for option in options_of(each.Config):
            given = changes.get(each.Config, {}).get(option.name)
            value = getattr(config, option.name)
            if given is not None and option.parse(given) != value:
                raise UsageError(
                    f"{option.typed_name} is {value} in {found.name}, which keeps its network",
                    f"leave out {option.typed_name}, or train a new model without --from",
                )


def free_name(name: str, found: FoundBase, library: Library) -> str:
    """The name, or that name and a number where it is the name of the model trained on from."""
    if name != found.name and library.own_digest(name) != found.header.digest:
        return name
    taken = library.names()
    return next(each for n in range(2, len(taken) + 3) if (each := f"{name}-{n}") not in taken)


def notes_on(found: FoundBase, corpus: Corpus, name: str) -> tuple[str, ...]:
    """What is new in the text, in the optimiser, and in the model's name."""
    new = "".join(c for c in corpus.vocabulary.characters if c not in found.vocabulary)
    count = count_in_words(len(new), "more character")
    notes = (
        (bool(new), f"learns {count}: {list_characters(new, _MOST_NAMED)}"),
        (
            found.of_run and not found.base.optimiser,
            "that run has ended without its optimiser, so training begins with a new one",
        ),
        (
            name.startswith(f"{found.name}-"),
            f"keeps the new model as {name}, beside {found.name}",
        ),
    )
    return tuple(note for wanted, note in notes if wanted)
