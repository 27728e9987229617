"""From a person's choice to a whole plan, with everything checked that can be before it starts."""

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path, PurePath

from charplay.errors import UsageError, unknown
from charplay.files import name_of_file, named_file, path_text
from charplay.jobs.base import FoundBase, find_base
from charplay.jobs.choice import Pair, TrainingChoice
from charplay.jobs.free_memory import free_memory
from charplay.jobs.honouring import check_honoured
from charplay.jobs.memory import check_memory
from charplay.jobs.overlap import overlap_note
from charplay.jobs.proposals import choose_proposal, option_homes, propose_with
from charplay.jobs.training_on import (
    check_choice,
    check_options,
    free_name,
    notes_on,
    propose_on,
    read_like,
)
from charplay.models.contract import Backend
from charplay.models.library import Library, check_model_name
from charplay.options import build, change, options_of, parse_values, typed_words
from charplay.plan import Plan, TextChoice, TrainingRun
from charplay.plugins.registry import Registry
from charplay.pretrained import shipped_models
from charplay.proposal import Proposal
from charplay.text.catalogue import available_corpora
from charplay.text.corpus import Corpus, NameList, load_corpus, load_stage_texts
from charplay.text.entry import CorpusEntry
from charplay.text.facts import facts_of
from charplay.training.recipe import Recipe


