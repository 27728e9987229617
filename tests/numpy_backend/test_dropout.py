"""Dropout: a sequence does without some units and characters, another each update, at rest none."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.text.batching import pad_rows
from charplay.text.tokens import NO_TOKEN
from charplay_numpy.config import NumpyConfig
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

CONFIG = NETWORKS["dropped lstm"]
WIDE = NumpyConfig(layers=2, hidden=400, dropout=0.4, recurrent_dropout=0.25, input_dropout=0.3)
TEXT = np.random.default_rng(0).integers(0, len(VOCABULARY), (60, 50)).astype(np.int32)


def updates(config, seed=0, count=3, inputs=TEXT):
    """What is left of the inputs, and the masks, of so many updates."""
    dropout = Dropout(config, seed)
    return [dropout(inputs) for _ in range(count)]


def above(dropped):
    """Masks `(L, B, H)` of what each layer's units are to the layer above."""
    return np.array([masks[0] for masks in dropped.masks])


def own(dropped):
    """Masks `(L, B, H)` of what they are to their own next step."""
    return np.array([masks[1] for masks in dropped.masks])


@pytest.mark.parametrize(("masks_of", "share"), [(above, 0.4), (own, 0.25)])
def test_each_layer_has_one_mask_a_row_which_drops_its_share_and_keeps_the_mean(masks_of, share):
    (dropped,) = updates(WIDE, count=1)
    masks = masks_of(dropped)
    assert masks.shape == (2, 60, 400)
    assert masks.dtype == np.float32
    # 48,000 draws: five standard deviations are 0.011.
    assert (masks == 0).mean() == pytest.approx(share, abs=0.011)
    np.testing.assert_allclose(masks[masks > 0], 1 / (1 - share), rtol=1e-6)
    assert masks.mean() == pytest.approx(1, abs=0.02)


def test_rows_layers_and_the_two_uses_of_a_unit_have_masks_of_their_own():
    (dropped,) = updates(WIDE, count=1)
    rows = np.concatenate([*above(dropped), *own(dropped)]) > 0
    assert len(np.unique(rows, axis=0)) == len(rows)


def test_a_mask_is_the_same_at_every_step_of_a_sequence():
    """Where hidden units are the logits, a dropped one's stays 0 at all times."""
    config = NumpyConfig(hidden=6, output_layer=False, dropout=0.5, precision="float64")
    network = learner_of(config, random_arrays(config))._lanes[0]
    (dropped,) = updates(config, count=1, inputs=TEXT[:5])
    (bare,) = updates(replace(config, dropout=0), count=1, inputs=TEXT[:5])
    masked, whole = (
        network.forward(TEXT[:5].T, network.zero_state(5), of.masks).logits.reshape(-1, 5, 6)
        for of in (dropped, bare)
    )
    np.testing.assert_allclose(masked, whole * above(dropped)[0], rtol=1e-12)
    assert 0 < (masked == 0).all(axis=0).sum() < 30


def test_a_share_of_the_characters_is_read_as_nothing_and_the_others_as_they_are():
    (dropped,) = updates(WIDE, count=1)
    gone = dropped.inputs == NO_TOKEN
    assert gone.mean() == pytest.approx(0.3, abs=0.04)
    np.testing.assert_array_equal(dropped.inputs[~gone], TEXT[~gone])
    assert dropped.inputs.dtype == np.int32


def test_a_dropped_character_costs_what_no_character_does():
    config = replace(CONFIG, dropout=0, recurrent_dropout=0)
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
        assert (above(one) != above(other)).any(axis=(1, 2)).all()
        assert (own(one) != own(other)).any(axis=(1, 2)).all()


def test_the_same_seed_drops_the_same_and_another_seed_something_else():
    first, again, other = updates(WIDE, 1), updates(WIDE, 1), updates(WIDE, 2)
    for one, same, different in zip(first, again, other, strict=True):
        np.testing.assert_array_equal(one.inputs, same.inputs)
        for masks in (above, own):
            np.testing.assert_array_equal(masks(one), masks(same))
            assert (masks(one) != masks(different)).any()


DROPS = ("dropout", "recurrent_dropout", "input_dropout")


@pytest.mark.parametrize("asked", [(), *((name,) for name in DROPS)], ids=" ".join)
def test_only_what_is_asked_for_is_dropped(asked):
    (dropped,) = updates(NumpyConfig(**dict.fromkeys(asked, 0.5)), count=1)
    ((to_above, to_own),) = dropped.masks
    found = (to_above is not None, to_own is not None, (dropped.inputs != TEXT).any())
    assert tuple(name for name, drops in zip(DROPS, found, strict=True) if drops) == asked


def test_the_model_at_rest_drops_nothing():
    arrays = random_arrays(CONFIG)
    plain = replace(CONFIG, dropout=0, recurrent_dropout=0, input_dropout=0)
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
    batch = pad_rows([row] * 8)
    plain = NumpyConfig(cell="lstm", hidden=32)
    config = replace(plain, dropout=0.2, recurrent_dropout=0.2, input_dropout=0.1)
    model = BACKEND.create(VOCABULARY, "names", config, np.random.default_rng(0))
    learner = BACKEND.learner(model, replace(PLAN, batch_size=8, optimiser="adam"))
    learner.update_many([batch] * 150, [0.02] * 150)
    assert learner_of(plain, learner.model().arrays()).gradient(batch) < 0.1
