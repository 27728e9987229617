"""A model's place as the bytes of a snapshot, and back: safetensors, which runs no code."""

import numpy as np
import safetensors
import safetensors.numpy

from charplay.generation.place import Place
from charplay.models.arrays import State
from charplay.models.contract import Model
from charplay.sessions.state_table import Snapshot
from charplay.text.tokens import NO_TOKEN


def pack_place(place: Place, digest: str) -> Snapshot:
    """The snapshot of a place, for the model with that digest."""
    arrays = {name: np.asarray(array, order="C") for name, array in place.state.items()}
    return Snapshot(digest, place.pending, safetensors.numpy.save(arrays))


def unpack_place(snapshot: Snapshot, model: Model) -> Place | None:
    """The place of a snapshot, bit for bit; None where it is damaged or does not fit the model."""
    try:
        state = safetensors.numpy.load(snapshot.arrays)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError):
        return None
    fits = _dtypes_and_shapes(state) == _dtypes_and_shapes(model.initial_state(1))
    known = NO_TOKEN <= snapshot.pending < len(model.vocabulary)
    return Place(state, snapshot.pending) if fits and known else None


def _dtypes_and_shapes(state: State) -> dict[str, tuple[object, ...]]:
    return {name: (array.dtype, array.shape) for name, array in state.items()}
