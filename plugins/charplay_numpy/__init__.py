"""Recurrent networks written from scratch in NumPy, and the exercises they reproduce."""

from importlib.resources import files

from charplay import (
    CorpusEntry,
    RegisterBackend,
    RegisterCorpus,
    RegisterRecipe,
    hookimpl,
    recipes_in,
)
from charplay_numpy.backend import NumpyBackend

_HERE = files(__name__)


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `numpy`."""
    register(NumpyBackend())


@hookimpl
def register_corpora(register: RegisterCorpus) -> None:
    """Offer the one word that the exercise `hihello` learns."""
    register(
        CorpusEntry(
            name="hihello",
            kind="prose",
            summary="the word of the hihello exercise",
            licence="none needed",
            source="the exercise",
            path=_HERE / "texts" / "hihello.txt",
            size=7,
            distinct=5,
        )
    )


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer the recipes in this package's folder."""
    for recipe in recipes_in(_HERE / "recipes"):
        register(recipe)
