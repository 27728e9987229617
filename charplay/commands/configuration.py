"""What a person's `config.toml` says: options of the interface and of sampling, and macros.

Whatever is wrong in it is told, and all the rest holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from stat import S_ISREG
from typing import Any

from charplay.commands.settings import FLEETING, Interface
from charplay.errors import CharplayError, StorageError, UsageError, list_first, nearest_names
from charplay.files import path_text
from charplay.generation.options import AnswerOptions
from charplay.options import Option, change, options_of, parse_values
from charplay.plugins.choice import MOST_PARTS, PluginOptions, deep_line
from charplay.plugins.choice import SECTION as PLUGINS

INTERFACE, SAMPLING, MACROS = "interface", "sampling", "macros"
SECTIONS: dict[str, type] = {
    INTERFACE: Interface,
    SAMPLING: AnswerOptions,
    PLUGINS: PluginOptions,
}
_LARGEST = 1_000_000
_LEFT = "nothing of it holds, and it is left as it is: put it right, or move it away"


@dataclass(frozen=True)
class Configuration:
    """The options and macros of a file, and what is wrong in it."""

    interface: Interface = field(default_factory=Interface)
    sampling: Mapping[str, Any] = field(default_factory=dict)
    macros: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[CharplayError, ...] = ()


def known_settings() -> dict[str, tuple[str, Option]]:
    """The options that can be set, by name: the section of each, and its declaration."""
    return _options_in(SAMPLING, INTERFACE)  # in the order of the list


def _options_in(*sections: str) -> dict[str, tuple[str, Option]]:
    return {
        declared.typed_name: (section, declared)
        for section in sections
        for declared in options_of(SECTIONS[section])
    }


def setting_name(name: str) -> str:
    """The name of an option as it is declared; a person may type `top_k` too."""
    return name.replace("_", "-")


def checked_value(section: str, declared: Option, value: object) -> Any:
    """The value of an option in its type; UsageError for one that it cannot have."""
    cls = SECTIONS[section]
    parsed = parse_values(cls, {declared.name: value})
    change(cls(), parsed)  # some are refused by the whole alone
    return parsed[declared.name]


def read_configuration(path: Path) -> Configuration:
    """What a file says; nothing where there is none."""
    try:
        text = read_config_text(path)
        if text is None:
            return Configuration()
        import tomllib  # not needed where there is no such file

        return _Reader(path).read(tomllib.loads(text))
    except StorageError as error:
        return Configuration(faults=(error,))
    except (ValueError, RecursionError) as error:
        return Configuration(faults=(broken_file(path, error),))


def broken_file(path: Path, error: Exception) -> StorageError:
    """The error for a file whose text is not TOML."""
    return StorageError(f"{path_text(path)} is not TOML: {error}", _LEFT)


def read_config_text(path: Path) -> str | None:
    """The text of a file, None where there is none; StorageError where it cannot be one."""
    shown = path_text(path)
    try:
        status = path.stat()
        if not S_ISREG(status.st_mode):
            raise StorageError(f"{shown} is not a file", _LEFT)
        if status.st_size > _LARGEST:
            raise StorageError(f"{shown} is larger than {_LARGEST:,} bytes", _LEFT)
        text = path.read_bytes().decode("utf-8-sig")
        if number := deep_line(text):
            raise StorageError(
                f"{shown} has a key of more than {MOST_PARTS} parts in line {number}", _LEFT
            )
        return text
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise StorageError(f"{shown} is not UTF-8, at byte {error.start:,}", _LEFT) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(f"{shown} cannot be read: {reason}", _LEFT) from error


class _Reader:
    """Takes the sections of a file one by one, and remembers what is wrong."""

    def __init__(self, path: Path) -> None:
        self._file = path_text(path)
        self._known = _options_in(*SECTIONS)
        self._values: dict[str, dict[str, Any]] = {name: {} for name in (*SECTIONS, MACROS)}
        self._faults: list[CharplayError] = []
        self._unknown: list[str] = []

    def read(self, sections: Mapping[str, Any]) -> Configuration:
        for section, entries in sections.items():
            if section not in self._values:
                self._unknown.append(self._described(section, "", isinstance(entries, dict)))
            elif not isinstance(entries, dict):
                self._complain(f"{section} is a section, and no value", f"write [{section}]")
            else:
                self._read_section(section, entries)
        if self._unknown:
            self._complain(
                f"unknown here: {list_first(self._unknown)}",
                "left as it is; a newer charplay may know it; `set` lists the options",
            )
        values = self._values
        return Configuration(
            change(Interface(), values[INTERFACE]),
            values[SAMPLING],
            values[MACROS],
            tuple(self._faults),
        )

    def _read_section(self, section: str, entries: Mapping[str, Any]) -> None:
        for name, value in entries.items():
            if section == MACROS:
                self._read_macro(name, value)
                continue
            place, declared = self._known.get(setting_name(name), ("", None))
            if declared is None or place != section:
                self._unknown.append(self._described(name, section))
            else:
                self._read_option(section, declared, value)

    def _read_macro(self, name: str, value: object) -> None:
        if isinstance(value, str) and value.strip():
            self._values[MACROS][name] = value.strip()
        else:
            self._complain(
                f"the macro {name} is not a line of text", f"`macro {name} = LINE` sets it"
            )

    def _read_option(self, section: str, declared: Option, value: object) -> None:
        name = declared.typed_name
        try:
            self._values[section][declared.name] = checked_value(section, declared, value)
        except UsageError as error:
            mends = "put it right" if name in FLEETING else f"`set {name} VALUE` puts it right"
            self._complain(error.message, f"{error.hint}; {mends}")

    def _described(self, name: str, section: str, is_section: bool = False) -> str:
        """A name that is unknown in its place, and what is likely meant."""
        place, _ = self._known.get(setting_name(name), ("", None))
        shown = f"[{name}]" if is_section else f"{section}.{name}" if section else name
        if place:
            return f"{shown} (it belongs below [{place}])"
        known = [each for each, (where, _) in self._known.items() if section in ("", where)]
        near = nearest_names(name, list(self._values) if is_section else known)
        return f"{shown} (did you mean {near[0]}?)" if near else shown

    def _complain(self, message: str, hint: str) -> None:
        self._faults.append(CharplayError(f"{self._file}: {message}", hint))
