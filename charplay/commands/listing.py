"""`backends` and `recipes`: what plugins offer for training."""

from dataclasses import dataclass

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.models.contract import Backend
from charplay.options import Option, options_of
from charplay.plugins.registry import Origin

BACKEND_COLUMNS = (
    Column("backend"),
    Column("summary", shrink="fold"),
    Column("trains_here"),
    Column("option_names", shrink="fold", least=18),
)
RECIPE_COLUMNS = (Column("recipe"), Column("corpus"), Column("summary", shrink="fold"))


@dataclass(frozen=True)
class BackendRow:
    """A family of models.

    trains_here: yes, or the command that installs what is missing; option_names: options of the
    network, for --set.
    """

    backend: str
    summary: str
    ready: bool
    trains_here: str
    offered_by: str
    option_names: tuple[str, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True)
class RecipeRow:
    """A named plan."""

    recipe: str
    corpus: str
    backend: str | None
    summary: str
    offered_by: str


def list_backends(context: Context, request: Request) -> Table:
    """The families of models, and whether they can train here."""
    catalogue = context.registry.backends
    rows = tuple(
        _backend_row(backend, catalogue.origin(backend.name)) for backend in catalogue.values()
    )
    empty = "there is no backend; install charplay again"
    return Table(rows, BACKEND_COLUMNS, empty, json_only=("options",))


def _backend_row(backend: Backend, origin: Origin) -> BackendRow:
    ready = not backend.missing()
    options = options_of(backend.Config)
    return BackendRow(
        backend=backend.name,
        summary=backend.summary,
        ready=ready,
        trains_here="yes" if ready else backend.how_to_install,
        offered_by=origin.distribution,
        option_names=tuple(option.typed_name for option in options),
        options=options,
    )


def list_recipes(context: Context, request: Request) -> Table:
    """The named plans."""
    catalogue = context.registry.recipes
    rows = tuple(
        RecipeRow(
            recipe.name,
            recipe.text.corpus,
            recipe.backend,
            recipe.summary,
            catalogue.origin(recipe.name).distribution,
        )
        for recipe in catalogue.values()
    )
    return Table(rows, RECIPE_COLUMNS, "there is no recipe; `train FILE` trains without one")
