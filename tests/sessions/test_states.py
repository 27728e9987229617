"""A model's place in the store: bit for bit, and never the place of another model."""

from dataclasses import replace

import numpy as np
import pytest
import safetensors.numpy

from charplay.generation.place import Place, initial_place
from charplay.options import build
from charplay.sessions.states import pack_place, unpack_place
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from tests.sessions.conftest import LETTERS


@pytest.fixture
def model(numpy_backend):
    config = build(numpy_backend.Config, {"cell": "lstm"})
    return numpy_backend.create(Vocabulary(LETTERS), "prose", config, np.random.default_rng(0))


def place_of(model, arrange=lambda array: array, pending=3):
    """A place of the model with numbers of its own, its arrays arranged in memory in some way."""
    random = np.random.default_rng(1)
    state = {
        name: arrange(random.normal(size=array.shape).astype(array.dtype))
        for name, array in model.initial_state(1).items()
    }
    return Place(state, pending)


@pytest.mark.parametrize(
    "arrange",
    [
        lambda array: array,
        np.asfortranarray,
        lambda array: array[..., ::-1],
        lambda array: np.repeat(array, 2, axis=-1)[..., ::2],
    ],
)
def test_a_place_comes_back_bit_for_bit_however_it_lies_in_memory(model, arrange):
    place = place_of(model, arrange)
    back = unpack_place(pack_place(place, "00" * 32), model)
    assert back.pending == place.pending
    for name, array in place.state.items():
        np.testing.assert_array_equal(back.state[name], array)
        assert back.state[name].dtype == array.dtype


def test_the_place_before_the_first_token_comes_back(model):
    place = replace(initial_place(model), pending=NO_TOKEN)
    assert unpack_place(pack_place(place, "00" * 32), model).pending == NO_TOKEN


@pytest.mark.parametrize(
    "damage",
    [
        lambda state: {name: array.astype(np.float64) for name, array in state.items()},
        lambda state: {name: np.repeat(array, 2, axis=0) for name, array in state.items()},
        lambda state: state | {"more": np.zeros(1, np.float32)},
        lambda state: dict(list(state.items())[1:]),
        lambda state: {},
    ],
)
def test_a_state_that_does_not_fit_the_model_is_no_place(model, damage):
    snapshot = pack_place(place_of(model), "00" * 32)
    arrays = damage(safetensors.numpy.load(snapshot.arrays))
    assert unpack_place(replace(snapshot, arrays=safetensors.numpy.save(arrays)), model) is None


@pytest.mark.parametrize("pending", [NO_TOKEN - 1, len(LETTERS), 10**9])
def test_a_token_that_the_model_does_not_have_is_no_place(model, pending):
    assert unpack_place(pack_place(place_of(model, pending=pending), "00" * 32), model) is None