class Planner:
    """Plans training runs with what plugins offer and a data home holds.

    free: bytes of memory that are left, None where that is not known.
    """

    def __init__(
        self,
        registry: Registry,
        home: Path,
        free: Callable[[], int | None] = free_memory,
    ) -> None:
        self._registry, self._home, self._free = registry, home, free

    @property
    def _corpora(self) -> Mapping[str, CorpusEntry]:
        return available_corpora(self._registry.corpora, self._home)

    def plan_run(self, choice: TrainingChoice) -> TrainingRun:
        """The run of a choice.

        Raises UsageError for a choice that cannot be, CorpusError for a text that cannot be read,
        TrainingError for a run that needs more memory than there is.
        """
        _check_length(choice)
        found = self._base_of(choice)
        recipe = None if found else self._recipe_of(choice)
        text = self._text_of(choice, recipe)
        text = change(read_like(text, found) if found else text, _text_options(choice.set))
        text = replace(text, corpus=self._locate(text.corpus))
        corpus = load_corpus(text, self._corpora, self._home)
        if found:
            backend, proposal = self._propose_on(choice, found, corpus)
        else:
            backend, proposal = self._propose(choice, recipe, corpus)
        changes = self._sort_pairs(choice.set, backend, proposal.plan)
        if found:
            check_options(found, self._registry, proposal.plan, changes)
        plan = proposal.plan.changed(changes.get(Plan, {}))
        plan = plan.with_length(choice.updates, choice.epochs)
        if choice.keep_checkpoints:
            plan = replace(plan, keep_checkpoints=choice.keep_checkpoints)
        plan = self._with_part_options(plan, changes)
        check_honoured(self._registry.backends.find, backend, plan, proposal.plan)
        text = replace(corpus.reading.choice, corpus=text.corpus)
        name = self._default_name(recipe, text, found) if choice.name is None else choice.name
        told = self._notes_on(found, corpus, plan, name) if found else ()
        others = load_stage_texts(text, plan, self._corpora, self._home)
        run = TrainingRun(
            name=check_model_name(name),
            text=text,
            backend=backend.name,
            config=_config_of(proposal, backend, changes.get(backend.Config, {})),
            plan=self._locate_stage_texts(plan, others, corpus),
            sampling=dict(found.header.sampling if found else recipe.sampling if recipe else {}),
            recipe=recipe.name if recipe else None,
            again=_command_again(choice),
            notes=(*corpus.reading.notes, *told, *_describe(proposal, plan)),
            base=found.base if found else None,
        )
        facts = facts_of(corpus, *others.values())
        tight = check_memory(run, facts, self._registry.backends.find, self._free)
        return replace(run, notes=(*run.notes, *tight))

    @cached_property
    def _library(self) -> Library:
        return Library(self._home / "models", self._registry.backends.find, shipped_models())

    def _base_of(self, choice: TrainingChoice) -> FoundBase | None:
        """The model to train on from, if one is named."""
        if choice.from_ is None:
            return None
        found = find_base(choice.from_, self._library, self._home)
        check_choice(choice, found)
        return found

    def _propose_on(
        self, choice: TrainingChoice, found: FoundBase, corpus: Corpus
    ) -> tuple[Backend, Proposal]:
        minutes = 0 if choice.quick else choice.minutes
        backend, proposal = propose_on(found, self._registry, corpus, minutes)
        return backend, _fit_few_names(proposal, corpus)

    def _default_name(
        self, recipe: Recipe | None, text: TextChoice, found: FoundBase | None
    ) -> str:
        """The recipe's name where there is one, else the text's; never that of the base."""
        name = recipe.name if recipe else name_of_file(text.corpus, "model")
        return free_name(name, found, self._library) if found else name

    def _notes_on(self, found: FoundBase, corpus: Corpus, plan: Plan, name: str) -> tuple[str, ...]:
        """What a person should know before a model is trained on."""
        overlap = overlap_note(found, corpus, plan.held_out, self._corpora, self._home)
        return (*notes_on(found, corpus, name), *((overlap,) if overlap else ()))

    def _recipe_of(self, choice: TrainingChoice) -> Recipe | None:
        """The recipe named, else the one of the corpus's name unless a backend was named."""
        recipes = self._registry.recipes
        if choice.recipe:
            return recipes.find(choice.recipe)
        if choice.backend or choice.quick or choice.corpus is None:
            return None
        return recipes.get(choice.corpus)

    def _text_of(self, choice: TrainingChoice, recipe: Recipe | None) -> TextChoice:
        text = recipe.text if recipe else TextChoice()
        # A recipe may have its name from a stage's text, which is then not the run's own text.
        of_stage = recipe is not None and not choice.recipe and choice.corpus in recipe.plan.texts
        given = {"corpus": None if of_stage else choice.corpus, **choice.reading}
        text = change(text, {name: value for name, value in given.items() if value is not None})
        if not text.corpus:
            raise UsageError(
                "train needs a text",
                "`train dinosaurs`, or `train FILE`; `corpora` lists the texts",
            )
        return text

    def _propose(
        self, choice: TrainingChoice, recipe: Recipe | None, corpus: Corpus
    ) -> tuple[Backend, Proposal]:
        """The backend and how it trains: the recipe's, the one named, or the best that is ready."""
        backends, facts = self._registry.backends, facts_of(corpus)
        minutes = 0 if choice.quick else choice.minutes
        name = choice.backend or (recipe.backend if recipe else None)
        if name is None:
            options = [pair.key for pair in choice.set]
            backend, proposal = choose_proposal(backends, facts, minutes, options, recipe is None)
        else:
            backend = backends.find(name)
            backend.check_trainable()
            proposal = Proposal() if recipe else propose_with(backend, facts, minutes)
        if recipe is None:
            return backend, _fit_few_names(proposal, corpus)
        if recipe.plan.parts and backend.name != recipe.backend:
            raise UsageError(
                f"the recipe {recipe.name} is for {recipe.backend}, not {backend.name}",
                "leave out --backend",
            )
        is_own = recipe.backend in (None, backend.name)
        hint = f"the recipe {recipe.name} sets that{'' if is_own else '; leave out --backend'}"
        check_honoured(backends.find, backend, recipe.plan, hint=hint)
        config = recipe.config if is_own else {}
        return backend, Proposal(recipe.plan.with_minutes(choice.minutes), config)

    def _sort_pairs(
        self, pairs: tuple[Pair, ...], backend: Backend, plan: Plan
    ) -> dict[type, dict[str, object]]:
        """What `--set` gives, by the class that it is an option of."""
        known = option_homes(self._registry.backends, backend, plan)
        sorted_pairs: dict[type, dict[str, object]] = {}
        for pair in pairs:
            home = known.get(pair.key.replace("_", "-"))
            if home is None:
                raise unknown("option to set", pair.key, known)
            sorted_pairs.setdefault(home, {})[pair.key.replace("-", "_")] = pair.value
        return sorted_pairs

    def _with_part_options(self, plan: Plan, changes: Mapping[type, Mapping[str, object]]) -> Plan:
        """The plan with other options for the networks of its parts."""
        parts = []
        for part in plan.parts:
            backend = self._registry.backends.find(part.backend)
            given = {} if part.counted else changes.get(backend.Config, {})
            own = Proposal(part.plan, part.config)
            parts.append(replace(part, config=_config_of(own, backend, given)))
        return replace(plan, parts=tuple(parts))

    def _locate(self, corpus: str) -> str:
        """A corpus by name, or a file's absolute path, for a worker that may run elsewhere."""
        path = None if corpus in self._corpora else named_file(corpus)
        return path_text(path.absolute()) if path else corpus

    def _locate_stage_texts(self, plan: Plan, others: Mapping[str, Corpus], corpus: Corpus) -> Plan:
        """The plan with its stages' texts located; others: these texts by their names.

        A stage with the run's own text names none, so that the same part is held out.
        """

        def located(name: str) -> str:
            return "" if others[name].sha256 == corpus.sha256 else self._locate(name)

        return plan.with_texts(located)


