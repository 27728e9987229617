"""A model's place as bytes, and back: safetensors, which runs no code."""

import safetensors
import safetensors.numpy

from charplay.generation.place import Place
from charplay.models.arrays import State
from charplay.models.contract import Model
from charplay.sessions.store import Snapshot
from charplay.text.batching import NO_TOKEN


def packed(place: Place, digest: str) -> Snapshot:
    """A place of the model of that digest, for the store."""
    import numpy as np

    arrays = {name: np.asarray(array, order="C") for name, array in place.state.items()}
    return Snapshot(digest, place.pending, safetensors.numpy.save(arrays))


def unpacked(snapshot: Snapshot, model: Model) -> Place | None:
    """The place, bit for bit; None where it is damaged or is none of this model's."""
    try:
        state = safetensors.numpy.load(snapshot.arrays)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError):
        return None
    fits = _forms(state) == _forms(model.initial_state(1))
    known = NO_TOKEN <= snapshot.pending < len(model.vocabulary)
    return Place(state, snapshot.pending) if fits and known else None


def _forms(state: State) -> dict[str, tuple[object, ...]]:
    return {name: (array.dtype, array.shape) for name, array in state.items()}
