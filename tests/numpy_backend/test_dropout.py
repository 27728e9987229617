"""Dropout: a sequence does without some units and characters, another each update, at rest none."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.text.batching import NO_TOKEN, pad
from charplay_numpy.backend import NumpyConfig
from charplay_numpy.dropout import Dropout
from tests.numpy_backend.test_gradients import (
    BACKEND,
    NETWORKS,
    PADDED,
    PLAN,
    VOCABULARY,
    learner_of,
    random_arrays,
)

CONFIG = NETWORKS["dropped"]
WIDE = NumpyConfig(layers=2, hidden=400, dropout=0.4, input_dropout=0.3)
TEXT = np.random.default_rng(0).integers(0, len(VOCABULARY), (60, 50)).astype(np.int32)


def updates(config, seed=0, count=3, inputs=TEXT):
    """What is left of the inputs, and the masks, of so many updates."""
    dropout = Dropout(config, seed)
    return [dropout(inputs) for _ in range(count)]


def test_each_layer_has_one_mask_a_row_which_drops_its_share_and_keeps_the_mean():
    (dropped,) = updates(WIDE, count=1)
    assert len(dropped.masks) == 2
    for mask in dropped.masks:
        assert mask.shape == (60, 400)
        assert mask.dtype == np.float32
        # 24,000 draws: five standard deviations are 0.016.
        assert (mask == 0).mean() == pytest.approx(0.4, abs=0.016)
        np.testing.assert_allclose(mask[mask > 0], 1 / 0.6, rtol=1e-6)
        assert mask.mean() == pytest.approx(1, abs=0.03)


def test_rows_and_layers_have_masks_of_their_own():
    (dropped,) = updates(WIDE, count=1)
    rows = np.concatenate(dropped.masks)
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_a_mask_is_the_same_at_every_step_of_a_sequence():
    """Where hidden units are the logits, a dropped one's stays 0 at all times."""
    config = NumpyConfig(hidden=6, output_layer=False, dropout=0.5, precision="float64")
    learner = learner_of(config, random_arrays(config), replace(PLAN, reduction="sum"))
    network = learner._lanes[0]
    (dropped,) = updates(config, count=1, inputs=TEXT[:5])
    shape = (TEXT.shape[1], 5, 6)
    logits = network.forward(dropped.inputs.T, network.zero_state(5), dropped.masks).reshape(shape)
    bare = network.forward(TEXT[:5].T, network.zero_state(5)).reshape(shape)
    np.testing.assert_allclose(logits, bare * dropped.masks[0], rtol=1e-12)
    assert 0 < (logits == 0).all(axis=0).sum() < 30


def test_a_share_of_the_characters_is_read_as_nothing_and_the_others_as_they_are():
    (dropped,) = updates(WIDE, count=1)
    gone = dropped.inputs == NO_TOKEN
    assert gone.mean() == pytest.approx(0.3, abs=0.04)
    np.testing.assert_array_equal(dropped.inputs[~gone], TEXT[~gone])
    assert dropped.inputs.dtype == np.int32


def test_a_dropped_character_costs_what_no_character_does():
    config = replace(CONFIG, dropout=0)
    arrays = random_arrays(config)
    (dropped,) = updates(config, count=1, inputs=PADDED.inputs)
    missing = PADDED._replace(inputs=dropped.inputs)
    whole = learner_of(replace(config, input_dropout=0), arrays)
    assert learner_of(config, arrays).gradient(PADDED) == whole.gradient(missing)
    assert (dropped.inputs != PADDED.inputs).any()


def test_every_update_draws_anew():
    first, second, third = updates(WIDE)
    for one, other in ((first, second), (second, third), (first, third)):
        assert (one.inputs != other.inputs).any()
        for mine, others in zip(one.masks, other.masks, strict=True):
            assert (mine != others).any()


def test_the_same_seed_drops_the_same_and_another_seed_something_else():
    first, again, other = updates(WIDE, 1), updates(WIDE, 1), updates(WIDE, 2)
    for one, same, different in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one.inputs, same.inputs)
        np.testing.assert_array_equal(one.masks, same.masks)
        assert (one.masks[0] != different.masks[0]).any()


def test_nothing_is_dropped_where_nothing_is_asked_for():
    (dropped,) = updates(NumpyConfig(), count=1)
    assert dropped.inputs is TEXT
    assert dropped.masks == ()


def test_dropping_nothing_but_characters_leaves_every_unit_and_the_other_way_round():
    (characters,) = updates(NumpyConfig(input_dropout=0.5), count=1)
    (units,) = updates(NumpyConfig(dropout=0.5), count=1)
    assert characters.masks == ()
    np.testing.assert_array_equal(units.inputs, TEXT)


def test_the_model_at_rest_drops_nothing():
    arrays = random_arrays(CONFIG)
    plain = replace(CONFIG, dropout=0, input_dropout=0)
    learner = learner_of(CONFIG, arrays)
    learner.gradient(PADDED)
    model = learner.model()
    bare = BACKEND.load(VOCABULARY, "names", plain, arrays)
    for _ in range(2):
        ours, _ = model.advance(model.initial_state(60), TEXT)
        theirs, _ = bare.advance(bare.initial_state(60), TEXT)
        np.testing.assert_array_equal(ours, theirs)


def test_a_network_learns_in_spite_of_it():
    row = np.array([NO_TOKEN, *[1, 2, 3, 4, 5] * 4, 0], np.int32)
    batch = pad([row] * 8)
    config = NumpyConfig(cell="lstm", hidden=32, dropout=0.2, input_dropout=0.1)
    model = BACKEND.create(VOCABULARY, "names", config, np.random.default_rng(0))
    learner = BACKEND.learner(model, replace(PLAN, batch_size=8, optimiser="adam"))
    learner.update_many([batch] * 120, [0.02] * 120)
    plain = BACKEND.learner(
        BACKEND.load(VOCABULARY, "names", NumpyConfig(cell="lstm", hidden=32),
                     learner.model().arrays()), PLAN
    )  # fmt: skip
    assert plain.gradient(batch) < 0.1
