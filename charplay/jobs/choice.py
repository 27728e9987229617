"""What a person chooses of a training run: the arguments of `train`."""

from dataclasses import dataclass
from typing import Any

from charplay.options import group, option
from charplay.plan import ReadingOptions


@dataclass(frozen=True)
class Pair:
    """One `key=value`."""

    key: str
    value: str

    domain = "an option and its value, like hidden=64"

    @classmethod
    def parse(cls, text: str) -> "Pair":
        """ValueError where there is no `=`."""
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise ValueError(text)
        return cls(key, value)

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


@dataclass(frozen=True)
class TrainingChoice:
    """What a person chooses of a training run; a recipe or what is usual gives the rest."""

    corpus: str | None = option(
        None,
        "a corpus by name, or a file: a list, a text or a table; - for standard input",
        metavar="CORPUS",
        positional=True,
        completes="corpus|file",
    )
    recipe: str | None = option(
        None, "train by this ready-made plan (see `recipes`)", completes="recipe"
    )
    backend: str | None = option(None, "train with this backend", completes="backend")
    from_: str | None = option(
        None,
        "go on from this model, by name, digest or path, or from a run by its number, whose "
        "optimiser goes on too",
        metavar="MODEL",
        completes="model|run",
    )
    name: str | None = option(None, "keep the model under this name")
    updates: int | None = option(
        None,
        "train for N updates, or each part for so many; the plan decides unless given",
        minimum=1,
    )
    epochs: int | None = option(
        None, "train for N passes over the text, or each part for so many", minimum=1
    )
    minutes: float | None = option(None, "train for about N minutes", above=0, maximum=10_000)
    keep_checkpoints: int = option(
        0,
        "keep N models along the way as NAME@UPDATE, each at half of the updates of the next",
        metavar="N",
        minimum=0,
        maximum=40,
    )
    quick: bool = option(False, "make a model that is ready in a second or two")
    set: tuple[Pair, ...] = option(
        (),
        "change options of the network or the plan (see `backends`)",
        metavar="KEY=VALUE",
        completes="training-option",
    )
    each: bool = option(
        False, "a model for each file of a folder: quick ones, unless you say how to train"
    )
    by: str | None = option(
        None,
        "a model for each value in this column of a table, likewise: --by language",
        metavar="COLUMN",
    )
    wait: bool = option(False, "in the REPL, follow the run to its end before the next line")
    reading: dict[str, Any] = group(ReadingOptions, "how the text is read")
