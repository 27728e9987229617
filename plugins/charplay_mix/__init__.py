"""Models made of several, of any backends: each gives its view, and the views are weighed."""

from importlib.resources import files

from charplay import (
    Command,
    RegisterBackend,
    RegisterCommand,
    RegisterRecipe,
    hookimpl,
    recipes_in,
)
from charplay_mix.backend import MixBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `mix`."""
    register(MixBackend(register.find))


@hookimpl
def register_commands(register: RegisterCommand) -> None:
    """Offer the command `mix`."""
    register(
        Command(
            "mix",
            "make one model of several",
            "charplay_mix.command:mix_models",
            "charplay_mix.arguments:MixArguments",
            (
                "mix drugs firstnames --characters union --name pills",
                "mix mine yours --text list.txt --name ours",
            ),
            family="making",
        )
    )


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer the recipes in this package's folder."""
    for recipe in recipes_in(files(__name__) / "recipes"):
        register(recipe)
