"""The hooks of charplay. A plugin implements any of them in an entry point of group `charplay`:

from charplay import hookimpl

@hookimpl
def register_backends(register):
    register(MyBackend())
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeAlias

import pluggy

from charplay.models.contract import Backend
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe

GROUP = "charplay"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


class Named(Protocol):
    """A command, as this floor sees it; what it can do is its own floor's affair."""

    @property
    def name(self) -> str:
        """What it is called by."""
        ...


RegisterBackend: TypeAlias = Callable[[Backend], Any]
RegisterCorpus: TypeAlias = Callable[[CorpusEntry], Any]
RegisterRecipe: TypeAlias = Callable[[Recipe], Any]
RegisterCommand: TypeAlias = Callable[[Named], Any]


@hookspec
def register_backends(register: RegisterBackend) -> None:
    """Offer families of models."""


@hookspec
def register_corpora(register: RegisterCorpus) -> None:
    """Offer texts."""


@hookspec
def register_recipes(register: RegisterRecipe) -> None:
    """Offer named plans."""


@hookspec
def register_commands(register: RegisterCommand) -> None:
    """Offer commands."""
