"""What charplay asks of every recipe."""

from charplay_myrecipe import RECIPES

from charplay.testing import RecipeContract


class TestMyRecipe(RecipeContract):
    (recipe,) = RECIPES
