"""What a plugin registers, checked, as data: listings, help, dispatch and completion need no more.

Each function gives the data of one entry, or raises an error that says what does not fit.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from typing import Any, get_args

from charplay.errors import CharplayError, PluginError
from charplay.kind import Kind
from charplay.models.contract import LEARNER_OPTIONS, Backend
from charplay.options import build, option_values, options_of
from charplay.plan import Plan, Stage, TextChoice
from charplay.plugins.clashes import OptionClash, find_clashes
from charplay.plugins.hookspecs import DeclaredCommand
from charplay.text.entry import CorpusEntry
from charplay.training.recipe import Recipe, RecipeFile

# A name is typed as one word, and is part of a file's name.
_NAME = re.compile(r"[^\W_][\w.-]{0,59}")
_LONGEST_TEXT = 300
# Methods that are called before training, and cost an import of the plugin where it has its own.
ASKED_EARLY = ("propose", "memory_needed", "upgrade")


def describe_backend(backend: object) -> dict[str, Any]:
    """A backend: its texts, options and requirements, and which early questions it answers."""
    if isinstance(backend, type) and issubclass(backend, Backend):
        raise _misfit_of("a backend", f"the class {backend.__name__}", "register an instance of it")
    if not isinstance(backend, Backend):
        raise _misfit_of("a Backend", repr(backend))
    options = _config_options(backend)
    return {
        "name": _checked_name(backend),
        "summary": _checked_text("summary", getattr(backend, "summary", None)),
        "version": _checked_text("version", getattr(backend, "version", None)),
        "options": [option.to_data() for option in options],
        "requires": _checked_words("requires", backend.requires),
        "install": _checked_text("install", backend.install, empty=True),
        "takes_prior": bool(backend.takes_prior),
        "stores_counts": bool(backend.stores_counts),
        "honours": _honoured_options(backend),
        "answers": [name for name in ASKED_EARLY if _has_own(backend, name)],
    }


def _honoured_options(backend: Backend) -> list[str]:
    """The options of a plan that its learners obey."""
    honours: object = backend.honours
    if not isinstance(honours, frozenset) or not honours <= LEARNER_OPTIONS:
        raise _misfit_of(
            f"honours that is a set of {', '.join(sorted(LEARNER_OPTIONS))}", repr(honours)
        )
    return sorted(honours)


def _config_options(backend: Backend) -> tuple[Any, ...]:
    """The declared options of a configuration that can be made without any value, and read back."""
    config = getattr(backend, "Config", None)
    if not (isinstance(config, type) and is_dataclass(config)):
        raise _misfit_of("Config, a frozen dataclass of options", f"a Config that is {config!r}")
    try:
        values = json.loads(json.dumps(option_values(config())))
        again = option_values(build(config, values))
    except CharplayError as error:
        raise PluginError(f"has a Config whose defaults do not fit it: {error.message}") from error
    except Exception as error:
        raise PluginError(f"has a Config that cannot be made without values: {error}") from error
    if json.loads(json.dumps(again)) != values:
        raise PluginError("has a Config that is another one after it was written and read")
    undeclared = [f for f in config.__dataclass_fields__ if f not in values]
    if undeclared:
        raise PluginError(f"has a Config whose {', '.join(undeclared)} is not made by option(…)")
    clashes = backend_clashes(config)
    if clashes:
        raise PluginError(f"has a Config that clashes: {clashes[0]}", "give it another name")
    return options_of(config)


def backend_clashes(config: Any) -> tuple[OptionClash, ...]:
    """The options of a backend's `Config` whose names `--set` already uses for a training run."""
    owners: dict[str, Any] = {"a training plan": Plan, "a stage": Stage, "a text": TextChoice}
    taken = {owner: options_of(options) for owner, options in owners.items()}
    return find_clashes(options_of(config), taken)


def _has_own(backend: Backend, method: str) -> bool:
    return getattr(type(backend), method) is not getattr(Backend, method)


def describe_corpus(entry: object) -> dict[str, Any]:
    """A corpus: what a listing shows, and where its file is."""
    if not isinstance(entry, CorpusEntry):
        raise _misfit_of("a CorpusEntry", repr(entry))
    _checked_name(entry)
    for field in ("summary", "licence", "source"):
        _checked_text(field, getattr(entry, field), empty=True)
    if entry.kind not in get_args(Kind):
        raise _misfit_of("the kind names or prose", repr(entry.kind))
    for field in ("size", "distinct"):
        number = getattr(entry, field)
        if number is not None and (not isinstance(number, int) or number < 0):
            raise _misfit_of(f"a {field} that is a whole number", repr(number))
    return entry.to_data()


def describe_recipe(recipe: object) -> dict[str, Any]:
    """A recipe, whole; its file is read here."""
    if isinstance(recipe, RecipeFile):
        recipe = recipe.read()
    if not isinstance(recipe, Recipe):
        raise _misfit_of("a Recipe", repr(recipe))
    _checked_name(recipe)
    _checked_text("summary", recipe.summary)
    return _as_json(Recipe.from_data(recipe.to_data()).to_data())


def describe_command(command: object) -> dict[str, Any]:
    """A command, whole; its options are read here."""
    if not isinstance(command, DeclaredCommand):
        raise _misfit_of("a Command", repr(command))
    _checked_name(command)
    command.check()
    return _as_json(command.to_data())


DESCRIBE: Mapping[str, Callable[[object], dict[str, Any]]] = {
    "backends": describe_backend,
    "corpora": describe_corpus,
    "recipes": describe_recipe,
    "commands": describe_command,
}


def _checked_name(entry: object) -> str:
    name = getattr(entry, "name", None)
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise _misfit_of("a name of letters, digits, dots, dashes and underscores", repr(name))
    return name


def _checked_text(field: str, value: object, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise _misfit_of(f"a {field} that is text", repr(value))
    if len(value) > _LONGEST_TEXT or not value.isprintable():
        raise _misfit_of(f"a {field} of one line, without controls", repr(value))
    return value


def _checked_words(field: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise _misfit_of(f"{field} that is a tuple of names, as in ('scipy',)", repr(value))
    return list(value)


def _as_json(data: dict[str, Any]) -> dict[str, Any]:
    """The data as JSON holds it; PluginError where it cannot."""
    try:
        plain: dict[str, Any] = json.loads(json.dumps(data, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise PluginError(f"has a value that no file can hold: {error}") from error
    return plain


def _misfit_of(expected: str, came: str, advice: str = "") -> PluginError:
    shown = came if len(came) <= _LONGEST_TEXT else came[:_LONGEST_TEXT] + "…"
    return PluginError(f"needs {expected}; it has {shown}", advice)
