"""Finding plugins by entry points, each on its own: what one does wrong is its own fault alone."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import is_dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any

import pluggy

from charplay.models.contract import Backend
from charplay.options import options_of
from charplay.plugins import hookspecs
from charplay.plugins.registry import Catalogue, Fault, Origin, Registry
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe

_log = logging.getLogger(__name__)


def find_plugins(points: Iterable[EntryPoint] | None = None) -> Registry:
    """What the installed plugins offer; a plugin that fails is named in `faults` and left out."""
    registry = Registry()
    found = entry_points(group=hookspecs.GROUP) if points is None else points
    for point in sorted(found, key=_precedence):
        origin = _origin(point)
        try:
            _register(point, origin, registry)
        # A plugin may raise anything at import, SystemExit included; only Ctrl-C is the person's.
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _log.warning("plugin %s of %s", point.name, origin.distribution, exc_info=error)
            registry.faults.append(Fault(origin, _problem(error)))
    return registry


def _precedence(point: EntryPoint) -> tuple[bool, str, str]:
    """What came with charplay goes first, so that nobody takes a name of its."""
    distribution = point.dist.name if point.dist else ""
    return distribution != "charplay", distribution, point.name


def _origin(point: EntryPoint) -> Origin:
    distribution = point.dist
    if distribution is None:
        return Origin(point.name, point.module, "")
    return Origin(point.name, distribution.name, distribution.version)


def _register(point: EntryPoint, origin: Origin, registry: Registry) -> None:
    """Import one plugin in a manager of its own, and take in what it offers.

    Nothing is taken of a plugin that fails; of one that works, all but the names already taken.
    """
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(point.load(), name=point.name)
    manager.check_pending()
    shelves: dict[str, tuple[Catalogue[Any], type]] = {
        "register_backends": (registry.backends, Backend),
        "register_corpora": (registry.corpora, CorpusEntry),
        "register_recipes": (registry.recipes, Recipe),
        "register_commands": (registry.commands, object),
    }
    offered: list[tuple[Catalogue[Any], Any]] = []
    for hook, (shelf, kind) in shelves.items():
        getattr(manager.hook, hook)(register=_collector(offered, shelf, kind))
    for shelf, thing in offered:
        try:
            shelf.add(thing, origin)
        except ValueError as error:
            registry.faults.append(Fault(origin, str(error)))


def _collector(
    offered: list[tuple[Catalogue[Any], Any]], shelf: Catalogue[Any], kind: type
) -> Callable[[Any], None]:
    def collect(thing: Any) -> None:
        if not isinstance(thing, kind) or not isinstance(getattr(thing, "name", None), str):
            raise TypeError(f"{thing!r} is no {kind.__name__} with a name")
        if isinstance(thing, Backend):
            _check_backend(thing)
        offered.append((shelf, thing))

    return collect


def _check_backend(backend: Backend) -> None:
    """TypeError where a backend lacks what every list of backends shows of it."""
    for name in ("summary", "version"):
        if not isinstance(getattr(backend, name, None), str):
            raise TypeError(f"the backend {backend.name} has no {name}")
    if not is_dataclass(getattr(backend, "Config", None)):
        raise TypeError(f"the backend {backend.name} has no Config that is a dataclass")
    options_of(backend.Config)


def _problem(error: BaseException) -> str:
    if isinstance(error, pluggy.PluginValidationError):
        return f"does not fit the hooks: {error}"
    return f"failed: {type(error).__name__}: {error}".rstrip(": ")
