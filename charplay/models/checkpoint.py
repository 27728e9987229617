"""One file per model: a .safetensors file whose metadata describes the model.

The one metadata entry, `charplay`, is JSON: the header. Weights are stored under `model/…`; in a
checkpoint of a run in progress, what an exact resume needs is stored under `learner/…`. The digest
in the header covers header and arrays, so reading a changed or damaged file fails.

Names of arrays pass through here as the file has them: a backend brings those of an earlier version
to today's when it loads them, so that a file's digest never changes.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from charplay.errors import ModelFileError, UsageError
from charplay.files import replace_file
from charplay.models.arrays import Arrays
from charplay.models.contract import Backend, Model
from charplay.options import build, option_values
from charplay.plan import KINDS, Kind
from charplay.text.vocabulary import NEWLINE, Vocabulary

FORMAT = 1
SUFFIX = ".safetensors"
_ENTRY = "charplay"
_MODEL, _LEARNER = "model/", "learner/"


@dataclass(frozen=True)
class Header:
    """What a model file says about its model. Losses are in nats per character.

    history: (update, mean training loss since the entry before, held-out loss or None).
    progress: what the trainer needs to continue, in the checkpoints of a run.
    held_out_quantiles: for names, the 0th to 100th percentile of the held-out names' losses.
    """

    backend: str
    backend_version: str
    kind: Kind
    vocabulary: str
    config: Mapping[str, Any]
    plan: Mapping[str, Any] = field(default_factory=dict)
    sampling: Mapping[str, Any] = field(default_factory=dict)
    provenance: Mapping[str, Any] = field(default_factory=dict)
    history: tuple[tuple[int, float, float | None], ...] = ()
    progress: Mapping[str, Any] = field(default_factory=dict)
    held_out_quantiles: tuple[float, ...] = ()
    format: int = FORMAT
    digest: str = ""

    @property
    def held_out_loss(self) -> float | None:
        """The loss on the part held out, in nats per character: as measured, or the last noted."""
        measured = self.provenance.get("held_out_loss")
        if isinstance(measured, int | float):
            return float(measured)
        if self.plan.get("inner"):  # the history has the losses of the inner part
            return None
        return next((loss for _, _, loss in reversed(self.history) if loss is not None), None)


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
        if not all(np.isfinite(array).all() for array in self.weights.values()):
            raise ModelFileError("the model has NaN or infinite weights", "make the model again")
        try:
            config: Any = build(backend.Config, header.config)
            return backend.load(Vocabulary(header.vocabulary), header.kind, config, self.weights)
        except (KeyError, ValueError, IndexError, TypeError, UsageError) as error:
            raise ModelFileError(
                f"the file does not describe a network of {backend.name}: {error}",
                "get the file again, or make the model again with this version",
            ) from error

    def to_bytes(self) -> bytes:
        """The bytes of the file."""
        arrays = self._arrays()
        header = json.dumps(asdict(replace(self.header, digest=self.digest)), ensure_ascii=False)
        contiguous = {name: np.asarray(array, order="C") for name, array in arrays.items()}
        return safetensors.numpy.save(contiguous, {_ENTRY: header})

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


def read_header(path: Path) -> Header:
    """The header alone, without reading the weights; ModelFileError if there is none."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return _parse_header(path, file.metadata())
    except (OSError, safetensors.SafetensorError) as error:
        raise _unreadable_file(path, error) from error


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file; ModelFileError if it is damaged, changed or of another kind."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            header = _parse_header(path, file.metadata())
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, safetensors.SafetensorError, ValueError, TypeError) as error:
        raise _unreadable_file(path, error) from error
    checkpoint = Checkpoint(header, _strip_prefix(arrays, _MODEL), _strip_prefix(arrays, _LEARNER))
    if checkpoint.digest != header.digest:
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


def _parse_header(path: Path, metadata: Mapping[str, str] | None) -> Header:
    if _ENTRY not in (metadata or {}):
        raise ModelFileError(
            f"{path} is a safetensors file, but not a charplay model", "choose another file"
        )
    try:
        values = json.loads(cast(Mapping[str, str], metadata)[_ENTRY])
        found = values["format"]
        if found == FORMAT:
            return _check_header(Header(**values))
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ModelFileError(
            f"{path} has a damaged header: {error!r}", "get the file again, or make the model again"
        ) from error
    raise ModelFileError(
        f"{path} has format {found}, and this charplay reads format {FORMAT}",
        "install a newer charplay: pip install --upgrade charplay",
    )


def _check_header(header: Header) -> Header:
    """The header, if its fields are valid; ValueError otherwise."""
    characters = header.vocabulary
    if not isinstance(characters, str):
        raise ValueError("its vocabulary is not a text")
    characters.encode()
    mappings = (header.config, header.plan, header.sampling, header.provenance, header.progress)
    texts = (header.backend, header.backend_version, header.digest)
    sound = (
        header.kind in KINDS
        and (header.kind != "names" or NEWLINE in characters)
        and list(characters) == sorted(set(characters))
        and all(isinstance(mapping, dict) for mapping in mappings)
        and all(isinstance(text, str) for text in texts)
    )
    if not sound:
        raise ValueError("a field has a wrong value")
    history = tuple(
        (int(update), float(loss), None if held_out is None else float(held_out))
        for update, loss, held_out in header.history
    )
    quantiles = tuple(float(quantile) for quantile in header.held_out_quantiles)
    return replace(header, history=history, held_out_quantiles=quantiles)


def _unreadable_file(path: Path, error: Exception) -> ModelFileError:
    if isinstance(error, FileNotFoundError):
        return ModelFileError(f"there is no model file {path}", "`models` lists your models")
    reason = isinstance(error, OSError) and error.strerror
    reason = reason or "it is damaged, cut short or of another kind"
    return ModelFileError(
        f"{path} is not a whole model file ({reason})",
        "get the file again, or make the model again",
    )
