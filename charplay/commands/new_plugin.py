"""`plugins new`: a plugin to begin with."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.errors import UsageError
from charplay.files import path_text
from charplay.options import option
from charplay.plugins.starting import KINDS, PluginNames, new_distribution, typed_command


@dataclass(frozen=True)
class NewPluginArguments:
    """What `plugins new` takes."""

    name: str = option(
        "", "a name for the plugin and what it offers", positional=True, required=True
    )
    kind: str = option("backend", "what the plugin offers", choices=KINDS)


@dataclass(frozen=True)
class NewPlugin:
    """A plugin that was made; files: their paths in its folder; next: what to type in a shell."""

    plugin: str
    kind: str
    folder: str
    files: tuple[str, ...]
    next: tuple[str, ...]


def new_plugin(context: Context, request: Request) -> NewPlugin:
    """Make a distribution in the current folder, whose tests pass as it stands."""
    asked = request.fill(NewPluginArguments)
    names = PluginNames.of(asked.name, asked.kind)
    _check_not_taken(context, names, asked.kind)
    made = new_distribution(Path.cwd(), names.name, asked.kind)
    folder = Path.cwd() / names.distribution
    return NewPlugin(
        plugin=names.name,
        kind=asked.kind,
        folder=path_text(folder),
        files=tuple(path.relative_to(folder).as_posix() for path in made),
        next=(f"cd {names.distribution}", "pip install -e '.[test]'", "pytest", "mypy"),
    )


def _check_not_taken(context: Context, names: PluginNames, kind: str) -> None:
    """UsageError where something of the kind, or an installed package, has such a name."""
    offered: dict[str, Collection[str]] = {
        "backend": context.registry.backends,
        "corpus": context.corpora,
        "recipe": context.registry.recipes,
        "command": context.commands,
    }
    hint = f"choose another name: `{typed_command(f'my-{names.name}', kind)}`"
    if names.name in offered[kind]:
        raise UsageError(f"there is a {kind} {names.name!r} already", hint)
    if find_spec(names.package):
        raise UsageError(f"a package {names.package} is installed already", hint)
