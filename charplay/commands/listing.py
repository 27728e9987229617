"""`models`, `model`, `corpora`, `backends`, `recipes`: what there is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from charplay.commands.context import Context
from charplay.commands.table import Command, Nothing
from charplay.options import Option, option, options_of


@dataclass(frozen=True)
class Listing:
    """Rows of one kind, and what to say where there are none."""

    rows: tuple[Any, ...]
    empty: str


@dataclass(frozen=True)
class ModelRow:
    """A model of the library."""

    name: str
    chosen: bool
    kind: str
    backend: str
    recipe: str | None
    loss: float | None
    held_out_loss: float | None
    size: int
    made: datetime | None
    digest: str
    fault: str = ""


@dataclass(frozen=True)
class CorpusRow:
    """A text that can be trained on by name."""

    name: str
    kind: str
    summary: str
    licence: str
    source: str
    offered_by: str


@dataclass(frozen=True)
class BackendRow:
    """A family of models, and its network's options."""

    name: str
    summary: str
    ready: bool
    install: str
    offered_by: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class RecipeRow:
    """A named plan."""

    name: str
    corpus: str
    backend: str | None
    summary: str
    offered_by: str


@dataclass(frozen=True)
class Chosen:
    """The model now talked to."""

    name: str
    kind: str
    backend: str
    parameters: int
    held_out_loss: float | None


@dataclass(frozen=True)
class ModelArguments:
    """What `model` takes."""

    model: str | None = option(
        None, "a model by name, digest or path; none: tell which it is", positional=True
    )


def models(context: Context, arguments: Nothing) -> Listing:
    """The models in the library."""
    library = context.library
    current = library.current
    rows = []
    for shelved in library.shelves():
        header = shelved.header
        rows.append(
            ModelRow(
                name=shelved.name,
                chosen=shelved.name == current,
                kind=header.kind if header else "",
                backend=header.backend if header else "",
                recipe=header.provenance.get("recipe") if header else None,
                loss=header.history[-1][1] if header and header.history else None,
                held_out_loss=header.held_out_loss if header else None,
                size=shelved.size,
                made=shelved.kept,
                digest=shelved.digest,
                fault=shelved.fault,
            )
        )
    return Listing(tuple(rows), "there is no model yet; train one: train dinosaurs")


def model(context: Context, arguments: ModelArguments) -> Chosen:
    """Choose the model to talk to; it stays chosen at the next start."""
    opened = context.model(arguments.model)
    if arguments.model:
        context.library.choose(arguments.model)
        context.talk = None
    parameters = sum(array.size for array in opened.model.arrays().values())
    header = opened.header
    return Chosen(opened.name, header.kind, header.backend, parameters, header.held_out_loss)


def corpora(context: Context, arguments: Nothing) -> Listing:
    """The texts that can be trained on by name."""
    shelf = context.registry.corpora
    rows = tuple(
        CorpusRow(
            entry.name,
            entry.kind,
            entry.summary,
            entry.licence,
            entry.source,
            shelf.origin(entry.name).distribution,
        )
        for entry in shelf.values()
    )
    return Listing(rows, "there is no corpus; train a file of your own: train FILE")


def backends(context: Context, arguments: Nothing) -> Listing:
    """The families of models, and whether they can train here."""
    shelf = context.registry.backends
    rows = []
    for backend in shelf.values():
        missing = backend.missing()
        rows.append(
            BackendRow(
                backend.name,
                backend.summary,
                not missing,
                backend.install if missing else "",
                shelf.origin(backend.name).distribution,
                options_of(backend.Config),
            )
        )
    return Listing(tuple(rows), "there is no backend; install charplay again")


def recipes(context: Context, arguments: Nothing) -> Listing:
    """The named plans."""
    shelf = context.registry.recipes
    rows = tuple(
        RecipeRow(
            recipe.name,
            recipe.text.corpus,
            recipe.backend,
            recipe.summary,
            shelf.origin(recipe.name).distribution,
        )
        for recipe in shelf.values()
    )
    return Listing(rows, "there is no recipe; train without one: train FILE")


COMMANDS = (
    Command("models", "the models in the library", models),
    Command(
        "model",
        "choose the model to talk to",
        model,
        ModelArguments,
        ("model dinosaurs", "model ./friend.safetensors"),
    ),
    Command("corpora", "the texts that can be trained on by name", corpora),
    Command("backends", "the families of models, and their options", backends),
    Command("recipes", "the named plans", recipes),
)
