"""One file per model: a .safetensors file whose metadata describes the model.

The one metadata entry is the header (see `header`). Weights are stored under `model/…`; in a
checkpoint of a run in progress, what an exact resume needs is stored under `learner/…`. The digest
in the header covers header and arrays, so reading a changed or damaged file fails.

Names of arrays pass through here as the file has them: a backend brings those of an earlier version
to today's when it loads them, so that a file's digest never changes.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from charplay.errors import ModelFileError, UsageError
from charplay.files import replace_file
from charplay.models.arrays import Arrays
from charplay.models.contract import Backend, Model
from charplay.models.header import ENTRY, Header, parse_header, unreadable_file
from charplay.models.probe import check_weights
from charplay.options import option_values
from charplay.readable import check_readable
from charplay.text.vocabulary import Vocabulary

_MODEL, _LEARNER = "model/", "learner/"


@dataclass(frozen=True)
class Checkpoint:
    """A header and the arrays that it describes."""

    header: Header
    weights: Arrays
    learner: Arrays = field(default_factory=dict)

    @classmethod
    def of(
        cls, model: Model, backend: Backend, learner: Arrays | None = None, **more: Any
    ) -> "Checkpoint":
        """A checkpoint of a model; `more` are other fields of the header."""
        header = Header(
            backend=backend.name,
            backend_version=backend.version,
            kind=model.kind,
            vocabulary=model.vocabulary.characters,
            config=option_values(model.config),
            **more,
        )
        return cls(header, model.arrays(), learner or {})

    def without_learner(self) -> "Checkpoint":
        """The model alone, without what a resume needs."""
        return Checkpoint(replace(self.header, progress={}, digest=""), self.weights)

    def with_header(self, **changes: Any) -> "Checkpoint":
        """The same weights, with other values in the header."""
        return replace(self, header=replace(self.header, **changes, digest=""))

    def with_measures(
        self, held_out_loss: float, counting_loss: float | None, counting_order: int | None
    ) -> "Checkpoint":
        """The same weights, with the loss on the part held out beside that of the best n-gram."""
        measures: dict[str, Any] = {"held_out_loss": round(held_out_loss, 4)}
        if counting_loss is not None:
            measures["counting"] = {
                "order": counting_order,
                "held_out_loss": round(counting_loss, 4),
            }
        return self.with_header(provenance={**self.header.provenance, **measures})

    def halved(self) -> "Checkpoint":
        """The model with its float32 weights rounded to float16, half the size; counts stay."""
        weights = {
            name: array.astype(np.float16) if array.dtype == np.float32 else array
            for name, array in self.weights.items()
        }
        return replace(self.with_header(), weights=weights)

    def model(self, backend: Backend) -> Model:
        """The model in this checkpoint, loaded by the backend that made it; ModelFileError."""
        header = self.header
        try:
            check_weights(self.weights, backend.stores_counts)
        except ValueError as error:
            raise ModelFileError(
                f"the model has weights that cannot be: {error}", "make the model again"
            ) from error
        try:
            config = backend.read_config(header.config, header.backend_version)
            return backend.load(Vocabulary(header.vocabulary), header.kind, config, self.weights)
        except (KeyError, ValueError, IndexError, TypeError, UsageError) as error:
            raise ModelFileError(
                f"the file does not describe a network of {backend.name}: {error}",
                "get the file again, or make the model again with this version",
            ) from error

    def check_learner(self) -> None:
        """ModelFileError where what a resume needs has numbers that no learner has."""
        floats = (array for array in self.learner.values() if array.dtype.kind == "f")
        if not all(np.isfinite(array).all() for array in floats):
            raise ModelFileError(
                "what the optimiser kept has NaN or infinity",
                "go on from an earlier checkpoint, or train again",
            )

    def to_bytes(self) -> bytes:
        """The bytes of the file."""
        arrays = self._arrays()
        header = json.dumps(asdict(replace(self.header, digest=self.digest)), ensure_ascii=False)
        contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
        return safetensors.numpy.save(contiguous, {ENTRY: header})

    def save(self, path: Path, shared: bool = False) -> str:
        """Write the file in one step, its owner's alone unless `shared`; its digest."""
        replace_file(path, self.to_bytes(), shared)
        return self.digest

    @cached_property
    def digest(self) -> str:
        """The sha256 of header and arrays in hexadecimal; the time of making is left out."""
        header = asdict(replace(self.header, digest=""))
        if isinstance(header["provenance"], dict):
            header["provenance"].pop("made", None)
        digest = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
        for name, array in sorted(self._arrays().items()):
            digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
            digest.update(array.tobytes())
        return digest.hexdigest()

    def _arrays(self) -> dict[str, NDArray[Any]]:
        arrays = {_MODEL + name: array for name, array in self.weights.items()}
        return arrays | {_LEARNER + name: array for name, array in self.learner.items()}


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file; ModelFileError if it is damaged, changed or of another kind."""
    try:
        check_readable(path)
        with safetensors.safe_open(path, framework="numpy") as file:
            header = parse_header(path, file.metadata())
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    # AttributeError: of floats in 8 bits, which NumPy has not.
    except (OSError, safetensors.SafetensorError, ValueError, TypeError, AttributeError) as error:
        raise unreadable_file(path, error) from error
    checkpoint = Checkpoint(header, _strip_prefix(arrays, _MODEL), _strip_prefix(arrays, _LEARNER))
    strange = len(arrays) - len(checkpoint.weights) - len(checkpoint.learner)
    if strange or checkpoint.digest != header.digest:
        raise ModelFileError(
            f"{path} was changed after it was saved: its checksum does not match",
            "get the file again, or make the model again",
        )
    return checkpoint


def _strip_prefix(arrays: Arrays, prefix: str) -> dict[str, NDArray[Any]]:
    return {
        name.removeprefix(prefix): array
        for name, array in arrays.items()
        if name.startswith(prefix)
    }
