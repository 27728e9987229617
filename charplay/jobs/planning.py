"""From a person's choice to a whole plan, with everything checked that can be before it starts."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath

from charplay.errors import UsageError, unknown
from charplay.files import named_file
from charplay.jobs.choice import Pair, TrainingChoice
from charplay.models.contract import Backend
from charplay.models.library import check_model_name
from charplay.options import build, change, options_of, parse_values, typed_words
from charplay.plan import Plan, Stage, TextChoice, TrainingRun, usual_plan
from charplay.plugins.registry import Registry
from charplay.text.catalogue import available_corpora
from charplay.text.corpus import Corpus, load_corpus, load_stage_texts
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe


class Planner:
    """Plans training runs with what plugins offer and a data home holds."""

    def __init__(self, registry: Registry, home: Path) -> None:
        self._registry, self._home = registry, home

    @property
    def _corpora(self) -> Mapping[str, CorpusEntry]:
        return available_corpora(self._registry.corpora, self._home)

    def plan_run(self, choice: TrainingChoice) -> TrainingRun:
        """The run of a choice.

        Raises UsageError for a choice that cannot be, CorpusError for a text that cannot be read.
        """
        recipe = self._recipe_of(choice)
        text = self._text_of(choice, recipe)
        backend = self._backend_of(choice, recipe)
        changes = _sort_pairs(choice.set, backend)
        text = change(text, changes[TextChoice])
        text = replace(text, corpus=self._locate(text.corpus))
        corpus = load_corpus(text, self._corpora, self._home)
        plan = recipe.plan if recipe else usual_plan(corpus.kind, corpus.characters)
        plan = plan.changed(changes[Plan]).with_length(choice.updates, choice.epochs)
        text = replace(corpus.reading.choice, corpus=text.corpus)
        name = _default_name(recipe, text) if choice.name is None else choice.name
        return TrainingRun(
            name=check_model_name(name),
            text=text,
            backend=backend.name,
            config=_config_of(recipe, backend, changes[backend.Config]),
            plan=self._locate_stage_texts(plan, text, corpus),
            sampling=dict(recipe.sampling) if recipe else {},
            recipe=recipe.name if recipe else None,
            again=_command_again(choice),
            notes=corpus.reading.notes,
        )

    def _recipe_of(self, choice: TrainingChoice) -> Recipe | None:
        """The recipe named, else the one of the corpus's name unless a backend was named."""
        recipes = self._registry.recipes
        if choice.recipe:
            return recipes.find(choice.recipe)
        if choice.backend or choice.corpus is None:
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

    def _backend_of(self, choice: TrainingChoice, recipe: Recipe | None) -> Backend:
        """The backend named, the recipe's, or the ready one that needs the fewest packages."""
        backends = self._registry.backends
        name = choice.backend or (recipe.backend if recipe else None)
        if name:
            backend = backends.find(name)
            backend.check_trainable()
            return backend
        ready = [backend for backend in backends.values() if not backend.missing()]
        if not ready:
            raise UsageError("no backend can train here", "`backends` shows what they need")
        return min(ready, key=lambda backend: (len(backend.requires), backend.name))

    def _locate(self, corpus: str) -> str:
        """A corpus by name, or a file's absolute path, for a worker that may run elsewhere."""
        path = None if corpus in self._corpora else named_file(corpus)
        return str(path.absolute()) if path else corpus

    def _locate_stage_texts(self, plan: Plan, text: TextChoice, corpus: Corpus) -> Plan:
        """The plan with its stages' texts located.

        A stage with the run's own text names none, so that the same part is held out.
        """
        others = load_stage_texts(text, plan, self._corpora, self._home)

        def located(name: str) -> str:
            return "" if others[name].sha256 == corpus.sha256 else self._locate(name)

        return plan.with_texts(located)


def _command_again(choice: TrainingChoice) -> str:
    """The command that trains such a model: the text by its name alone, no name for the model."""
    values = {**vars(choice), **choice.reading, "name": None}
    if choice.corpus:
        values["corpus"] = PurePath(choice.corpus).name
    return shlex.join(["train", *typed_words(options_of(TrainingChoice), values)])


def _config_of(
    recipe: Recipe | None, backend: Backend, changes: Mapping[str, object]
) -> dict[str, object]:
    """The network's options: a recipe's for its own backend, then what was set."""
    own = recipe is not None and recipe.backend in (None, backend.name)
    config = dict(recipe.config) if recipe and own else {}
    config |= parse_values(backend.Config, changes)
    build(backend.Config, config, f"option of {backend.name}")
    return config


def _default_name(recipe: Recipe | None, text: TextChoice) -> str:
    """The recipe's name where there is one, else the text's."""
    return recipe.name if recipe else PurePath(text.corpus).stem


def _sort_pairs(pairs: tuple[Pair, ...], backend: Backend) -> dict[type, dict[str, object]]:
    """What `--set` gives, by the class it is an option of: network, plan or text."""
    homes: dict[type, dict[str, object]] = {backend.Config: {}, Plan: {}, TextChoice: {}}
    known: dict[str, type] = {option.typed_name: Plan for option in options_of(Stage)}
    known |= {option.typed_name: home for home in reversed(homes) for option in options_of(home)}
    for pair in pairs:
        home = known.get(pair.key.replace("_", "-"))
        if home is None:
            raise unknown("option to set", pair.key, known)
        homes[home][pair.key.replace("-", "_")] = pair.value
    return homes
