"""The published networks as recipes: their sizes, their cuts, and short runs beside plain Keras."""

import numpy as np
import pytest

from charplay.options import build
from charplay.text.vocabulary import Vocabulary

# Characters of the exercise's text, then the weights of each layer that it prints.
PUBLISHED = {
    "nietzsche-3": (57, [2394, 11_008, 65_792, 14_649]),
    "nietzsche-8": (57, [2394, 11_008, 65_792, 14_649]),
    "nietzsche-rnn": (57, [2394, 76_544, 14_649]),
    "nietzsche-stateful-rnn": (57, [2394, 76_544, 14_649]),
    "nietzsche-lstm": (57, [2394, 1_136_640, 29_241]),
    "sonnets-lstm": (38, [85_504, 131_584, 4902]),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_network_has_as_many_weights_as_its_author_prints(registry, backend, name):
    characters, layers = PUBLISHED[name]
    vocabulary = Vocabulary("".join(sorted(map(chr, range(32, 32 + characters)))))
    config = build(backend.Config, registry.recipes.find(name).config)
    model = backend.create(vocabulary, "prose", config, np.random.default_rng(0))
    assert model.parameter_count == sum(layers)


def test_the_recurrent_network_on_nietzsche_has_93587_parameters():
    assert sum(PUBLISHED["nietzsche-rnn"][1]) == 93_587


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_network_is_trained_on_its_whole_text_in_lower_case(registry, name):
    recipe = registry.recipes.find(name)
    assert recipe.text.lower
    assert recipe.plan.held_out == 0
    assert recipe.backend == "keras"
    if recipe.plan.cutting == "windows":
        assert recipe.config["window"] == recipe.plan.length


# The windowed cells, and the carried state; the rest is trained to its end by the benchmark.
@pytest.mark.parametrize("name", ["nietzsche-8", "nietzsche-stateful-rnn"])
def test_a_recipe_learns_as_plain_keras_does(keras, name):
    from benchmarks.published_networks import compare_recipe

    comparison = compare_recipe(name, characters=20_000, epochs=2)
    assert len(comparison.ours) == comparison.ends[-1]
    np.testing.assert_allclose(comparison.ours[1:], comparison.theirs[1:], rtol=0.05)
