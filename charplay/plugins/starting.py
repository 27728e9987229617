"""A new plugin: a distribution made from the templates, which works as it is made.

The templates are themselves such distributions: in their files and in the names of these, the
plugin is called `mybackend` or the like, and what all kinds share calls it `myplugin`.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from charplay.errors import StorageError, UsageError, quoted
from charplay.files import path_text

KINDS = ("backend", "corpus", "recipe", "command")
LONGEST_NAME = 40
_TEMPLATES = "templates"
_COMMON, _COMMON_WORD = "common", "myplugin"
_RENAMED = {"gitignore": ".gitignore"}  # a real one would act on the templates
_PREFIX = "charplay-"
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True)
class PluginNames:
    """What a plugin of a name and its parts are called."""

    name: str

    @classmethod
    def of(cls, typed: str, kind: str) -> "PluginNames":
        """The names for what a person typed; UsageError where it is no name."""
        name = typed.removeprefix(_PREFIX)
        if len(name) <= LONGEST_NAME and _NAME.fullmatch(name):
            return cls(name)
        tidy = (
            re.sub(r"[^a-z0-9]+", "-", name.lower())
            .lstrip("-0123456789")[:LONGEST_NAME]
            .rstrip("-")
        )
        raise UsageError(
            f"a plugin cannot be called {quoted(typed)}: a name has lower-case letters, digits and "
            f"single dashes, at most {LONGEST_NAME}, and begins with a letter",
            f"`{typed_command(tidy or 'tides', kind)}`",
        )

    @property
    def distribution(self) -> str:
        """What pip installs: charplay-old-rivers."""
        return _PREFIX + self.name

    @property
    def package(self) -> str:
        """What Python imports: charplay_old_rivers."""
        return self.distribution.replace("-", "_")

    def replaced(self, text: str, kind: str) -> str:
        """A template's text, or the path of one of its files, with these names."""
        for word in (f"my{kind}", _COMMON_WORD):
            text = text.replace(f"charplay_{word}", self.package)
            text = text.replace(f"test_{word}", f"test_{self.name.replace('-', '_')}")
            text = text.replace(word, self.name)
        return text.replace("My", self.name.title().replace("-", ""))


def typed_command(name: str, kind: str) -> str:
    """What makes a plugin of that name, or of as much of it as a name may have."""
    return f"plugins new {name[:LONGEST_NAME].rstrip('-')} --kind {kind}"


def new_distribution(folder: Path, name: str, kind: str) -> tuple[Path, ...]:
    """Make the distribution charplay-NAME in a folder; its files.

    kind: one of `KINDS`. UsageError for a name that cannot be, or where there is such a file or
    folder already; StorageError where it cannot be written. It is there whole or not at all.
    """
    names = PluginNames.of(name, kind)
    made = folder / names.distribution
    if os.path.lexists(made):
        raise UsageError(
            f"{path_text(made)} is there already", "choose another name, or remove it first"
        )
    templates = files(__package__) / _TEMPLATES
    texts = {
        names.replaced(path, kind): names.replaced(text, kind)
        for part in (_COMMON, kind)
        for path, text in _read_files(templates / part, PurePosixPath())
    }
    try:
        _write_files(made, texts)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"cannot make {path_text(made)}: {reason}", "go to a folder that you can write, first"
        ) from error
    return tuple(made / path for path in texts)


def _read_files(folder: Traversable, at: PurePosixPath) -> Iterator[tuple[str, str]]:
    """Each file below a folder, by its path there, and its text."""
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        path = at / _RENAMED.get(entry.name, entry.name)
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _read_files(entry, path)
        else:
            yield str(path), entry.read_text(encoding="utf-8")


def _write_files(made: Path, texts: dict[str, str]) -> None:
    """Write files in a new folder, which has its name only when all of them are there."""
    with TemporaryDirectory(prefix=f".{made.name}-", dir=made.parent) as unfinished:
        beside = Path(unfinished) / made.name
        for path, text in texts.items():
            (beside / path).parent.mkdir(parents=True, exist_ok=True)
            (beside / path).write_text(text, encoding="utf-8", newline="\n")
        os.rename(beside, made)
