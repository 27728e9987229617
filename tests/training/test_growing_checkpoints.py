"""A checkpoint in a larger vocabulary: its model, its parts, and what its optimiser kept."""

import numpy as np
import pytest

from charplay.errors import ModelFileError
from charplay.models.checkpoint import Checkpoint
from charplay.plan import Plan
from charplay.text.vocabulary import Vocabulary
from charplay.training.growing import grow_checkpoint
from tests.conftest import installed_plugins
from tests.models.growing import assert_old_characters_keep_their_proportions

FIND = installed_plugins().backends.find
OLD, NEW = Vocabulary("\nabceg"), Vocabulary("\nabcdegé")
PLAN = Plan(batch_size=2, held_out=0)


def network(seed=0):
    backend = FIND("numpy")
    config = backend.Config(hidden=5)
    return backend, backend.create(OLD, "names", config, np.random.default_rng(seed))


@pytest.fixture
def checkpoint():
    """A network, and a learner whose optimiser has something of its own."""
    backend, model = network()
    learner = backend.learner(model, PLAN)
    kept = {name: np.full_like(array, 2) for name, array in learner.arrays().items()}
    return Checkpoint.of(model, backend, kept)


def test_old_characters_keep_their_proportions(checkpoint):
    [grown] = grow_checkpoint(checkpoint, FIND, NEW, 7)
    assert grown.model.vocabulary == NEW
    assert_old_characters_keep_their_proportions(checkpoint.model(FIND("numpy")), grown.model)
    assert grown.optimiser == {}


def test_a_seed_grows_the_same_model_again(checkpoint):
    arrays = [grow_checkpoint(checkpoint, FIND, NEW, seed)[0].model.arrays() for seed in (7, 7, 8)]
    same = [all(np.array_equal(arrays[0][n], other[n]) for n in other) for other in arrays]
    assert same == [True, True, False]


def test_with_the_same_characters_and_no_optimiser_the_model_is_as_it_was(checkpoint):
    [grown] = grow_checkpoint(checkpoint, FIND, OLD, 7)
    for name, array in checkpoint.weights.items():
        np.testing.assert_array_equal(grown.model.arrays()[name], array)


@pytest.mark.parametrize("vocabulary", [OLD, NEW])
def test_what_the_optimiser_kept_goes_on_where_it_is_asked_for(checkpoint, vocabulary):
    [grown] = grow_checkpoint(checkpoint, FIND, vocabulary, 7, optimiser=True)
    kept = {name for name in grown.optimiser if name.startswith("adam.")}
    assert kept == {name for name in checkpoint.learner if name.startswith("adam.")}
    restored = grown.learner(PLAN).arrays()
    for name in kept:
        np.testing.assert_array_equal(restored[name], grown.optimiser[name])
        assert (restored[name] == 2).any(), name
    [without] = grow_checkpoint(checkpoint, FIND, vocabulary, 7)
    assert not any((array == 2).any() for array in without.learner(PLAN).arrays().values())


def test_of_a_mix_each_part_grows_and_the_last_has_the_optimiser():
    mix, (numpy, one), (_, other) = FIND("mix"), network(0), network(1)
    mixed = mix.mixer(None).mix([(numpy, one), (numpy, other)], [0.5, 0.6])
    learner = numpy.learner(other, PLAN)
    kept = {f"learner/{name}": np.full_like(a, 2) for name, a in learner.arrays().items()}
    checkpoint = Checkpoint.of(mixed, mix, {**kept, "part/else": np.zeros(2)})
    first, last = grow_checkpoint(checkpoint, FIND, NEW, 7, optimiser=True)
    assert (first.backend.name, last.backend.name) == ("numpy", "numpy")
    assert_old_characters_keep_their_proportions(one, first.model)
    assert_old_characters_keep_their_proportions(other, last.model)
    assert first.optimiser == {}
    assert any(name.startswith("adam.") for name in last.optimiser)
    assert not any("else" in name for name in last.optimiser)


def test_an_optimiser_that_lost_its_numbers_does_not_go_on(checkpoint):
    name = next(name for name in checkpoint.learner if name.startswith("adam."))
    lost = np.full_like(checkpoint.learner[name], np.nan)
    broken = Checkpoint(checkpoint.header, checkpoint.weights, {**checkpoint.learner, name: lost})
    with pytest.raises(ModelFileError, match="NaN or infinity"):
        grow_checkpoint(broken, FIND, NEW, 7, optimiser=True)
    grow_checkpoint(broken, FIND, NEW, 7)


def test_arrays_that_do_not_fit_are_told_as_the_files_fault(checkpoint):
    name = next(name for name in checkpoint.learner if name.startswith("adam."))
    broken = Checkpoint(
        checkpoint.header, checkpoint.weights, {**checkpoint.learner, name: np.zeros((1, 2, 3))}
    )
    with pytest.raises(ModelFileError, match="cannot be trained on"):
        grow_checkpoint(broken, FIND, NEW, 7, optimiser=True)
