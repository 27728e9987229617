"""The hooks of charplay. A plugin implements some of them in an entry point of group `charplay`:

from charplay import hookimpl

@hookimpl
def register_backends(register):
    register(MyBackend())
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias, runtime_checkable

import pluggy

from charplay.models.contract import Backend
from charplay.plugins.installed import GROUP
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe, RecipeFile

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@runtime_checkable
class DeclaredCommand(Protocol):
    """All that is known of a command here."""

    @property
    def name(self) -> str:
        """The name that a person types."""
        ...

    def to_data(self) -> dict[str, Any]:
        """The declaration as values that JSON can hold."""
        ...

    def check(self) -> None:
        """Raise CharplayError where the declaration does not fit."""
        ...

    def check_code(self) -> None:
        """Raise CharplayError where something that it names is not there."""
        ...


class RegisterBackend(Protocol):
    """What `register_backends` is given."""

    def __call__(self, backend: Backend) -> Any:
        """Register a backend."""
        ...

    def find(self, name: str) -> Backend:
        """The backend of a name, of any plugin, once all are registered; else UsageError."""
        ...


RegisterCorpus: TypeAlias = Callable[[CorpusEntry], Any]
RegisterRecipe: TypeAlias = Callable[[Recipe | RecipeFile], Any]
RegisterCommand: TypeAlias = Callable[[DeclaredCommand], Any]


@hookspec
def register_backends(register: RegisterBackend) -> None:
    """Register backends: families of models."""


@hookspec
def register_corpora(register: RegisterCorpus) -> None:
    """Register corpora: texts to train on."""


@hookspec
def register_recipes(register: RegisterRecipe) -> None:
    """Register recipes: named plans."""


@hookspec
def register_commands(register: RegisterCommand) -> None:
    """Register commands."""
