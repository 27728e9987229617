"""What a training run must do: plain values that every package may read.

Units: an update is one step of the optimiser; losses are natural-log nats.
"""

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import UnionType
from typing import Any

from charplay.ancestry import Base
from charplay.errors import CharplayError, UsageError, unknown
from charplay.kind import KINDS
from charplay.options import build, change, option, option_values
from charplay.report import Report
from charplay.typed_values import check_fields, short_value

# Options of a plan by the names that they have in files of earlier versions.
_RENAMED = {"order": "shuffle"}
_MOST_STAGES, _MOST_PARTS = 1_000, 32


@dataclass(frozen=True, kw_only=True)
class ReadingOptions:
    """How to read a text; what is None is decided when the text is read."""

    column: str | None = option(
        None, "the column of a table, by name, or by number where it has none", metavar="NAME"
    )
    kind: str | None = option(None, "read the text as names or as prose", choices=KINDS)
    header: str | None = option(
        None, "whether the first row is a header, to be left out", choices=("yes", "no")
    )
    encoding: str | None = option(
        None, "the file's encoding, where it is neither UTF-8 nor UTF-16", metavar="NAME"
    )
    separator: str | None = option(
        None,
        "what separates cells or names: comma, semicolon, tab, pipe, a character, or line for none",
        metavar="NAME",
    )
    large: bool = option(False, "read a packed file that holds far more than most do")


@dataclass(frozen=True)
class TextChoice(ReadingOptions):
    """The text to train on, by the name of a corpus or of a file, and how to read it.

    A text that was read gives its choice filled with what was decided.
    """

    corpus: str = option("", "name of a corpus, or a file", metavar="CORPUS")
    lower: bool = option(False, "lower-case the text")


@dataclass(frozen=True)
class Stage:
    """One part of training: one text, a length, and one schedule of the learning rate.

    The text is of the same kind as the run's own text, and lower-cased where that is.
    """

    updates: int | None = option(None, "number of updates", minimum=1)
    epochs: int | None = option(None, "number of passes over the text", minimum=1)
    learning_rate: float = option(0.01, "learning rate: step size of the optimiser", above=0)
    schedule: str = option(
        "constant",
        "learning rate over the stage: constant, lower after each step, or down to zero in a line "
        "or along a cosine",
        choices=("constant", "step", "linear", "cosine"),
    )
    step_every: int | None = option(
        None, "updates between two steps of the schedule step (none: a quarter)", minimum=1
    )
    step_factor: float = option(
        0.5, "each step multiplies the learning rate by so much", above=0, maximum=1
    )
    warmup: int = option(
        0, "first updates, at most half of the stage, over which the rate rises evenly", minimum=0
    )
    corpus: str = option(
        "", "name of a corpus, or a file (default: the run's own text)", metavar="CORPUS"
    )

    def length(self, updates_per_epoch: int) -> int:
        """Updates in this stage: as given, else so many epochs, else one epoch."""
        return self.updates or (self.epochs or 1) * updates_per_epoch


