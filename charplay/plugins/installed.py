"""What is installed for charplay, found without importing any of it."""

import os
import re
import sys
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from charplay.errors import PluginError
from charplay.files import path_text

# The group of entry points in which plugins are found, and the distribution that is our own.
GROUP = "charplay"
OURS = "charplay"


@dataclass(frozen=True)
class Installed:
    """A distribution with entry points of charplay, or a file that stands for one.

    place: where it lies; key: changes whenever it was installed anew, or its code was changed.
    """

    name: str
    version: str
    points: tuple[EntryPoint, ...]
    place: str
    key: str

    @property
    def is_ours(self) -> bool:
        """Whether it is charplay itself, whose names no other can take."""
        return self.name == OURS


def find_installed(paths: Iterable[Path] = ()) -> list[Installed]:
    """Every distribution with entry points of charplay, our own first, then files by their paths.

    A file's folder comes to the end of Python's search path, so that its commands can be found.
    PluginError where a path is no module.
    """
    by_distribution: dict[int, list[EntryPoint]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.dist is not None:
            by_distribution.setdefault(id(point.dist), []).append(point)
    found = [_installed_of(points) for points in by_distribution.values()]
    found.sort(key=lambda each: (not each.is_ours, each.name))
    return [*found, *map(installed_file, paths)]


def installed_file(path: Path) -> Installed:
    """A module, or the folder of a package, that nobody installed; PluginError if it is neither."""
    module, shown = path.stem, path_text(path)
    path = path.absolute()
    is_module = path.suffix == ".py" if path.is_file() else (path / "__init__.py").is_file()
    if not is_module or not module.isidentifier():
        raise PluginError(
            f"{shown} is no Python module", "name a file like my_model.py, or a package's folder"
        )
    if str(path.parent) not in sys.path:
        sys.path.append(str(path.parent))
    spec = find_spec(module)
    if (
        spec is None
        or spec.origin is None
        or path not in (Path(spec.origin), Path(spec.origin).parent)
    ):
        raise PluginError(
            f"Python has another module {module}, so {shown} cannot be imported",
            "give the file another name",
        )
    point = EntryPoint(module, module, GROUP)
    return Installed(shown, "", (point,), str(path), _key_of("", [point]))


def _installed_of(points: list[EntryPoint]) -> Installed:
    distribution = points[0].dist
    assert distribution is not None
    name, version = _name_and_version(distribution)
    record = distribution.read_text("RECORD") or ""
    place = f"{name} in {_folder_of(points[0]) or distribution.locate_file('')}"
    return Installed(
        name, version, tuple(points), place, _key_of(record + version, points, name == OURS)
    )


def _name_and_version(distribution: Distribution) -> tuple[str, str]:
    """Both from the head of the metadata; to parse the whole takes longer than all else here."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    head = text.partition("\n\n")[0]
    found = (re.search(rf"^{field}: *(\S+)", head, re.MULTILINE) for field in ("Name", "Version"))
    name, version = (match[1] if match else "" for match in found)
    return name or "a distribution without a name", version


def _key_of(record: str, points: Iterable[EntryPoint], ours: bool = False) -> str:
    """Python's version, the record, the entry points, and times and sizes of their modules.

    Of code that the record does not list, as in an editable install, every file counts; where it is
    ours, what describes plugins counts as well.
    """
    parts = [sys.version, record]
    modules = []
    for point in points:
        parts += [point.name, point.value]
        modules.append(point.module)
    if ours:
        modules.append(OURS)
    for module in modules:
        parts += map(_time_and_size, _files_of(module, record))
    return f"{zlib.crc32(chr(0).join(parts).encode('utf-8', 'surrogateescape')):08x}-{len(record)}"


def _folder_of(point: EntryPoint) -> Path | None:
    """Where the module of an entry point lies; an editable install may be of several checkouts."""
    spec = _find_top(point.module)
    return Path(spec.origin).parent if spec and spec.origin else None


def _find_top(module: str) -> ModuleSpec | None:
    """The outermost package of a module, without importing anything."""
    try:
        return find_spec(module.partition(".")[0])
    except (ImportError, ValueError, AttributeError):
        return None


def _files_of(module: str, record: str) -> Iterator[str]:
    top, spec = module.partition(".")[0], _find_top(module)
    if spec is None or spec.origin is None:
        return
    folder = Path(spec.origin).parent
    if not spec.submodule_search_locations:
        yield spec.origin
    elif f"{top}/__init__.py," in record:
        yield str(folder.parent.joinpath(*module.split(".")).with_suffix(".py"))
        yield spec.origin
    else:
        yield from sorted(_sources_in(str(folder)))


# What registration may read beside code.
_SOURCES = (".py", ".toml", ".txt", ".json")


def _sources_in(folder: str) -> Iterator[str]:
    for inside, _, files in os.walk(folder):
        yield from (os.path.join(inside, file) for file in files if file.endswith(_SOURCES))


def _time_and_size(path: str) -> str:
    try:
        status = os.stat(path)
    except OSError:
        return ""
    return f"{path}{status.st_mtime_ns}{status.st_size}"
