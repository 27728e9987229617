"""What a run tells as it goes: values that are written to its job, a line of JSON each.

Losses are nats a character unless said otherwise; times are seconds.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

Reason = Literal["done", "patience", "stopped"]


@dataclass(frozen=True)
class Started:
    """Training begins.

    texts: the stages' texts in order, where there are others than `corpus`, the run's own;
    characters: of all that is trained on.
    """

    name: str
    corpus: str
    kind: str
    characters: int
    held_out: int
    vocabulary: int
    parameters: int
    updates: int
    update: int = 0
    texts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """How far it is, now."""

    update: int
    updates: int
    epoch: int
    loss: float
    smoothed: float
    rate: float
    elapsed: float
    remaining: float


@dataclass(frozen=True)
class Evaluated:
    """The loss on the text held out."""

    update: int
    loss: float
    best: bool


@dataclass(frozen=True)
class Sampled:
    """Text that the model draws as it is now."""

    update: int
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """Lines in the words of the exercise that a recipe reproduces."""

    update: int
    line: str
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checkpointed:
    """A checkpoint was saved."""

    update: int
    which: Literal["last", "best"]


@dataclass(frozen=True)
class Finished:
    """Training ended in good order.

    loss: the mean training loss since the look before the last, as a rule over the last epoch;
    kept: the checkpoint that the model is taken from.
    """

    update: int
    reason: Reason
    loss: float
    held_out_loss: float | None
    kept: Literal["last", "best"]
    elapsed: float
    best_update: int | None = None


@dataclass(frozen=True)
class Kept:
    """The model stands in the library; what had its name before is reached by its digest alone."""

    name: str
    digest: str
    replaced: str | None = None


@dataclass(frozen=True)
class Failed:
    """Training could not go on."""

    message: str
    hint: str
    update: int = 0


Event: TypeAlias = (
    Started | Progress | Evaluated | Sampled | Reported | Checkpointed | Finished | Kept | Failed
)
_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind
    for kind in (
        Started, Progress, Evaluated, Sampled, Reported, Checkpointed, Finished, Kept, Failed,
    )
}  # fmt: skip


def to_json(event: Event) -> str:
    """One line."""
    values = {"event": type(event).__name__.lower(), **dataclasses.asdict(event)}
    return json.dumps(values)


def from_json(line: str) -> Event:
    """The event of a line; ValueError where it is none."""
    values = json.loads(line)
    try:
        kind = _KINDS[values.pop("event")]
        for name in ("texts", "names"):
            if name in values:
                values[name] = tuple(values[name])
        event: Event = kind(**values)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not an event: {line!r}") from error
    return event
