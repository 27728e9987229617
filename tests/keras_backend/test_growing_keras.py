"""A network of Keras that learns more characters."""

import numpy as np
import pytest

from charplay.text.batching import Batch
from charplay.text.vocabulary import Vocabulary
from charplay_keras.weights import first_weights
from tests.keras_backend.conftest import LETTERS
from tests.models.growing import assert_old_characters_keep_their_proportions

NEW = LETTERS.joined(Vocabulary("éxyz"))
ADDED = NEW.encode("éxyz")
NETWORKS = [
    {"cell": "lstm"},
    {"cell": "gru", "layers": 2},
    {"cell": "rnn", "embedding": 3},
    {"cell": "unrolled"},
    {"cell": "unrolled", "embedding": 3, "window": 4},
]


def grown(backend, model, learner=None, new=NEW):
    arrays = {**model.arrays(), **(learner.arrays() if learner else {})}
    return backend.grow(arrays, model.vocabulary, new, model.config, np.random.default_rng(2))


def batch_of(rows=3, length=4):
    tokens = np.arange(rows * (length + 1), dtype=np.int32).reshape(rows, -1) % len(LETTERS)
    return Batch(tokens[:, :-1], tokens[:, 1:], True, rows * length)


@pytest.mark.parametrize("options", NETWORKS)
def test_old_characters_keep_their_probabilities_in_proportion(backend, make, options):
    model = make(**options)
    larger = backend.load(NEW, model.kind, model.config, grown(backend, model))
    assert_old_characters_keep_their_proportions(model, larger)


@pytest.mark.parametrize("options", NETWORKS)
def test_new_characters_begin_as_in_a_new_network(backend, make, options):
    model = make(**options)
    larger = grown(backend, model)
    first = first_weights(len(NEW), model.config, np.random.default_rng(2))
    rows = {"embedding", "input.0", "dense"} & larger.keys()
    rows = {"embedding"} if "embedding" in rows else rows
    for name in rows:
        np.testing.assert_array_equal(larger[name][ADDED], first[name][ADDED])
    np.testing.assert_array_equal(larger["output"][:, ADDED], first["output"][:, ADDED])
    assert not larger["output_bias"][ADDED].any()


def test_the_optimiser_keeps_what_it_has_and_has_nothing_of_new_characters(backend, make, learn):
    learner = learn(make(dropout=0.2), length=4)
    learner.update(batch_of(), 0.01)
    model, kept = learner.model(), learner.arrays()
    larger = grown(backend, model, learner)
    places = NEW.encode(LETTERS.characters)
    for moment in ("mean", "square"):
        name = f"adam.{moment}.output"
        np.testing.assert_array_equal(larger[name][:, places], kept[name])
        assert not larger[name][:, ADDED].any()
    assert larger["adam.count"] == kept["adam.count"] == 1
    assert not any(name.startswith(("carried", "dropout")) for name in larger)
    weights = {name: larger[name] for name in model.arrays()}
    again = learn(backend.load(NEW, model.kind, model.config, weights), batch_size=2, length=4)
    again.restore({**again.arrays(), **{n: larger[n] for n in larger if n not in weights}})
    again.update(batch_of(rows=2), 0.01)
    assert again.arrays()["adam.count"] == 2


def test_measuring_a_model_leaves_its_learner_as_it_was(make, learn):
    watched, alone = learn(make(dropout=0.2), length=4), learn(make(dropout=0.2), length=4)
    for _ in range(3):
        model = watched.model()
        model.advance(model.initial_state(1), np.zeros((1, 5), np.int32))
        assert watched.update(batch_of(), 0.01) == alone.update(batch_of(), 0.01)
    ours, theirs = ({**each.model().arrays(), **each.arrays()} for each in (watched, alone))
    # A recurrent layer has a seed of its own, which nothing draws from.
    compared = [name for name in ours if not name.startswith("dropout.")]
    assert all(np.array_equal(ours[name], theirs[name]) for name in compared)
