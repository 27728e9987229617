"""`train`: from a corpus and a recipe to a model in the library."""

import shlex
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from charplay.commands.context import Context
from charplay.commands.table import Command, words_of
from charplay.errors import TrainingError, UsageError, unknown
from charplay.files import named_file
from charplay.options import build, change, option, options_of, parse_values
from charplay.plan import KINDS, Plan, Stage, TextChoice, TrainingRun, usual_plan
from charplay.training.events import Failed, Kept, TrainingEvent
from charplay.training.recipe import Recipe

if TYPE_CHECKING:
    from charplay.jobs.job import Job
    from charplay.models.contract import Backend
    from charplay.text.corpus import Corpus


@dataclass(frozen=True)
class Pair:
    """One `key=value`."""

    key: str
    value: str

    domain = "an option and its value, like hidden=64"

    @classmethod
    def parse(cls, text: str) -> "Pair":
        """ValueError where there is no `=`."""
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ValueError(text)
        return cls(key, value)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True)
class TrainArguments:
    """What `train` takes."""

    corpus: str | None = option(
        None, "a corpus by name, or a .txt or .csv file", metavar="CORPUS", positional=True
    )
    recipe: str | None = option(None, "train by this recipe")
    backend: str | None = option(None, "train with this backend")
    name: str | None = option(None, "keep the model under this name")
    updates: int | None = option(None, "train for so many updates", minimum=1)
    epochs: int | None = option(None, "train for so many passes over the text", minimum=1)
    column: str | None = option(None, "the column of a .csv file")
    kind: str | None = option(None, "read the text as names or as prose", choices=KINDS)
    set: tuple[Pair, ...] = option(
        (), "change options of network or plan; `backends` lists the network's", metavar="KEY=VALUE"
    )


@dataclass(frozen=True)
class Training:
    """A run under way: its events as they come."""

    run: TrainingRun
    events: Iterator[TrainingEvent]


def train(context: Context, arguments: TrainArguments) -> Training:
    """Train a model in a process of its own and keep it; Ctrl-C ends with a checkpoint."""
    run = planned(context, arguments)
    return Training(run, _trained(context, run))


def planned(context: Context, arguments: TrainArguments) -> TrainingRun:
    """The run that the arguments ask for, with everything checked that can be before it starts."""
    from charplay.models.library import check_model_name
    from charplay.text.corpus import load_corpus

    recipe = _recipe(context, arguments)
    text = _text(context, arguments, recipe)
    backend = _backend(context, arguments, recipe)
    changes = _sorted(arguments.set, backend)
    text = change(text, changes[TextChoice])
    text = replace(text, corpus=_located(context, text.corpus))
    corpus = load_corpus(text, context.corpora, context.environment.home)
    plan = recipe.plan if recipe else usual_plan(corpus.kind, corpus.characters)
    plan = plan.changed(changes[Plan]).with_length(arguments.updates, arguments.epochs)
    text = replace(text, kind=corpus.kind)
    plan = _with_texts(context, plan, text, corpus)
    same_backend = recipe is not None and recipe.backend in (None, backend.name)
    config = dict(recipe.config) if recipe and same_backend else {}
    config |= parse_values(backend.Config, changes[backend.Config])
    build(backend.Config, config, f"option of {backend.name}")
    return TrainingRun(
        name=check_model_name(_name(recipe, text) if arguments.name is None else arguments.name),
        text=text,
        backend=backend.name,
        config=config,
        plan=plan,
        sampling=dict(recipe.sampling) if recipe else {},
        recipe=recipe.name if recipe else None,
        again=_again(arguments),
    )


def _again(arguments: TrainArguments) -> str:
    """The words that train such a model, the text by its name alone."""
    corpus = arguments.corpus and PurePath(arguments.corpus).name
    named = replace(arguments, corpus=corpus, name=None)
    return shlex.join(["train", *words_of(named)])


def _recipe(context: Context, arguments: TrainArguments) -> Recipe | None:
    """The recipe named, else the one of the corpus's name unless a backend was named."""
    recipes = context.registry.recipes
    if arguments.recipe:
        return recipes.find(arguments.recipe)
    if arguments.backend or arguments.corpus is None:
        return None
    return recipes.get(arguments.corpus)


