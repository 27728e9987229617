"""Declared options: frozen dataclasses whose fields carry their help and their bounds.

A backend's configuration, a training plan, the sampling options and the arguments of a
command are all declared this way, so they are parsed, checked and explained by one piece
of code, whether they come from a command line, a recipe or a model file.
"""

import dataclasses
import sys
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from charplay.errors import UsageError, unknown

T = TypeVar("T")

_LONGEST_SHOWN = 60
_SWITCH = {"on": True, "true": True, "yes": True, "off": False, "false": False, "no": False}


def option(
    default: Any,
    help: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    above: float | None = None,
    choices: tuple[str, ...] = (),
    metavar: str = "",
    short: str = "",
    positional: bool = False,
    verbatim: bool = False,
) -> Any:
    """A field of a declared options class.

    `above` is a bound that is itself not allowed; `verbatim` takes the rest of a line as typed.
    """
    return field(
        default=default,
        metadata={
            "help": help,
            "minimum": minimum,
            "maximum": maximum,
            "above": above,
            "choices": choices,
            "metavar": metavar,
            "short": short,
            "positional": positional,
            "verbatim": verbatim,
        },
    )


def group(cls: type, help: str, usual: Any = None) -> Any:
    """A field that gathers, by name, those options of another class that were given.

    `usual`, an instance of the class, has what holds for the others, where that is not its own.
    """
    return field(default_factory=dict, metadata={"group": cls, "help": help, "usual": usual})


@dataclass(frozen=True)
class Option:
    """One declared option, as help, completion and the parser see it."""

    name: str
    kind: type
    nullable: bool
    many: bool
    default: Any
    help: str
    minimum: float | None = None
    maximum: float | None = None
    above: float | None = None
    choices: tuple[str, ...] = ()
    metavar: str = ""
    short: str = ""
    positional: bool = False
    verbatim: bool = False
    group: str = ""

    @property
    def words(self) -> str:
        """The name as a person types it: with dashes."""
        return self.name.replace("_", "-")

    @property
    def flag(self) -> bool:
        """Whether it stands alone on a command line, without a value."""
        return self.kind is bool

    def parse(self, value: object) -> Any:
        """The value in the option's type, or a UsageError that names the option and its bounds."""
        if value is None or (self.nullable and value in ("none", "None")):
            if self.nullable:
                return None
            raise self._wrong(value)
        return self._within(self._converted(value))

    def _converted(self, value: object) -> Any:
        """The value in the option's type; of truth values only a switch takes any."""
        try:
            if isinstance(value, bool):
                if self.kind is bool:
                    return value
            elif isinstance(value, self.kind):
                return value
            elif self.kind is bool:
                return _SWITCH[str(value).lower()]
            elif hasattr(self.kind, "parse"):
                return self.kind.parse(str(value))
            elif self.kind is float and isinstance(value, int | str):
                return float(value)
            elif self.kind is int and isinstance(value, str):
                return int(value.replace("_", "").replace(",", ""))
        except (KeyError, ValueError, OverflowError):
            pass
        raise self._wrong(value)

    def _within(self, value: Any) -> Any:
        if self.choices and value not in self.choices:
            raise unknown(f"choice for {self.words}", value, self.choices)
        if isinstance(value, int | float) and not isinstance(value, bool):
            fits = (
                abs(value) <= sys.float_info.max
                and (self.minimum is None or value >= self.minimum)
                and (self.maximum is None or value <= self.maximum)
                and (self.above is None or value > self.above)
            )
            if not fits:
                raise self._wrong(value)
        return value

    def _wrong(self, value: object) -> UsageError:
        return UsageError(
            f"{self.words} cannot be {_short(value)}"
            if value != ""
            else f"{self.words} needs a value",
            f"{self.words} is {self.domain}" + (", or none" if self.nullable else ""),
        )

    @property
    def domain(self) -> str:
        """The values allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = {int: "a whole number", float: "a number", bool: "on or off", str: "a text"}
        text = words.get(self.kind) or str(getattr(self.kind, "domain", self.kind.__name__))
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            text += f" from {_plain(low)} to {_plain(high)}"
        elif low is not None:
            text += f", {_plain(low)} or more"
        elif self.above is not None:
            text += f" above {_plain(self.above)}"
            text += f", at most {_plain(high)}" if high is not None else ""
        return text


def _short(value: object) -> str:
    """The value as it was written, or its beginning."""
    try:
        shown = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number so large"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def _plain(bound: float) -> str:
    """A bound as a person writes it: 1,000,000 rather than 1e+06."""
    return f"{bound:,.0f}" if bound == int(bound) else f"{bound:g}"


def _option(hint: Any, entry: "dataclasses.Field[Any]") -> Option:
    nullable = many = False
    if isinstance(hint, types.UnionType):
        nullable = True
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        many = True
        hint = typing.get_args(hint)[0]
    kind = hint if isinstance(hint, type) else str
    return Option(entry.name, kind, nullable, many, entry.default, **entry.metadata)


def options_of(cls: Any) -> tuple[Option, ...]:
    """The declared options of a class in order, those of its groups included."""
    found: list[Option] = []
    hints = typing.get_type_hints(cls)
    for entry in dataclasses.fields(cls):
        if "group" in entry.metadata:
            usual = entry.metadata["usual"]
            for each in options_of(entry.metadata["group"]):
                default = each.default if usual is None else getattr(usual, each.name)
                found.append(dataclasses.replace(each, group=entry.name, default=default))
        elif "help" in entry.metadata:
            found.append(_option(hints[entry.name], entry))
    return tuple(found)


def find_option(cls: Any, name: str, what: str = "option") -> Option:
    """The option of that name (dashes or underscores), or an error with the nearest names."""
    known = {each.words: each for each in options_of(cls)}
    found = known.get(name.replace("_", "-"))
    if found is None:
        raise unknown(what, name, known)
    return found


def parse_values(cls: Any, values: Mapping[str, object], what: str = "option") -> dict[str, Any]:
    """Those values, checked and in their types, by field name."""
    parsed = {}
    for name, value in values.items():
        each = find_option(cls, name, what)
        if each.many and isinstance(value, list | tuple):
            parsed[each.name] = tuple(each.parse(one) for one in value)
        else:
            parsed[each.name] = each.parse(value)
    return parsed


def build(cls: Callable[..., T], values: Mapping[str, object], what: str = "option") -> T:
    """An instance with those values, the rest at their defaults."""
    return cls(**parse_values(cls, values, what))


def change(instance: T, values: Mapping[str, object], what: str = "option") -> T:
    """The same instance with those values changed."""
    parsed = parse_values(type(instance), values, what)
    return dataclasses.replace(instance, **parsed)  # type: ignore[type-var]


def written(instance: Any) -> dict[str, Any]:
    """The options as plain values, for a file: what `build` reads back."""
    values = {}
    for each in options_of(type(instance)):
        value = getattr(instance, each.name)
        plain = value is None or isinstance(value, bool | int | float | str | tuple)
        values[each.name] = value if plain else str(value)
    return values
