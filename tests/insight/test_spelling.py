"""Which spelling of a beginning a model finds likeliest."""

from itertools import product

import numpy as np
import pytest

from charplay.generation.place import initial_place
from charplay.insight.spelling import likeliest_spelling
from charplay.models.contract import Model
from charplay.options import build
from charplay.text.vocabulary import Vocabulary


@pytest.fixture
def model(registry):
    """Makes an untrained model of names."""
    backend = registry.backends.find("numpy")

    def make(characters, seed) -> Model:
        config = build(backend.Config, {"hidden": 8})
        rng = np.random.default_rng(seed)
        return backend.create(Vocabulary.of(characters + "\n"), "names", config, rng)

    return make


def log_probability(model, text):
    """That of a beginning, a character at a time."""
    place, tokens = initial_place(model), model.vocabulary.encode(text)
    inputs = np.array([[place.pending, *tokens[:-1]]], np.int32)
    logits = model.advance(place.state, inputs)[0][0].astype(float)
    chances = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return chances[range(len(text)), tokens].sum()


@pytest.mark.parametrize("seed", range(8))
def test_the_spelling_is_the_likeliest_of_all(model, seed):
    made = model("aAbBcC'’d", seed)
    spellings = ["".join(each) for each in product("aA", "'’", "bB", "d", "cC")]
    best = max(spellings, key=lambda spelled: log_probability(made, spelled))
    assert likeliest_spelling(made, "a'bdc") == likeliest_spelling(made, "A’BdC") == best


def test_where_there_is_no_choice_the_text_stays(model):
    assert likeliest_spelling(model("abé", 1), "éab") == "éab"
    assert likeliest_spelling(model("aA", 1), "") == ""
