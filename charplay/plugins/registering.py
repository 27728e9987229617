"""Registration: importing plugins and asking their hooks, to describe what they offer."""

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from importlib.metadata import EntryPoint
from typing import Any, NoReturn

import pluggy

from charplay.errors import CharplayError
from charplay.plugins import hookspecs
from charplay.plugins.api_version import misfit_of
from charplay.plugins.describing import DESCRIBE
from charplay.plugins.installed import GROUP
from charplay.plugins.offers import HOOKS, PluginOffers

_ONE_KIND = {"backends": "backend", "corpora": "corpus", "recipes": "recipe", "commands": "command"}


@dataclass
class Register:
    """What a hook is given: it takes each entry of a kind, and gives entries of other plugins.

    take: is called with each entry; find: gives an entry by its name, of any plugin.
    """

    take: Callable[[Any], object]
    find: Callable[[str], Any]

    def __call__(self, entry: Any) -> None:
        """Register an entry."""
        self.take(entry)


def ask_hook(point: EntryPoint, kind: str, register: Register) -> None:
    """Import a plugin, and have it register its entries of a kind."""
    manager = _manager_of(point.load(), point.name)
    getattr(manager.hook, HOOKS[kind])(register=register)


def _manager_of(plugin: object, name: str) -> pluggy.PluginManager:
    """A manager that has this plugin alone; errors where it does not fit the hooks."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(plugin, name=name)
    manager.check_pending()
    return manager


def register_plugin(point: EntryPoint) -> PluginOffers:
    """Import a plugin and describe what it offers; whatever fails is a fault of its own."""
    return _Registration(point).run()


@dataclass
class _Registration:
    """One plugin being registered, and what came of it so far."""

    point: EntryPoint
    entries: dict[str, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    api: str = ""

    def run(self) -> PluginOffers:
        started = time.perf_counter()
        before = dict(_read_surroundings())
        with self._guarding("failed at import"):
            __import__(self.point.module)  # which `-X importtime` sees, as it does not see `load`
            self._ask_all(self.point.load())
        changed = [what for what, now in _read_surroundings() if now != before[what]]
        if changed:  # it would change charplay's own process as well
            self.entries = {}
            self.faults = [f"changes {', '.join(changed)} when it is imported"]
        spent = round(1000 * (time.perf_counter() - started), 1)
        return PluginOffers(self.point.name, self.entries, tuple(self.faults), spent, self.api)

    def _ask_all(self, plugin: object) -> None:
        self.api = str(getattr(plugin, "charplay_api", ""))
        misfit = misfit_of(self.api)
        if misfit:
            self.faults.append(misfit)
            return
        manager = _manager_of(plugin, self.point.name)
        if not manager.get_hookcallers(plugin):
            self.faults.append("has no function that is marked with @hookimpl")
        for kind, hook in HOOKS.items():
            with self._guarding(f"failed in {hook}"):
                register = Register(partial(self._take, kind), _cannot_find)
                getattr(manager.hook, hook)(register=register)

    def _take(self, kind: str, entry: object) -> None:
        name = getattr(entry, "name", None)
        shown = f"the {_ONE_KIND[kind]} {name!r}" if name else f"a {_ONE_KIND[kind]}"
        with self._guarding(f"offers {shown}, which cannot be used"):
            data = DESCRIBE[kind](entry)
            taken = self.entries.get(kind, ())
            if data["name"] in [each["name"] for each in taken]:
                self.faults.append(f"offers {shown} twice")
            else:
                self.entries[kind] = (*taken, data)

    @contextmanager
    def _guarding(self, problem: str) -> Iterator[None]:
        """Have whatever fails inside be a fault, Ctrl-C too: nobody is there to press it."""
        try:
            yield
        except pluggy.PluginValidationError as error:
            self.faults.append(f"does not fit the hooks: {_one_line(str(error))}")
        except CharplayError as error:
            told = f"{error.message}; {error.hint}" if error.hint else error.message
            self.faults.append(f"{problem}: {told}")
        except BaseException as error:
            traceback.print_exc()
            told = _one_line(f"{type(error).__name__}: {error}").rstrip(": ")
            self.faults.append(f"{problem}: {told}")


def _cannot_find(name: str) -> Any:
    raise LookupError(
        f"{name!r} cannot be had while plugins are registered; find it when it is needed"
    )


def _one_line(text: str) -> str:
    return " ⏎ ".join(text.split("\n"))[:500]


def _read_surroundings() -> Iterator[tuple[str, object]]:
    """What an import must leave as it was, since it will be repeated in charplay's own process."""
    for number, name in enumerate(("standard input", "standard output", "standard error")):
        yield name, (_open_file(number), id((sys.stdin, sys.stdout, sys.stderr)[number]))
    yield "the working folder", os.getcwd()
    for number in (signal.SIGINT, signal.SIGTERM):
        yield f"the handler of {number.name}", signal.getsignal(number)


def _open_file(number: int) -> object:
    try:
        status = os.fstat(number)
    except OSError:
        return None
    return status.st_dev, status.st_ino


def register_all(points: Sequence[tuple[str, str]], file: str, thoroughly: bool) -> NoReturn:
    """Register plugins and tell of each in a file; this ends the process.

    thoroughly: put each backend to use as well.
    """
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for name, value in points:
        point = EntryPoint(name, value, GROUP)
        _tell_file(file, {"begins": name})
        offers = register_plugin(point)
        if thoroughly:
            offers = replace(offers, tried=tuple(_exercise_plugin(point, offers)))
        _tell_file(file, {"offers": offers.to_data()})
    # Threads and handlers that a plugin left behind have no say in when this ends.
    os._exit(0)


def _exercise_plugin(point: EntryPoint, offers: PluginOffers) -> Iterator[tuple[str, str]]:
    """What was tried with each backend and command, and what was wrong."""
    from charplay.plugins.exercising import exercise_backend, exercise_command  # numpy

    for backend in _entries_of(point, offers, "backends"):
        yield from exercise_backend(backend)
    for command in _entries_of(point, offers, "commands"):
        yield exercise_command(command)


def _entries_of(point: EntryPoint, offers: PluginOffers, kind: str) -> list[Any]:
    """The entries of a kind that were described."""
    found: list[Any] = []
    if offers.names(kind):
        ask_hook(point, kind, Register(found.append, _find_installed))
    return [each for each in found if getattr(each, "name", None) in offers.names(kind)]


def _find_installed(name: str) -> Any:
    from charplay.plugins.finder import find_plugins  # which itself registers plugins, elsewhere

    return find_plugins().backends.find(name)


def _tell_file(file: str, line: dict[str, Any]) -> None:
    with open(file, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
