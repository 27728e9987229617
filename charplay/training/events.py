"""The events of a training run; a job's file holds one line of JSON for each.

Losses are nats a character unless another unit is named; times are seconds.
"""

import dataclasses
import json
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from charplay.typed_values import check_fields

_LONGEST_SHOWN = 60
Reason = Literal["done", "patience", "stopped"]


@dataclass(frozen=True)
class Started:
    """Training begins.

    texts: the text of each stage, where some stages read another text than `corpus`;
    characters: of all texts trained on; parameters: the number of weights;
    model_size: how large the model is, in its own words, "" in files of older versions.
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
    model_size: str = ""


@dataclass(frozen=True)
class Progress:
    """How far the run is.

    rate: characters a second; part: which of the parts of a mix learns; characters: learned from
    since the run began, 0 in files of older versions.
    """

    update: int
    updates: int
    epoch: int
    loss: float
    smoothed: float
    rate: float
    elapsed: float
    remaining: float
    part: int = 0
    parts: int = 0
    characters: int = 0


@dataclass(frozen=True)
class Evaluated:
    """The loss on the text that decides, and whether it is the best so far."""

    update: int
    loss: float
    best: bool


@dataclass(frozen=True)
class Sampled:
    """Texts that the model draws at this point."""

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
    """A checkpoint was saved; one along the way is a model of its own."""

    update: int
    which: Literal["last", "best", "along"]


@dataclass(frozen=True)
class Finished:
    """Training ended without an error.

    loss: the mean training loss between the last two validations, as a rule over the last epoch;
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
class Measured:
    """The loss of the kept model on the part held out, which decided nothing.

    counting_loss: that of the best n-gram of the same text, of order counting_order.
    """

    held_out_loss: float
    counting_loss: float | None = None
    counting_order: int | None = None


@dataclass(frozen=True)
class Kept:
    """The model is in the library; only its digest still finds the model that had its name.

    replaced_corpus and replaced_loss: the text and the held-out loss of that one. hides_shipped: a
    shipped model has the name too, and is hidden from now on.
    """

    name: str
    digest: str
    replaced: str | None = None
    replaced_corpus: str = ""
    replaced_loss: float | None = None
    hides_shipped: bool = False


@dataclass(frozen=True)
class StopAsked:
    """Whoever follows the run asked it to stop, which takes about so many seconds."""

    seconds: float


@dataclass(frozen=True)
class Failed:
    """Training ended with an error."""

    message: str
    hint: str
    update: int = 0


NOTHING_LEARNED = Failed("stopped before anything was learned; nothing kept", "train again")

TrainingEvent: TypeAlias = (
    Started
    | Progress
    | Evaluated
    | Sampled
    | Reported
    | Checkpointed
    | Finished
    | Measured
    | Kept
    | StopAsked
    | Failed
)
EVENT_KINDS: dict[str, type[Any]] = {
    kind.__name__.lower(): kind
    for kind in (
        Started, Progress, Evaluated, Sampled, Reported, Checkpointed, Finished, Measured, Kept,
        Failed,
    )
}  # fmt: skip


def event_values(event: TrainingEvent) -> dict[str, Any]:
    """The event's name under "event", and its fields."""
    return {"event": type(event).__name__.lower(), **dataclasses.asdict(event)}


def event_to_json(event: TrainingEvent) -> str:
    """The event as one line of JSON."""
    return json.dumps(event_values(event))


def event_from_json(line: str) -> TrainingEvent:
    """The event in a line; ValueError where the line holds no event."""
    try:
        values = json.loads(line)
        kind = EVENT_KINDS[values.pop("event")]
        check_fields(values, kind)
        for name in ("texts", "names"):
            if name in values:
                values[name] = tuple(values[name])
        event: TrainingEvent = kind(**values)
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"not an event: {line[:_LONGEST_SHOWN]!r}") from error
    return event
