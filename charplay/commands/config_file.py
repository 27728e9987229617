"""Changing a person's `config.toml`: their comments, their order and what is unknown stay."""

import json
import os
import re
from collections.abc import Mapping, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import tomlkit
from tomlkit.exceptions import TOMLKitError

from charplay.commands.configuration import (
    MACROS,
    SECTIONS,
    broken_file,
    read_config_text,
    setting_name,
)
from charplay.errors import StorageError
from charplay.files import make_private_folder, path_text, replace_file, storage_errors
from charplay.jobs.lock import hold_lock
from charplay.options import Option, options_of

# New values by section and name; None takes one out.
Changes: TypeAlias = Mapping[tuple[str, str], object]

_LOCK_SECONDS = 2.0
_HEAD = """# Options of charplay for every start: take the # from a line to set its option.
# :set and :macro change this file too, and leave your comments as they are.
"""
_MACROS_HEAD = f"""
[{MACROS}]
# a name for a line, typed as :zo Ty then
# zo = ":names drugs --starts $1 -n 20"
"""


def change_configuration(path: Path, changes: Changes) -> bool:
    """Change values in a file as it is now; whether it had to be made.

    Raises StorageError where it cannot be written, or is nothing that could be changed.
    """
    path = Path(os.path.realpath(path))  # a link stays one
    with storage_errors(f"cannot write {path_text(path)}"):
        make_private_folder(path.parent)
        # Without a lock, on a disk that has none, the last of two writers wins.
        with hold_lock(path.with_name(f".{path.name}.lock"), _LOCK_SECONDS):
            return _change_locked(path, changes)


def _change_locked(path: Path, changes: Changes) -> bool:
    old = read_config_text(path)
    if old is None and all(value is None for value in changes.values()):
        return False
    if old is not None and not path.stat().st_mode & 0o222:
        raise StorageError(f"{path_text(path)} is read-only", "make it yours to write")
    new = configuration_template() if old is None else old
    try:
        for (section, name), value in changes.items():
            new = changed_text(new, section, name, value)
    except (TOMLKitError, ValueError, RecursionError) as error:
        raise broken_file(path, error) from error
    if new != old:
        replace_file(path, new.encode())
    return old is None


def configuration_template() -> str:
    """A file that sets nothing: every option as a comment, with its help and its values."""
    lines = [_HEAD]
    for section, cls in SECTIONS.items():
        lines += [f"[{section}]", *map(_commented, options_of(cls)), ""]
    return "\n".join(lines).rstrip("\n") + "\n" + _MACROS_HEAD


def _commented(declared: Option) -> str:
    domain = "true or false" if declared.is_switch else declared.domain
    if declared.nullable:
        domain += ', or "none"'
    if declared.many:
        domain = 'a list: ["one", "two"]'
    value = "none" if declared.default is None else declared.default
    return f"# {declared.help}\n# {declared.typed_name} = {json.dumps(value)}   # {domain}"


def changed_text(text: str, section: str, name: str, value: object) -> str:
    """The text of a file with one value set, or taken out where it is None."""
    document = tomlkit.parse(text)
    entries: Any = document.get(section)
    if entries is None and value is None:
        return text
    if entries is None:
        document[section] = entries = tomlkit.table()
    if not isinstance(entries, MutableMapping):
        raise ValueError(f"{section} is no section")
    key = _written_key(entries, section, name)
    if value is not None and key not in entries:
        return _below_comment(text, section, key, value) or _with_value(
            document, entries, key, value
        )
    if value is not None:
        return _with_value(document, entries, key, value)
    entries.pop(key, None)
    return tomlkit.dumps(document)


def _with_value(document: Any, entries: Any, key: str, value: object) -> str:
    entries[key] = value
    return tomlkit.dumps(document)


def _written_key(entries: Mapping[str, object], section: str, name: str) -> str:
    """The name of an option as the file spells it: `top_k` is `top-k`."""
    if section == MACROS:
        return name
    return next((key for key in entries if setting_name(key) == name), name)


def _below_comment(text: str, section: str, key: str, value: object) -> str:
    """The text with a value below the comment that shows its option; "" where there is none."""
    comment = re.compile(rf"^# {re.escape(key)} = .*?(\r?\n)", re.MULTILINE)
    line = f"{key} = {tomlkit.item(value).as_string()}"
    new = comment.sub(lambda found: f"{found[0]}{line}{found[1]}", text, count=1)
    with suppress(TOMLKitError):
        entries = tomlkit.parse(new).get(section, {})
        if new != text and entries.get(key) == value:
            return new
    return ""
