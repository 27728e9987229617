"""The search for plugins: what is installed, what each offers, and all of it by name.

No plugin is imported here. What it offers is known as data, and its code is loaded at first use.
"""

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import charplay
from charplay.environment import Environment
from charplay.errors import PluginError
from charplay.plugins.cache import OfferCache
from charplay.plugins.choice import ONLY, PluginChoice
from charplay.plugins.installed import Installed, find_installed, installed_file
from charplay.plugins.loading import PluginCode, dead_importers
from charplay.plugins.offers import KINDS, PluginOffers
from charplay.plugins.registry import Catalogue, Fault, FoundPlugin, Origin, Registry

# Where nobody keeps a log, Python would write a traceback to standard error.
logging.getLogger("charplay").addHandler(logging.NullHandler())


def find_plugins(environment: Environment | None = None) -> Registry:
    """What the installed plugins offer, without those that fail, which are listed in `faults`.

    Raises PluginError for a fault where the environment asks for strictness.
    """
    environment = environment or Environment.of_process()
    choice = PluginChoice.of(environment)
    registry = Registry()
    found = find_installed() + _installed_files(choice, registry)
    wanted = [each for each in found if _wants_any(choice, each)]
    known = offer_cache(environment).offers(wanted)
    offers = dict(zip((each.place for each in wanted), known, strict=True))
    for each in found:
        _add_distribution(registry, each, offers.get(each.place, ()), choice, environment)
    _tell_dead_importers(registry, environment)
    _tell_unknown(registry, choice)
    if choice.strict and registry.faults:
        fault = registry.faults[0]
        raise PluginError(fault.message, fault.hint)
    return registry


def offer_cache(environment: Environment) -> OfferCache:
    """Where the offers of plugins are kept."""
    return OfferCache(environment.cache / "plugins", charplay.__version__)


def _wants_any(choice: PluginChoice, found: Installed) -> bool:
    return any(choice.wants(found.name, point.name, found.is_ours) for point in found.points)


def _installed_files(choice: PluginChoice, registry: Registry) -> list[Installed]:
    """The plugins that are named by their files."""
    found = []
    for path in choice.files:
        try:
            found.append(installed_file(path))
        except PluginError as error:
            origin = Origin(path.stem, str(path), "")
            registry.faults.append(Fault(origin, f"is left out: {error.message}; {error.hint}"))
    return found


def _add_distribution(
    registry: Registry,
    found: Installed,
    offers: Iterable[PluginOffers],
    choice: PluginChoice,
    environment: Environment,
) -> None:
    by_plugin = {each.plugin: each for each in offers}
    for point in found.points:
        origin = Origin(point.name, found.name, found.version, point.module)
        used = choice.wants(found.name, point.name, found.is_ours)
        offered = by_plugin.get(point.name) if used else None
        offered = offered or PluginOffers(point.name)
        registry.plugins.append(FoundPlugin(origin, found, offered, used))
        registry.faults.extend(Fault(origin, problem) for problem in offered.faults)
        code = PluginCode(origin, point, environment.cache, registry.backends.find)
        _add_entries(registry, offered, code)


def _add_entries(registry: Registry, offered: PluginOffers, code: PluginCode) -> None:
    """Add what a plugin offers; a name that is taken is a fault, the rest is added."""
    catalogues: Mapping[str, Catalogue[Any]] = {kind: getattr(registry, kind) for kind in KINDS}
    for kind, entries in offered.entries.items():
        for data in entries:
            try:
                catalogues[kind].add(
                    data["name"], partial(_make_entry, kind, data, code), code.origin
                )
            except ValueError as error:
                registry.faults.append(Fault(code.origin, str(error)))


def _make_entry(kind: str, data: Mapping[str, Any], code: PluginCode) -> Any:
    """An entry, made of its data when it is asked for; a command is dealt with as data."""
    if kind == "commands":
        return data
    from charplay.plugins.making import MAKE  # no start needs all that entries are made of

    return MAKE[kind](data, code)


def _tell_unknown(registry: Registry, choice: PluginChoice) -> None:
    """Name what was chosen and is not there."""
    known = {name for found in registry.plugins for name in found.names}
    for name in sorted((choice.only or frozenset()) - known):
        registry.faults.append(Fault(Origin(name, ONLY, ""), "is not installed"))


def _tell_dead_importers(registry: Registry, environment: Environment) -> None:
    """Name the plugin that a start ended in while it was imported."""
    culprits = dead_importers(environment.cache)
    for found in registry.plugins:
        if found.used and found.origin.plugin in culprits:
            problem = "was being imported when charplay last ended"
            registry.faults.append(Fault(found.origin, problem))
