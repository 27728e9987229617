"""Recipes: named plans in TOML that reproduce something, an exercise or a shipped model."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from charplay.errors import CharplayError, UsageError, unknown
from charplay.generation.options import Sampling
from charplay.options import build, change, parse_values, written
from charplay.plan import Plan, TextChoice

_PARTS: dict[str, type] = {
    "summary": str,
    "backend": str,
    "text": dict,
    "config": dict,
    "plan": dict,
    "sampling": dict,
}


@dataclass(frozen=True)
class Recipe:
    """A plan with its text, its network and the way its model is sampled."""

    name: str
    summary: str
    text: TextChoice = field(default_factory=TextChoice)
    backend: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    plan: Plan = field(default_factory=Plan)
    sampling: Mapping[str, Any] = field(default_factory=dict)


def parse_recipe(name: str, text: str) -> Recipe:
    """The recipe in a TOML text; CharplayError that names the recipe where it is not one."""
    try:
        values = tomllib.loads(text)
        for part, value in values.items():
            if part not in _PARTS:
                raise unknown("part of a recipe", part, _PARTS)
            if not isinstance(value, _PARTS[part]):
                raise UsageError(f"{part} cannot be {value!r}", f"it is a {_PARTS[part].__name__}")
        return Recipe(
            name=name,
            summary=values["summary"],
            text=build(TextChoice, values.get("text", {}), "text option"),
            backend=values.get("backend"),
            config=values.get("config", {}),
            plan=Plan.from_dict(values.get("plan", {})),
            sampling=_sampling(values.get("sampling", {})),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise CharplayError(
            f"the recipe {name} cannot be read: {error!r}", "compare it with a shipped recipe"
        ) from error
    except CharplayError as error:
        raise CharplayError(f"the recipe {name}: {error.message}", error.hint) from error


def _sampling(values: Mapping[str, object]) -> dict[str, Any]:
    """Sampling options, checked, as plain values that a model file can hold."""
    given = parse_values(Sampling, values, "sampling option")
    return {
        name: value for name, value in written(change(Sampling(), given)).items() if name in given
    }


def recipes_in(folder: Traversable) -> list[Recipe]:
    """The recipes of a folder's .toml files, each named as its file."""
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return [
        parse_recipe(file.name.removesuffix(".toml"), file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
    ]
