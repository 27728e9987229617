"""Recurrent networks trained by Keras on TensorFlow, and the exercises they reproduce."""

from importlib.resources import files

from charplay import RegisterBackend, RegisterRecipe, hookimpl, recipes_in
from charplay_keras.backend import KerasBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `keras`."""
    register(KerasBackend())


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer the recipes in this package's folder."""
    for recipe in recipes_in(files(__name__) / "recipes"):
        register(recipe)
