"""The recipe `myrecipe` for charplay."""

from importlib.resources import files

from charplay import RegisterRecipe, hookimpl, recipes_in

charplay_api = "1.1"

RECIPES = recipes_in(files(__name__) / "recipes")


@hookimpl
def register_recipes(register: RegisterRecipe) -> None:
    """Offer every recipe in the folder."""
    for recipe in RECIPES:
        register(recipe)