def _command_again(choice: TrainingChoice) -> str:
    """The command that trains such a model: files by their names alone, no name for the model."""
    values = {**vars(choice), **choice.reading, "name": None}
    for name in ("corpus", "from_"):
        if values[name]:
            values[name] = path_text(PurePath(PurePath(values[name]).name))
    return shlex.join(["train", *typed_words(options_of(TrainingChoice), values)])


def _config_of(
    proposal: Proposal, backend: Backend, changes: Mapping[str, object]
) -> dict[str, object]:
    """The network's options: those proposed, then what was set."""
    config = dict(proposal.config) | parse_values(backend.Config, changes)
    build(backend.Config, config, f"option of {backend.name}")
    return config


def _check_length(choice: TrainingChoice) -> None:
    """UsageError where two options say how long to train."""
    given = {
        "--updates": choice.updates,
        "--epochs": choice.epochs,
        "--minutes": choice.minutes,
        "--quick": choice.quick or None,
    }
    lengths = [flag for flag, value in given.items() if value is not None]
    if len(lengths) > 1:
        raise UsageError(f"{' and '.join(lengths)} both set the length", "give one of them")
    if choice.quick and choice.recipe:
        raise UsageError("a recipe has a length of its own", "leave out --quick, or --recipe")


def _describe(proposal: Proposal, plan: Plan) -> tuple[str, ...]:
    """What was chosen, and how long it takes, where nobody said how to train."""
    if not proposal.summary:
        return ()
    minutes = plan.minutes
    if minutes is None:
        return (f"makes {proposal.summary}",)
    time = f"{minutes:g} minutes" if minutes != 1 else "a minute"
    return (f"makes {proposal.summary}, in at most {time}",)


def _text_options(pairs: tuple[Pair, ...]) -> dict[str, object]:
    """The options of the text among those that `--set` gives."""
    known = {option.typed_name for option in options_of(TextChoice)}
    return {pair.key: pair.value for pair in pairs if pair.key.replace("_", "-") in known}


def _fit_few_names(proposal: Proposal, corpus: Corpus) -> Proposal:
    """The proposal; of too few names for a part of them, none is held out."""
    plan = proposal.plan
    if isinstance(corpus, NameList) and not round(len(set(corpus.names)) * plan.held_out):
        return replace(proposal, plan=replace(plan, held_out=0))
    return proposal
