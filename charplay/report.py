"""What a run prints while it trains, in the words of the exercise that it reproduces."""

import re
from dataclasses import dataclass
from string import Formatter
from typing import ClassVar

from charplay.errors import UsageError
from charplay.options import option

# How a field of a report may be written: `>8`, `.4f`, `,`.
_FIELD_FORM = re.compile(r"(.?[<>=^])?[-+ ]?0?\d{0,2}[,_]?(\.\d{1,2})?[a-z%]?")
_LONGEST_SHOWN = 60


@dataclass(frozen=True)
class Report:
    """Lines that a run prints while it trains, as the exercise that it reproduces prints them.

    `line` is a format string with the fields of `FIELDS`: iteration (updates before this one),
    epoch (from 1), loss (reduced as the plan says), smoothed (a running mean of that loss) and
    predicted (the most probable character at each position of the text).
    """

    FIELDS: ClassVar = {"iteration": 0, "epoch": 1, "loss": 0.0, "smoothed": 0.0, "predicted": ""}

    line: str = option("", "format of the line")
    every: int = option(1, "updates between two lines; the first comes after update 1", minimum=1)
    names: int = option(
        0, "number of names printed under the line, drawn with the exercise's seeds", minimum=0
    )
    smoothing: float = option(
        0.999, "how much of the old running mean is kept", minimum=0, maximum=1
    )
    guess: float = option(
        1, "the running mean starts at the loss of a uniform guess of so many characters", above=0
    )

    def __post_init__(self) -> None:
        try:
            for _, name, form, conversion in Formatter().parse(self.line):
                if name is not None:
                    self._check_field(name, form or "", conversion)
            self.line.format(**self.FIELDS)
        except (KeyError, TypeError, ValueError) as error:
            raise UsageError(
                f"the report's line {self.line[:_LONGEST_SHOWN]!r} cannot be filled in: {error!r}",
                f"use the fields {', '.join(self.FIELDS)}, as in {{loss:.4f}}",
            ) from error

    def _check_field(self, name: str, form: str, conversion: str | None) -> None:
        """KeyError or ValueError for a field that is none, or is written in an unusual form.

        A line may come from a model's file, and a form can ask for a text of any width.
        """
        if name not in self.FIELDS:
            raise KeyError(name)
        if conversion or not _FIELD_FORM.fullmatch(form):
            raise ValueError(f"no form {form[:_LONGEST_SHOWN]!r}")