def _text(context: Context, arguments: TrainArguments, recipe: Recipe | None) -> TextChoice:
    text = recipe.text if recipe else TextChoice()
    # A recipe may have its name from the text of a stage, which is then no other text for it.
    named = recipe is not None and not arguments.recipe and arguments.corpus in recipe.plan.texts
    given = {
        "corpus": None if named else arguments.corpus,
        "column": arguments.column,
        "kind": arguments.kind,
    }
    text = change(text, {name: value for name, value in given.items() if value is not None})
    if not text.corpus:
        raise UsageError(
            "train needs a text", "train dinosaurs, or train FILE; corpora lists texts"
        )
    return text


def _located(context: Context, corpus: str) -> str:
    """A corpus by name, or a file's whole path, for a worker that may run elsewhere."""
    path = None if corpus in context.corpora else named_file(corpus)
    return str(path.absolute()) if path else corpus


def _with_texts(context: Context, plan: Plan, text: TextChoice, corpus: "Corpus") -> Plan:
    """The plan with its stages' texts located.

    One that is the run's own is read as that, so that the part held out stays so.
    """
    from charplay.text.corpus import load_others

    others = load_others(text, plan, context.corpora, context.environment.home)

    def named(name: str) -> str:
        return "" if others[name].sha256 == corpus.sha256 else _located(context, name)

    return plan.with_texts(named)


def _backend(context: Context, arguments: TrainArguments, recipe: Recipe | None) -> "Backend":
    """The backend named, the recipe's, or of those that can train here the one needing least."""
    backends = context.registry.backends
    named = arguments.backend or (recipe.backend if recipe else None)
    if named:
        backend = backends.find(named)
        backend.check_trainable()
        return backend
    ready = [backend for backend in backends.values() if not backend.missing()]
    if not ready:
        raise UsageError("no backend here can train", "backends lists them and what they need")
    return min(ready, key=lambda backend: (len(backend.requires), backend.name))


def _name(recipe: Recipe | None, text: TextChoice) -> str:
    """The recipe's name where there is one, else the text's."""
    return recipe.name if recipe else PurePath(text.corpus).stem


def _sorted(pairs: tuple[Pair, ...], backend: "Backend") -> dict[type, dict[str, object]]:
    """What `--set` gives, by whose option it is: the network's, the plan's or the text's."""
    homes: dict[type, dict[str, object]] = {backend.Config: {}, Plan: {}, TextChoice: {}}
    known: dict[str, type] = {each.words: Plan for each in options_of(Stage)}
    known |= {each.words: home for home in reversed(homes) for each in options_of(home)}
    for pair in pairs:
        home = known.get(pair.key.replace("_", "-"))
        if home is None:
            raise unknown("option to set", pair.key, known)
        homes[home][pair.key.replace("-", "_")] = pair.value
    return homes


def _trained(context: Context, run: TrainingRun) -> Iterator[TrainingEvent]:
    """The events of a new job; TrainingError where it failed, its model chosen where it did not."""
    from charplay.jobs.job import Job, follow_job

    job = Job.create(context.environment.home, run)
    last: TrainingEvent | None = None
    for last in follow_job(job, context.environment, context.interrupt):
        if not isinstance(last, Failed):
            yield last
    if isinstance(last, Failed):
        raise TrainingError(last.message, _with_checkpoint(last.hint, job))
    if not isinstance(last, Kept):
        last = _rescued(context, run, job)
        yield last
    context.choose(last.name)


def _with_checkpoint(hint: str, job: "Job") -> str:
    checkpoint = job.checkpoint("last")
    return f"{hint}; the last good checkpoint is {checkpoint}" if checkpoint.exists() else hint


def _rescued(context: Context, run: TrainingRun, job: "Job") -> Kept:
    """Keep the newest checkpoint of a run whose process was ended."""
    from charplay.models.checkpoint import read_checkpoint

    for which in ("best", "last"):
        path = job.checkpoint(which)
        if path.exists():
            return Kept(
                run.name, context.library.add(read_checkpoint(path), run.name, run.text.corpus)
            )
    raise TrainingError(
        "training ended before its first checkpoint", f"the details are in {job.log}"
    )


COMMANDS = (
    Command(
        "train",
        "train a model on a list of names or on prose",
        train,
        TrainArguments,
        (
            "train dinosaurs",
            "train mynames.txt --name mine",
            "train products.csv --column name --epochs 30",
            "train dinosaurs --recipe course-dinosaurs --updates 10000",
            "train dinosaurs --set hidden=256 learning-rate=0.003",
        ),
    ),
)
