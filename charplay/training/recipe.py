"""Recipes: named plans in TOML, each of which reproduces an exercise or a shipped model."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from charplay.errors import CharplayError, UsageError, unknown
from charplay.generation.options import AnswerOptions
from charplay.models.validation import MOST_OWN_CHARS, MOST_OWN_LINES
from charplay.options import build, change, option_values, parse_values
from charplay.plan import Plan, TextChoice

_PART_TYPES: dict[str, type] = {
    "summary": str,
    "backend": str,
    "text": dict,
    "config": dict,
    "plan": dict,
    "sampling": dict,
}


@dataclass(frozen=True)
class Recipe:
    """A plan, its text, the options of its network, and the sampling options of its model."""

    name: str
    summary: str
    text: TextChoice = field(default_factory=TextChoice)
    backend: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    sampling: Mapping[str, Any] = field(default_factory=dict)

    def to_data(self) -> dict[str, Any]:
        """The recipe as values that JSON can hold."""
        return {
            "name": self.name,
            "summary": self.summary,
            "text": option_values(self.text),
            "backend": self.backend,
            "config": dict(self.config),
            "plan": self.plan.to_dict(),
            "sampling": dict(self.sampling),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Recipe":
        """The recipe that `to_data` wrote, also after a trip through JSON."""
        text, plan = build(TextChoice, data["text"]), Plan.from_dict(data["plan"])
        return cls(**{**data, "text": text, "plan": plan})


@dataclass(frozen=True)
class RecipeFile:
    """A recipe in a TOML file, which is read when it is registered; it has the name of its file."""

    file: Traversable

    @property
    def name(self) -> str:
        """The recipe's name."""
        return self.file.name.removesuffix(".toml")

    def read(self) -> Recipe:
        """The recipe; CharplayError, with its name, where it has a mistake."""
        return parse_recipe(self.name, self.file.read_text(encoding="utf-8"))


def parse_recipe(name: str, text: str) -> Recipe:
    """The recipe in a TOML text; CharplayError, with the recipe's name, where it has a mistake."""
    try:
        values = tomllib.loads(text)
        _check_parts(values)
        return Recipe(
            name=name,
            summary=values["summary"],
            text=build(TextChoice, values.get("text", {}), "text option"),
            backend=values.get("backend"),
            config=values.get("config", {}),
            plan=Plan.from_dict(values.get("plan", {})),
            sampling=_parse_sampling(values.get("sampling", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CharplayError(
            f"the recipe {name} cannot be read: {error!r}", "compare it with a shipped recipe"
        ) from error
    except CharplayError as error:
        raise CharplayError(f"the recipe {name}: {error.message}", error.hint) from error


def _check_parts(values: Mapping[str, object]) -> None:
    """UsageError where a part is unknown or has the wrong type, or the summary is missing."""
    for part, value in values.items():
        if part not in _PART_TYPES:
            raise unknown("part of a recipe", part, _PART_TYPES)
        if not isinstance(value, _PART_TYPES[part]):
            hint = "write it in quotes" if _PART_TYPES[part] is str else f"write a table: [{part}]"
            raise UsageError(f"{part} cannot be {value!r}", hint)
    if "summary" not in values:
        raise UsageError("the summary is missing", 'add a line: summary = "…"')


def _parse_sampling(values: Mapping[str, object]) -> dict[str, Any]:
    """Sampling options, checked, as plain values that a model file can hold."""
    given = parse_values(AnswerOptions, values, "sampling option")
    for name, most in (("max_chars", MOST_OWN_CHARS), ("lines", MOST_OWN_LINES)):
        if (given.get(name) or 0) > most:
            raise UsageError(
                f"{name} of a recipe is at most {most:,}", "ask for more where you use the model"
            )
    options = option_values(change(AnswerOptions(), given))
    return {name: options[name] for name in options if name in given}


def recipes_in(folder: Traversable) -> list[RecipeFile]:
    """The recipes in a folder's .toml files, in order; one with a mistake harms no other."""
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return [RecipeFile(file) for file in sorted(files, key=lambda file: file.name)]
