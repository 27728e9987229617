"""Declared options: frozen dataclasses whose fields carry their help and their bounds.

A backend's configuration, a training plan, the sampling options and the arguments of a
command are all declared this way, so they are parsed, checked and explained by one piece
of code, whether they come from a command line, a recipe or a model file.
"""

import dataclasses
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pkgutil import resolve_name
from typing import Any, TypeVar

from charplay.errors import UsageError, unknown
from charplay.typed_values import LARGEST_WHOLE

T = TypeVar("T")

# After it nothing is an option.
END_OF_OPTIONS = "--"
_LONGEST_SHOWN = 60
_PLAIN_TYPES: dict[str, type] = {"int": int, "float": float, "bool": bool, "str": str}
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
    required: bool = False,
    completes: str = "",
) -> Any:
    """A field of a declared options class.

    `above` is a bound that is not allowed itself; `verbatim` takes the rest of a line as typed;
    `short` is its flag of one letter, by which a positional argument can be given as well;
    `required` is for positional arguments; `completes` says which names complete a value: model,
    corpus, recipe, backend, plugin, run, session, turn, turn-number, command, action, setting,
    setting-value, training-option, macro, file, @file (several: "corpus|file").
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
            "required": required,
            "completes": completes,
        },
    )


def group(cls: type, help: str, usual: Any = None) -> Any:
    """A field that holds the given options of another class, by name.

    `usual`, an instance of that class, replaces the class's own defaults in the help.
    """
    return field(default_factory=dict, metadata={"group": cls, "help": help, "usual": usual})


@dataclass(frozen=True)
class Option:
    """One declared option as plain data: help, completion and the reader need nothing else.

    kind: the type of a value, "int", "float", "bool", "str", or "module:class" for a class with
    `parse(text)` and `domain`; many: it takes several values; group: the field of the options
    class that gathers it.
    """

    name: str
    kind: str
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
    required: bool = False
    completes: str = ""
    group: str = ""

    def to_data(self) -> dict[str, Any]:
        """The option as values that JSON can hold."""
        return {**dataclasses.asdict(self), "default": _plain_values(self, self.default)}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Option":
        """The option that `to_data` wrote, also after a trip through JSON."""
        default = tuple(data["default"]) if data["many"] else data["default"]
        return cls(**{**data, "choices": tuple(data["choices"]), "default": default})

    def to_field(self) -> tuple[str, Any, Any]:
        """Its name, type and field, for `dataclasses.make_dataclass`."""
        kind: Any = self._type
        hint: Any = tuple[kind, ...] if self.many else kind
        told = {name: getattr(self, name) for name in _TOLD_IN_FIELD}
        default = self.default
        if self.kind not in _PLAIN_TYPES and default is not None:
            default = tuple(map(self.parse, default)) if self.many else self.parse(default)
        return self.name, hint | None if self.nullable else hint, option(default, **told)

    @property
    def typed_name(self) -> str:
        """The name as a person types it: with dashes, and `from` for the field `from_`."""
        return _typed(self.name)

    @property
    def flags(self) -> tuple[str, ...]:
        """The ways to type it: `--min-length`, or `-n` and `--count`."""
        return (self.short, f"--{self.typed_name}") if self.short else (f"--{self.typed_name}",)

    @property
    def has_flags(self) -> bool:
        """Whether it can be typed by a flag: any option, and an argument with a short one."""
        return not self.positional or bool(self.short)

    @property
    def is_switch(self) -> bool:
        """Whether it is typed alone, without a value."""
        return self.kind == "bool"

    @property
    def placeholder(self) -> str:
        """The word for its value in a usage line: N, FILE, adam|sgd."""
        if self.metavar:
            return self.metavar
        if self.choices:
            return "|".join(self.choices)
        return "N" if self.kind in ("int", "float") else self.typed_name.upper()

    @property
    def has_default(self) -> bool:
        """Whether the default says anything: not none, off or empty."""
        return self.default is not None and self.default not in ("", False, ())

    @property
    def _type(self) -> Any:
        return _PLAIN_TYPES.get(self.kind) or resolve_name(self.kind)

    def parse(self, value: object) -> Any:
        """The value in the option's type, or a UsageError that names the option and its bounds."""
        if value is None or (self.nullable and value in ("none", "None")):
            if self.nullable:
                return None
            raise self._wrong(value)
        return self._within(self._converted(value))

    def _converted(self, value: object) -> Any:
        """The value in the option's type; only a switch takes true and false."""
        kind = self._type
        try:
            if isinstance(value, bool):
                if kind is bool:
                    return value
            elif isinstance(value, kind):
                return value
            elif kind is bool:
                return _SWITCH[str(value).lower()]
            elif hasattr(kind, "parse"):
                return kind.parse(str(value))
            elif kind is float and isinstance(value, int | str):
                return float(value)
            elif kind is int and isinstance(value, str):
                return int(value.replace("_", "").replace(",", ""))
        except (KeyError, ValueError, OverflowError):
            pass
        raise self._wrong(value)

    def _within(self, value: Any) -> Any:
        if self.choices and value not in self.choices:
            raise unknown(f"choice for {self.typed_name}", value, self.choices)
        if isinstance(value, int | float) and not isinstance(value, bool):
            largest = LARGEST_WHOLE if isinstance(value, int) else sys.float_info.max
            fits = (
                abs(value) <= largest
                and (self.minimum is None or value >= self.minimum)
                and (self.maximum is None or value <= self.maximum)
                and (self.above is None or value > self.above)
            )
            if not fits:
                raise self._wrong(value)
        return value

    def _wrong(self, value: object) -> UsageError:
        too_large = self.maximum is None and isinstance(value, int) and value > LARGEST_WHOLE
        return UsageError(
            f"{self.typed_name} cannot be {_short(value)}"
            if value != ""
            else f"{self.typed_name} needs a value",
            f"{self.typed_name} is {self.domain}"
            + (f", at most {LARGEST_WHOLE:,}" if too_large else "")
            + (", or none" if self.nullable else ""),
        )

    @property
    def domain(self) -> str:
        """The values allowed, in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        words = {"int": "a whole number", "float": "a number", "bool": "on or off", "str": "text"}
        text = words.get(self.kind) or str(getattr(self._type, "domain", self._type.__name__))
        low, high = self.minimum, self.maximum
        if low is not None and high is not None:
            text += f" from {_plain(low)} to {_plain(high)}"
        elif low is not None:
            text += f", {_plain(low)} or more"
        elif self.above is not None:
            text += f" above {_plain(self.above)}"
            text += f", at most {_plain(high)}" if high is not None else ""
        return text


# What a field says of its option, beside its name, its type and its default.
_TOLD_IN_FIELD = tuple(inspect.signature(option).parameters)[1:]


def declare_options(name: str, options: Iterable[Option]) -> type:
    """A class of options that are known as data alone."""
    fields = [declared.to_field() for declared in options]
    return dataclasses.make_dataclass(name, fields, frozen=True)


def _short(value: object) -> str:
    """The value as it was written, or its beginning."""
    try:
        shown = repr(value)
    except ValueError:  # a whole number of more digits than Python writes
        return "a number so large"
    return shown if len(shown) <= _LONGEST_SHOWN else shown[:_LONGEST_SHOWN] + "…"


def _plain(bound: float) -> str:
    """A bound as a person writes it: 1,000,000 rather than 1e+06."""
    return f"{int(bound):,}" if bound == int(bound) else f"{bound:g}"


def _option(hint: Any, entry: "dataclasses.Field[Any]") -> Option:
    nullable = many = False
    if isinstance(hint, types.UnionType):
        nullable = True
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        many = True
        hint = typing.get_args(hint)[0]
    cls = hint if isinstance(hint, type) else str
    plain = _PLAIN_TYPES.get(cls.__name__) is cls
    kind = cls.__name__ if plain else f"{cls.__module__}:{cls.__qualname__}"
    return Option(entry.name, kind, nullable, many, entry.default, **entry.metadata)


@cache
def options_of(cls: Any) -> tuple[Option, ...]:
    """The declared options of a class in order, those of its groups included."""
    found: list[Option] = []
    hints = typing.get_type_hints(cls)
    for entry in dataclasses.fields(cls):
        if "group" in entry.metadata:
            usual = entry.metadata["usual"]
            for declared in options_of(entry.metadata["group"]):
                default = declared.default if usual is None else getattr(usual, declared.name)
                found.append(dataclasses.replace(declared, group=entry.name, default=default))
        elif "help" in entry.metadata:
            found.append(_option(hints[entry.name], entry))
    return tuple(found)


@cache
def _options_by_name(cls: Any) -> dict[str, Option]:
    return {declared.typed_name: declared for declared in options_of(cls)}


def find_option(cls: Any, name: str, what: str = "option") -> Option:
    """The option of that name (dashes or underscores), or an error with the nearest names."""
    known = _options_by_name(cls)
    found = known.get(_typed(name))
    if found is None:
        raise unknown(what, name, known)
    return found


def _typed(name: str) -> str:
    """A name as it is typed; a field's may end in `_` because Python has a word like it."""
    return name.rstrip("_").replace("_", "-")


