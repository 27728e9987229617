"""What a model file says about its model, which can be read without its weights.

The one metadata entry of the file, `charplay`, is JSON: the header.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import safetensors

from charplay.errors import ModelFileError
from charplay.kind import Kind
from charplay.models.validation import check_header
from charplay.readable import check_readable
from charplay.typed_values import short_value

FORMAT = 1
ENTRY = "charplay"
# Of the header's text: the history of hundreds of thousands of validations.
_LONGEST = 1 << 24


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
        if measured is not None:
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
        check_readable(path)
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
    text = cast(Mapping[str, str], metadata)[ENTRY]
    try:
        if len(text) > _LONGEST:
            raise ValueError(f"it has {len(text):,} characters")
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("it is no table")
        found = values["format"]
        if found == FORMAT:
            check_header(values)
            return _header_of(values)
    except (ValueError, KeyError, RecursionError) as error:
        raise ModelFileError(
            f"{path} has a damaged header: {_reason(error)}",
            "get the file again, or make the model again",
        ) from error
    raise ModelFileError(
        f"{path} has format {short_value(found)}, and this charplay reads format {FORMAT}",
        "install a newer charplay: pip install --upgrade charplay",
    )


def _reason(error: Exception) -> str:
    """What is wrong with a header, in a few words."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    return f"{error.args[0]} is missing" if isinstance(error, KeyError) else str(error)


def _header_of(values: Mapping[str, Any]) -> Header:
    """The header of checked values; its losses are floats, however the file has them."""
    history = tuple(
        (update, float(loss), None if held_out is None else float(held_out))
        for update, loss, held_out in values.get("history", ())
    )
    quantiles = tuple(map(float, values.get("held_out_quantiles", ())))
    return Header(**{**values, "history": history, "held_out_quantiles": quantiles})


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
