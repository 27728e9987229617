"""`backends`, `recipes`: what there is."""

from dataclasses import dataclass
from typing import Any

from charplay.commands.context import Context
from charplay.commands.table import Command, Nothing
from charplay.options import Option, options_of


@dataclass(frozen=True)
class Listing:
    """Rows of one kind, what to say where there are none, and what below them."""

    rows: tuple[Any, ...]
    empty: str
    note: str = ""


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
    Command("backends", "the families of models, and their options", backends),
    Command("recipes", "the named plans", recipes),
)