def parse_values(cls: Any, values: Mapping[str, object], what: str = "option") -> dict[str, Any]:
    """Those values, checked and in their types, by field name."""
    parsed = {}
    for name, value in values.items():
        each = find_option(cls, name, what)
        if each.many:
            parsed[each.name] = tuple(map(each.parse, _several(each, value)))
        else:
            parsed[each.name] = each.parse(value)
    return parsed


def _several(declared: Option, value: object) -> Iterable[object]:
    """The values that one stands for: numbers may be typed with commas between them."""
    if isinstance(value, list | tuple):
        return value
    if isinstance(value, str) and declared.kind in ("int", "float"):
        return value.split(",")
    return (value,)


def build(cls: Callable[..., T], values: Mapping[str, object], what: str = "option") -> T:
    """An instance with those values, the rest at their defaults."""
    return cls(**parse_values(cls, values, what))


def change(instance: T, values: Mapping[str, object], what: str = "option") -> T:
    """The same instance with those values changed."""
    parsed = parse_values(type(instance), values, what)
    return dataclasses.replace(instance, **parsed)  # type: ignore[type-var]


def option_values(instance: Any) -> dict[str, Any]:
    """The options as plain values, for a file: what `build` reads back."""
    cls: Any = type(instance)
    return {
        declared.name: _plain_values(declared, getattr(instance, declared.name))
        for declared in options_of(cls)
    }


def _plain_values(declared: Option, value: Any) -> object:
    return tuple(map(_plain_value, value)) if declared.many else _plain_value(value)


def _plain_value(value: object) -> object:
    """A value as a file can hold it: text for one of a class of its own."""
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def typed_words(options: Iterable[Option], values: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that a person types for values; what is at its default is left out."""
    flagged: list[str] = []
    positional: list[str] = []
    for declared in options:
        value = values.get(declared.name, declared.default)
        if value != declared.default:
            (positional if declared.positional else flagged).extend(_words_of(declared, value))
    if any(word.startswith("-") for word in positional):
        return (*flagged, END_OF_OPTIONS, *positional)
    return (*positional, *flagged)


def typed_word(value: object) -> str:
    """One value as a word; a whole number without its decimals."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _words_of(declared: Option, value: Any) -> list[str]:
    """One value as it is typed, each part of it with its flag unless it is positional."""
    words = [typed_word(one) for one in (value if declared.many else (value,))]
    flag = f"--{declared.typed_name}"
    if declared.positional:
        return words
    if declared.is_switch:
        return [flag if value else f"{flag}=off"]
    flagged = ([f"{flag}={w}"] if w.startswith("-") else [flag, w] for w in words)
    return list(chain.from_iterable(flagged))
