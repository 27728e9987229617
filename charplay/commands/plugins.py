"""`plugins`: what is installed, what each adds, and whether it is sound and used."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.commands.results import Column, Table
from charplay.errors import PluginError, UsageError, unknown
from charplay.files import path_text
from charplay.options import build, option
from charplay.plugins.asking import ask_process
from charplay.plugins.choice import SECTION, PluginChoice
from charplay.plugins.finder import offer_cache
from charplay.plugins.installed import OURS
from charplay.plugins.offers import KINDS, NOT_TRIED, PluginOffers
from charplay.plugins.registry import Catalogue, FoundPlugin

_ONE = {"backends": "backend", "corpora": "corpus", "recipes": "recipe", "commands": "command"}
_FITS = "fits"
_USED, _FAULTY, _DISABLED, _LEFT_OUT = "used", "faulty", "disabled", "left out"
PLUGIN_COLUMNS = (
    Column("plugin"),
    Column("distribution"),
    Column("version"),
    Column("adds", shrink="fold", least=12),
    Column("status", shrink="fold"),
    Column("milliseconds", "to import", ",.0f", shrink="drop"),
)
_CHECK_COLUMNS = (Column("checked", shrink="fold", least=20), Column("result", shrink="fold"))
_TRACE_COLUMNS = (Column("module", shrink="fold"), Column("milliseconds", "", ",.1f"))
# To import and to train a little, of every backend of a plugin.
_CHECK_SECONDS = 120.0
_MOST_MODULES = 20


@dataclass(frozen=True)
class PluginArguments:
    """What names a plugin."""

    name: str = option(
        "",
        "a plugin, or its distribution",
        metavar="PLUGIN",
        positional=True,
        required=True,
        completes="plugin",
    )


@dataclass(frozen=True)
class PluginRow:
    """A plugin: where it comes from, what it adds, whether it is used, and how long it imports."""

    plugin: str
    distribution: str
    version: str
    adds: str
    status: str
    milliseconds: float | None
    problems: tuple[str, ...]


@dataclass(frozen=True)
class PluginPage:
    """All that is known of a plugin; the names of what it adds, and what is wrong with it."""

    plugin: str
    distribution: str
    version: str
    status: str
    module: str
    place: str
    interface: str
    milliseconds: float | None
    backends: tuple[str, ...]
    corpora: tuple[str, ...]
    recipes: tuple[str, ...]
    commands: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class CheckRow:
    """Something of a plugin that was checked, and what came of it."""

    checked: str
    result: str


@dataclass(frozen=True)
class ModuleRow:
    """A module that was imported with a plugin, and the time that it took itself."""

    module: str
    milliseconds: float


def list_plugins(context: Context, request: Request) -> Table:
    """Every plugin that is installed, used or not."""
    rows = tuple(_plugin_row(context, found) for found in context.registry.plugins)
    faulty = [row.plugin for row in rows if row.problems]
    note = f"`plugins show {faulty[0]}` shows what is wrong" if faulty else ""
    return Table(rows, PLUGIN_COLUMNS, "there are no plugins", note, ("problems",))


def _plugin_row(context: Context, found: FoundPlugin) -> PluginRow:
    return PluginRow(
        found.origin.plugin,
        found.origin.distribution,
        found.origin.version,
        _added(found),
        _status_of(context, found),
        found.offers.milliseconds if found.used else None,
        _problems_of(context, found),
    )


def _added(found: FoundPlugin) -> str:
    counts = ((len(found.offers.names(kind)), kind) for kind in KINDS)
    return ", ".join(f"{n} {_ONE[kind] if n == 1 else kind}" for n, kind in counts if n)


def _status_of(context: Context, found: FoundPlugin) -> str:
    if found.used:
        return _FAULTY if _problems_of(context, found) else _USED
    disabled = PluginChoice.of(context.environment).disabled
    return _LEFT_OUT if disabled.isdisjoint(found.names) else _DISABLED


def _problems_of(context: Context, found: FoundPlugin) -> tuple[str, ...]:
    return tuple(fault.problem for fault in context.registry.faults if fault.origin == found.origin)


def show_plugin(context: Context, request: Request) -> PluginPage:
    """All that is known of one plugin."""
    found = _find_plugin(context, request)
    offers = found.offers
    return PluginPage(
        found.origin.plugin,
        found.origin.distribution,
        found.origin.version,
        _status_of(context, found),
        found.origin.module,
        found.installed.place,
        offers.api,
        offers.milliseconds if found.used else None,
        **{kind: tuple(offers.names(kind)) for kind in KINDS},
        problems=_problems_of(context, found),
    )


def _find_plugin(context: Context, request: Request) -> FoundPlugin:
    """The plugin of a name, or the first of a distribution; UsageError where there is none."""
    name = request.fill(PluginArguments).name
    plugins = context.registry.plugins
    by_name = [found for found in plugins if found.origin.plugin == name]
    by_distribution = [found for found in plugins if found.origin.distribution == name]
    if not by_name and not by_distribution:
        raise unknown("plugin", name, (n for found in plugins for n in found.names), "plugins")
    return (by_name or by_distribution)[0]


def check_plugin(context: Context, request: Request) -> Table:
    """Register a plugin again and try what it adds; PluginError where anything does not fit."""
    found = _find_plugin(context, request)
    point = next(p for p in found.installed.points if p.name == found.origin.plugin)
    offers = ask_process([point], thoroughly=True, seconds=_CHECK_SECONDS).offers[0]
    offer_cache(context.environment).forget(found.installed)
    imported = f"fit, in {offers.milliseconds:,.0f} ms"
    rows = (
        CheckRow("import and hooks", "; ".join(offers.faults) or imported),
        *_named_rows(context, found, offers),
        *(CheckRow(tried, problem or _FITS) for tried, problem in offers.tried),
    )
    tried = [row.result for row in rows[1:] if row.result not in (_FITS, "")]
    problems = [*offers.faults, *(each for each in tried if not each.startswith(NOT_TRIED))]
    if problems:
        for row in rows:
            context.add_note(f"{row.checked}: {row.result}")
        told = f"the plugin {point.name} of {found.origin.installed} does not fit: {problems[0]}"
        raise PluginError(told, f"mend it, or `plugins disable {point.name}`")
    return Table(rows, _CHECK_COLUMNS)


def _named_rows(context: Context, found: FoundPlugin, offers: PluginOffers) -> Iterator[CheckRow]:
    """Whether each entry has a name of its own, and each recipe its backend."""
    for kind in KINDS:
        for name in offers.names(kind):
            problem = _taken_by(context, found, kind, name)
            if kind == "recipes" and not problem:
                problem = _recipe_problem(context, name)
            yield CheckRow(f"{_ONE[kind]} {name}", problem or _FITS)


def _recipe_problem(context: Context, name: str) -> str:
    """Why a recipe's network cannot be made here; empty where it can."""
    recipe = context.registry.recipes.get(name)
    if recipe is None or recipe.backend is None:
        return ""
    try:
        build(context.registry.backends.find(recipe.backend).Config, recipe.config)
    except UsageError as error:
        return f"{error.message}; {error.hint}"
    return ""