@dataclass(frozen=True)
class Plan:
    """How to train: batches, loss, optimiser, validation, checkpoints, and the stages."""

    cutting: str = option(
        "names", "how the text is cut into batches", choices=("names", "stream", "windows")
    )
    batch_size: int = option(32, "rows in one batch", minimum=1, maximum=1_000_000)
    length: int = option(
        64, "characters in a row (stream and windows)", minimum=1, maximum=1_000_000
    )
    stride: int = option(
        1,
        "characters from the start of one window to the start of the next",
        minimum=1,
        maximum=1_000_000,
    )
    scored: str = option(
        "all", "characters of a window that count for the loss", choices=("all", "last")
    )
    shuffle: str = option(
        "epochs",
        "shuffle the examples in each epoch, or once by the published exercise's rule",
        choices=("epochs", "course"),
    )
    carry: bool = option(False, "carry the hidden state from one name to the next")
    reduction: str = option(
        "mean",
        "loss of an update: mean over characters, or sum over each example",
        choices=("mean", "sum"),
    )
    optimiser: str = option("adam", "optimiser", choices=("adam", "sgd"))
    clip_value: float | None = option(None, "largest size of each element of the gradient", above=0)
    clip_norm: float | None = option(None, "largest norm of the whole gradient", above=0)
    weight_decay: float = option(
        0, "each update shrinks the weights by this share times the learning rate", minimum=0
    )
    held_out: float = option(
        0.1, "share of the text kept for validation; 0 keeps none", minimum=0, maximum=0.5
    )
    validate_every: int | None = option(
        None, "updates between validations (none: one epoch)", minimum=1
    )
    patience: int | None = option(
        None, "stop after so many validations without a better loss, in the last stage", minimum=1
    )
    inner: float = option(
        0,
        "share of the training text that decides when to stop and how to weigh parts, so that the "
        "held-out text is only reported; 0: the held-out text decides",
        minimum=0,
        maximum=0.5,
    )
    inner_until: float = option(
        1, "share of the run after which the inner text is learned too", minimum=0, maximum=1
    )
    minutes: float | None = option(
        None, "train for about so many minutes; training turns them into updates", above=0
    )
    checkpoint_seconds: float = option(10, "seconds between checkpoints", minimum=0)
    keep_checkpoints: int = option(
        0,
        "keep so many models along the way, the last at half of the updates, each at half of the "
        "next one's",
        minimum=0,
        maximum=40,
    )
    sample_every: int | None = option(
        None, "updates between samples (none: sample at each validation)", minimum=1
    )
    seed: int = option(
        0, "seed for the initial weights and for shuffling", minimum=0, maximum=2**63 - 1
    )
    stages: tuple[Stage, ...] = (Stage(epochs=10),)
    report: Report | None = None
    parts: "tuple[Part, ...]" = ()

    def __post_init__(self) -> None:
        if self.minutes and len(self.stages) > 1:
            raise UsageError(
                "this plan has several stages, each with its own length", "leave out the minutes"
            )

    def changed(self, values: Mapping[str, object]) -> "Plan":
        """The plan with other values; an option of a stage is changed in every stage.

        So it is in every part that is not counted.
        """
        stage_names = {entry.name for entry in dataclasses.fields(Stage)}
        names = {name: name.replace("-", "_") for name in values}
        of_stage = {name: value for name, value in values.items() if names[name] in stage_names}
        of_plan = {name: value for name, value in values.items() if name not in of_stage}
        if of_stage.keys() & {"updates", "epochs"}:
            # A stage has one length, so a new one must remove the old one in either unit.
            of_stage = {"updates": None, "epochs": None, **of_stage}
        stages = tuple(change(stage, of_stage, "training option") for stage in self.stages)
        plan = self.with_parts(lambda plan: plan.changed(values))
        return dataclasses.replace(change(plan, of_plan, "training option"), stages=stages)

    def with_length(self, updates: int | None, epochs: int | None) -> "Plan":
        """The plan with another length, in updates or in epochs; both None leave it as it is."""
        if updates is None and epochs is None:
            return self
        if updates is not None and epochs is not None:
            raise UsageError("--updates and --epochs both set the length", "give one of them")
        if self.parts:
            plan = self.with_parts(lambda plan: plan.with_length(updates, epochs))
            return dataclasses.replace(plan, minutes=None)
        if len(self.stages) > 1:
            raise UsageError(
                f"this plan has {len(self.stages)} stages, each with its own length",
                "leave out --updates and --epochs",
            )
        stage = dataclasses.replace(self.stages[0], updates=updates, epochs=epochs)
        return dataclasses.replace(self, stages=(stage,), minutes=None)

    def with_minutes(self, minutes: float | None) -> "Plan":
        """The plan with a time in the place of its length; None leaves it as it is."""
        if minutes is None:
            return self
        # A part takes its share of the time, and so must be able to.
        plan = self.with_parts(lambda plan: dataclasses.replace(plan, minutes=minutes))
        return dataclasses.replace(plan, minutes=minutes)

    def with_parts(self, changed: Callable[["Plan"], "Plan"]) -> "Plan":
        """The plan with other plans for its parts, except for those that are counted."""
        parts = (
            part if part.counted else dataclasses.replace(part, plan=changed(part.plan))
            for part in self.parts
        )
        return dataclasses.replace(self, parts=tuple(parts))

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts that stages name in place of the run's own, those of parts too, each once."""
        plans = (self, *(part.plan for part in self.parts))
        stages = (stage for plan in plans for stage in plan.stages)
        return tuple(dict.fromkeys(stage.corpus for stage in stages if stage.corpus))

    def with_texts(self, named: Callable[[str], str]) -> "Plan":
        """The plan with new names for the texts of its stages; "" names the run's own text."""
        stages = (
            dataclasses.replace(stage, corpus=named(stage.corpus)) if stage.corpus else stage
            for stage in self.stages
        )
        parts = (dataclasses.replace(part, plan=part.plan.with_texts(named)) for part in self.parts)
        return dataclasses.replace(self, stages=tuple(stages), parts=tuple(parts))

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a recipe or the header of a model file."""
        values = option_values(self)
        values["stages"] = [option_values(stage) for stage in self.stages]
        if self.report:
            values["report"] = option_values(self.report)
        if self.parts:
            values["parts"] = [part.to_dict() for part in self.parts]
        return values

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Plan":
        """The plan in values from `to_dict` or a recipe; UsageError where an option is wrong."""
        plain = {_RENAMED.get(name, name): value for name, value in values.items()}
        tables = _tables("stages", plain.pop("stages", ()), _MOST_STAGES)
        stages = tuple(build(Stage, table, "stage option") for table in tables)
        report = _table("report", plain.pop("report", None))
        parts = tuple(map(Part.from_dict, _tables("parts", plain.pop("parts", ()), _MOST_PARTS)))
        plan = build(cls, plain, "training option")
        return dataclasses.replace(
            plan,
            stages=stages or plan.stages,
            report=build(Report, report, "report option") if report else None,
            parts=parts,
        )


def _tables(name: str, value: object, most: int) -> list[Mapping[str, Any]]:
    """A list of so many tables at most; UsageError for anything else."""
    several = value if isinstance(value, list | tuple) else (None,)
    if len(several) <= most and all(isinstance(each, Mapping) for each in several):
        return list(several)
    raise UsageError(
        f"{name} cannot be {short_value(value)}",
        f"write a table for each, {most:,} at most: [[plan.{name}]]",
    )


def _table(name: str, value: object) -> Mapping[str, Any] | None:
    """A table or nothing; UsageError for anything else."""
    if value is None or isinstance(value, Mapping):
        return value
    raise UsageError(f"{name} cannot be {short_value(value)}", f"write a table: [plan.{name}]")


@dataclass(frozen=True)
class Part:
    """One part of a mix: a model of a backend of its own, and how it is trained.

    counted: it learns in one pass, however long the run; at the end it learns the inner text too.
    corrects: so much of the logits of the counted part before it, from 0 to 1, is added to its own
    while it learns prose, so that it learns what counting gets wrong.
    """

    backend: str
    config: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    counted: bool = False
    corrects: float = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for a recipe or the header of a model file."""
        return {
            "backend": self.backend,
            "config": dict(self.config),
            "plan": self.plan.to_dict(),
            "counted": self.counted,
            "corrects": self.corrects,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Part":
        """The part in values from `to_dict` or a recipe; UsageError where an option is wrong."""
        known: dict[str, type | UnionType] = {
            "backend": str,
            "config": dict,
            "plan": dict,
            "counted": bool,
            "corrects": int | float,
        }
        for name, value in values.items():
            if name not in known:
                raise unknown("option of a part", name, known)
            if not isinstance(value, known[name]):
                shown = short_value(value)
                raise UsageError(f"{name} of a part cannot be {shown}", "see a shipped recipe")
        if "backend" not in values:
            raise UsageError("a part has no backend", 'add a line: backend = "…"')
        if not 0 <= values.get("corrects", 0) <= 1:
            raise UsageError(f"corrects cannot be {values['corrects']}", "give a share from 0 to 1")
        plan = Plan.from_dict(values.get("plan", {}))
        if plan.parts:
            raise UsageError("a part of a plan has parts itself", "write them side by side")
        return cls(**{**values, "plan": plan})


@dataclass(frozen=True)
class TrainingRun:
    """All that a worker needs to train one model; a job's `plan.json` holds it.

    again: the words of a command that trains such a model again; notes: how the text was read;
    base: the model to train on from.
    """

    name: str
    text: TextChoice
    backend: str
    config: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    sampling: Mapping[str, Any] = field(default_factory=dict)
    recipe: str | None = None
    again: str = field(default="", compare=False)
    notes: tuple[str, ...] = field(default=(), compare=False)
    base: Base | None = None

    def to_json(self) -> str:
        """The run as the text of `plan.json`."""
        values = {
            "name": self.name,
            "text": option_values(self.text),
            "backend": self.backend,
            "config": dict(self.config),
            "plan": self.plan.to_dict(),
            "sampling": dict(self.sampling),
            "recipe": self.recipe,
            "again": self.again,
            "notes": list(self.notes),
            "base": self.base.to_dict() if self.base else None,
        }
        return json.dumps(values, indent=1, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "TrainingRun":
        """The run in a text from `to_json`; CharplayError where it cannot be read."""
        try:
            values = json.loads(text)
            check_fields(values, cls)
            return cls(
                name=values["name"],
                text=build(TextChoice, values["text"]),
                backend=values["backend"],
                config=values["config"],
                plan=Plan.from_dict(values["plan"]),
                sampling=values["sampling"],
                recipe=values["recipe"],
                again=values.get("again", ""),
                notes=tuple(values.get("notes", ())),
                base=Base.from_dict(values["base"]) if values.get("base") else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            problem = f"the job's plan cannot be read: {error!r}"
            raise CharplayError(problem, "train again") from error
