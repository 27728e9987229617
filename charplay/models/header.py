"""What a model file says about its model, which can be read without its weights.

The one metadata entry of the file, `charplay`, is JSON: the header.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import safetensors

from charplay.errors import ModelFileError
from charplay.plan import KINDS, Kind

FORMAT = 1
SUFFIX = ".safetensors"
ENTRY = "charplay"


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

    @property
    def offered_by(self) -> tuple[str, ...]:
        """The distributions that trained it, each with its version; none where it does not say."""
        offered = self.provenance.get("offered_by")
        words = offered if isinstance(offered, list) else []
        return tuple(each for each in words if isinstance(each, str))


def read_header(path: Path) -> Header:
    """The header alone, without reading the weights; ModelFileError if there is none."""
    try:
        with safetensors.safe_open(path, framework="numpy") as file:
            return parse_header(path, file.metadata())
    except (OSError, safetensors.SafetensorError) as error:
        raise unreadable_file(path, error) from error


def parse_header(path: Path, metadata: Mapping[str, str] | None) -> Header:
    """The header in the metadata of a file; ModelFileError where there is none, or a wrong one."""
    if ENTRY not in (metadata or {}):
        raise ModelFileError(
            f"{path} is a safetensors file, but not a charplay model", "choose another file"
        )
    try:
        values = json.loads(cast(Mapping[str, str], metadata)[ENTRY])
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
        and (header.kind != "names" or "\n" in characters)
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


def unreadable_file(path: Path, error: Exception) -> ModelFileError:
    """The error for a file that cannot be read as a model."""
    if isinstance(error, FileNotFoundError):
        return ModelFileError(f"there is no model file {path}", "`models` lists your models")
    reason = isinstance(error, OSError) and error.strerror
    reason = reason or "it is damaged, cut short or of another kind"
    return ModelFileError(
        f"{path} is not a whole model file ({reason})",
        "get the file again, or make the model again",
    )
