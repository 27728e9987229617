"""The search for plugins by entry points; each is loaded alone, so that none can break another."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, is_dataclass
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
# Where nobody keeps a log, Python would write a traceback to standard error.
logging.getLogger("charplay").addHandler(logging.NullHandler())


ALL_HOOKS = ("register_backends", "register_corpora", "register_recipes", "register_commands")


def find_plugins(
    points: Iterable[EntryPoint] | None = None, hooks: Collection[str] = ALL_HOOKS
) -> Registry:
    """What the installed plugins offer, without those that fail, which are listed in `faults`.

    Only `hooks` are asked: reading every recipe takes time that help has no use for.
    """
    registry = Registry()
    installed = entry_points(group=hookspecs.GROUP) if points is None else points
    origins = [(_find_origin(point), point) for point in installed]
    for origin, point in sorted(origins, key=_load_order):
        try:
            _load_plugin(point, origin, registry, hooks)
        # An import may raise anything, SystemExit too; but Ctrl-C comes from the person.
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            _log.warning("plugin %s of %s", point.name, origin.distribution, exc_info=error)
            registry.faults.append(Fault(origin, _describe_problem(error)))
    return registry


def _load_order(found: tuple[Origin, EntryPoint]) -> tuple[bool, str, str]:
    """A sort key: charplay's own plugins come first, so that no other can take their names."""
    origin, point = found
    return origin.distribution != "charplay", origin.distribution, point.name


def _find_origin(point: EntryPoint) -> Origin:
    distribution = point.dist
    if distribution is None:
        return Origin(point.name, point.module, "")
    metadata = distribution.metadata  # read anew by each property of the distribution
    return Origin(point.name, metadata["Name"], metadata["Version"])


def _load_plugin(
    point: EntryPoint, origin: Origin, registry: Registry, hooks: Collection[str]
) -> None:
    """Import one plugin in a manager of its own, and register what it offers.

    A plugin that fails registers nothing. A name that is taken is a fault; the rest is registered.
    """
    manager = pluggy.PluginManager(hookspecs.GROUP)
    manager.add_hookspecs(hookspecs)
    manager.register(point.load(), name=point.name)
    manager.check_pending()
    catalogues: dict[str, tuple[Catalogue[Any], type]] = {
        "register_backends": (registry.backends, Backend),
        "register_corpora": (registry.corpora, CorpusEntry),
        "register_recipes": (registry.recipes, Recipe),
        "register_commands": (registry.commands, object),
    }
    offered: list[tuple[Catalogue[Any], Any]] = []
    for hook in hooks:
        catalogue, kind = catalogues[hook]
        getattr(manager.hook, hook)(register=_Register(offered, catalogue, kind))
    for catalogue, entry in offered:
        try:
            catalogue.add(entry, origin)
        except ValueError as error:
            registry.faults.append(Fault(origin, str(error)))


@dataclass(frozen=True)
class _Register:
    """What a hook is given: it checks an entry and adds it to `offered`; it finds any other."""

    offered: list[tuple[Catalogue[Any], Any]]
    catalogue: Catalogue[Any]
    kind: type

    def __call__(self, entry: Any) -> None:
        if not isinstance(entry, self.kind) or not isinstance(getattr(entry, "name", None), str):
            raise TypeError(f"{entry!r} is not a {self.kind.__name__} with a name")
        if isinstance(entry, Backend):
            _check_backend(entry)
        self.offered.append((self.catalogue, entry))

    def find(self, name: str) -> Any:
        """The entry of a name, once all plugins are registered."""
        return self.catalogue.find(name)


def _check_backend(backend: Backend) -> None:
    """TypeError where a backend lacks something that the list of backends shows."""
    for name in ("summary", "version"):
        if not isinstance(getattr(backend, name, None), str):
            raise TypeError(f"the backend {backend.name} has no {name}")
    if not is_dataclass(getattr(backend, "Config", None)):
        raise TypeError(f"the Config of backend {backend.name} is not a dataclass")
    options_of(backend.Config)


def _describe_problem(error: BaseException) -> str:
    if isinstance(error, pluggy.PluginValidationError):
        return f"does not fit the hooks: {error}"
    return f"failed: {type(error).__name__}: {error}".rstrip(": ")
