"""Recurrent networks written from scratch in NumPy, and the exercises they reproduce."""

from importlib.resources import files

from charplay import RegisterBackend, RegisterRecipe, hookimpl, recipes_in
from charplay_numpy.backend import NumpyBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `numpy`."""
    register(NumpyBackend())


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer the recipes in this package's folder."""
    for recipe in recipes_in(files("charplay_numpy") / "recipes"):
        register(recipe)
