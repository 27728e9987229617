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
    state = _arrays(snapshot)
    if state is None:
        return None
    fits = _dtypes_and_shapes(state) == _dtypes_and_shapes(model.initial_state(1))
    known = NO_TOKEN <= snapshot.pending < len(model.vocabulary)
    place = Place(state, snapshot.pending)
    return place if fits and known and _goes_on(place, model) else None


def is_whole(snapshot: Snapshot) -> bool:
    """Whether the arrays of a snapshot can be read; no model is asked whether they fit."""
    return _arrays(snapshot) is not None


def _arrays(snapshot: Snapshot) -> State | None:
    try:
        state: State = safetensors.numpy.load(snapshot.arrays)
    except (safetensors.SafetensorError, ValueError, TypeError, KeyError, OverflowError):
        return None
    return state


def _goes_on(place: Place, model: Model) -> bool:
    """Whether the model can go on from a place: bits may have flipped in a state that fits."""
    if not all(np.isfinite(a).all() for a in place.state.values() if a.dtype.kind == "f"):
        return False
    try:
        with np.errstate(all="ignore"):
            logits, _ = model.step(place.state, np.array([place.pending], np.int32))
    except (IndexError, KeyError, ValueError, OverflowError):
        return False
    return not np.isnan(logits).any()


def _dtypes_and_shapes(state: State) -> dict[str, tuple[object, ...]]:
    return {name: (array.dtype, array.shape) for name, array in state.items()}
