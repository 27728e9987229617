"""The rooms of the project: which code is whose, and the tests that are its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Commands are tested by what is typed and shown, and the terminal by commands.
_TESTED_TOGETHER = {"commands", "terminal"}
# Tested in environments of their own, with TensorFlow and PyTorch.
_ELSEWHERE = ("charplay_keras", "charplay_torch")


@dataclass(frozen=True)
class Room:
    """Some modules, and the folder or the files of their tests; paths from the checkout."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


def find_rooms(checkout: Path) -> list[Room]:
    """The folders of `charplay/`, its own modules as `charplay`, and the backends of `plugins/`."""

    def files(folder: Path, pattern: str) -> tuple[str, ...]:
        found = (path.relative_to(checkout) for path in folder.glob(pattern))
        return tuple(sorted(str(path) for path in found if "templates" not in path.parts))

    core, tests = checkout / "charplay", checkout / "tests"
    rooms = [Room("charplay", files(core, "*.py"), files(tests, "test_*.py"))]
    rooms += [
        Room(folder.name, files(folder, "**/*.py"), _test_folders(folder.name))
        for folder in sorted(core.iterdir())
        if (tests / folder.name).is_dir() and (folder / "__init__.py").is_file()
    ]
    for folder in sorted((checkout / "plugins").glob("charplay_*")):
        backend = f"tests/{folder.name.removeprefix('charplay_')}_backend"
        if (checkout / backend).is_dir() and folder.name not in _ELSEWHERE:
            rooms.append(Room(folder.name, files(folder, "**/*.py"), (backend,)))
    return rooms


def _test_folders(name: str) -> tuple[str, ...]:
    """The folders with the tests of a room, its own first."""
    others = _TESTED_TOGETHER - {name} if name in _TESTED_TOGETHER else ()
    return tuple(f"tests/{each}" for each in (name, *others))


def pick_rooms(rooms: Sequence[Room], names: Sequence[str]) -> list[Room]:
    """The rooms of these names, or all; ValueError for a name that no room has."""
    known = {room.name: room for room in rooms}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"there is no room {unknown[0]}; rooms: {', '.join(known)}")
    return [known[name] for name in names] or list(rooms)