def _taken_by(context: Context, found: FoundPlugin, kind: str, name: str) -> str:
    """Who else has a name; empty where it is this plugin's."""
    catalogue: Catalogue[object] = getattr(context.registry, kind)
    if name not in catalogue or catalogue.origin(name) == found.origin:
        return ""
    return f"the name is taken by {catalogue.origin(name).installed}"


def disable_plugin(context: Context, request: Request) -> str:
    """Leave a plugin out from the next start on; its code is not touched for it."""
    name = request.fill(PluginArguments).name
    _find_plugin(context, request)
    if name == OURS:
        raise UsageError(
            "without all that is charplay's nothing is left", "name one of its plugins"
        )
    disabled = PluginChoice.of(context.environment).disabled
    _keep_disabled(context, disabled | {name})
    return f"{name} is left out from the next start on; `plugins enable {name}` takes it back"


def enable_plugin(context: Context, request: Request) -> str:
    """Use a plugin again, from the next start on."""
    name = request.fill(PluginArguments).name
    disabled = PluginChoice.of(context.environment).disabled
    known = {n for found in context.registry.plugins for n in found.names}
    if name not in disabled:
        if name not in known:
            raise unknown("plugin", name, known, "plugins")
        raise UsageError(f"{name} is not disabled", "`plugins` shows which are")
    _keep_disabled(context, disabled - {name})
    return f"{name} is used again from the next start on"


def _keep_disabled(context: Context, names: Iterable[str]) -> None:
    from charplay.commands.config_file import change_configuration  # tomlkit is slow to load

    kept = sorted(names)
    file = context.environment.config
    change_configuration(file, {(SECTION, "disabled"): kept or None})
    context.add_note(f"it stays, in {path_text(file)}")


def trace_plugin(context: Context, request: Request) -> Table:
    """What a plugin's import does: its modules, the slowest others, what it prints, its faults."""
    found = _find_plugin(context, request)
    point = next(p for p in found.installed.points if p.name == found.origin.plugin)
    asked = ask_process([point], flags=("-X", "importtime"))
    imported, printed = _split_trace(asked.printed, found.origin.module)
    offers = asked.offers[0]
    for line in (*printed, *offers.faults):
        context.add_note(line)
    top = found.origin.module.partition(".")[0]
    own = [row for row in imported if row.module.partition(".")[0] == top]
    others = sorted((row for row in imported if row not in own), key=lambda row: -row.milliseconds)
    rows = [*own, *others[:_MOST_MODULES]]
    note = f"{len(imported):,} modules; import and hooks took {offers.milliseconds:,.0f} ms"
    return Table(tuple(rows), _TRACE_COLUMNS, "it imported nothing more than charplay does", note)


_TIMED = re.compile(r"import time: +(\d+) \| +\d+ \| ( *)(\S+)$")


def _split_trace(text: str, module: str) -> tuple[list[ModuleRow], list[str]]:
    """The modules that were imported for a plugin, and the other lines that were printed.

    A module stands below those that it imported, which are further to the right.
    """
    top = module.partition(".")[0]
    rows: list[ModuleRow] = []
    lines: list[str] = []
    waiting: list[tuple[int, list[ModuleRow]]] = []
    for line in text.splitlines():
        match = _TIMED.match(line)
        if match is None:
            lines += [] if line.startswith("import time:") else [line]
            continue
        depth, name = len(match[2]), match[3]
        imported: list[ModuleRow] = []
        while waiting and waiting[-1][0] > depth:
            imported = waiting.pop()[1] + imported
        imported.append(ModuleRow(name, int(match[1]) / 1000))
        if name.partition(".")[0] == top:
            rows += imported
        else:
            waiting.append((depth, imported))
    return rows, lines
