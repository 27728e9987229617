"""What a person can name here: models, texts, sessions, runs and files, for completion.

Everything comes from names of files and from the store: no model is read, no plugin imported.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from charplay.commands.completion.suggesting import Candidate, World
from charplay.commands.configuration import known_settings, setting_name
from charplay.commands.context import Context
from charplay.commands.setting import DEFAULT, RESET
from charplay.errors import CharplayError, UsageError
from charplay.jobs.board import RunSeen
from charplay.jobs.job import all_jobs
from charplay.options import Option, options_of
from charplay.plan import Plan, Stage, TextChoice
from charplay.undecoded import escape_path

# Entries of a folder that are looked at: a key must not wait for a folder without end.
_MOST_FILES = 5000


def world_of(context: Context) -> World:
    """The names that there are now, each kind looked up when it is first asked for."""
    found: dict[str, list[Candidate]] = {}

    def names(kind: str, given: Mapping[str, str]) -> Iterable[Candidate]:
        if kind in _DEPENDENT:
            return _DEPENDENT[kind](context, given)
        if kind not in found:
            found[kind] = _look_up(kind, context)
        return found[kind]

    return World(context.commands, names, find_files)


def _look_up(kind: str, context: Context) -> list[Candidate]:
    """The names of a kind; none of those that cannot be read now."""
    try:
        return list(_KINDS[kind](context))
    except (CharplayError, OSError, KeyError):
        return []


def _models(context: Context) -> Iterator[Candidate]:
    own = context.library.own_names()
    for name in context.library.names():
        yield Candidate(name, "a model of yours" if name in own else "comes with charplay")
    for seen in context.board.under_way():
        if seen.name not in own:
            yield Candidate(seen.name, "is in training")


def _corpora(context: Context) -> Iterator[Candidate]:
    for name, entry in context.corpora.items():
        yield Candidate(name, entry.summary)


def _recipes(context: Context) -> Iterator[Candidate]:
    for recipe in context.registry.recipes.values():
        yield Candidate(recipe.name, recipe.summary)


def _backends(context: Context) -> Iterator[Candidate]:
    for data in _offered_backends(context):
        yield Candidate(data["name"], data["summary"])


def _offered_backends(context: Context) -> Iterator[Mapping[str, Any]]:
    """What plugins say of their backends: made of it, one would import the types of its options."""
    backends = context.registry.backends
    for found in context.registry.plugins:
        for data in found.offers.entries.get("backends", ()) if found.used else ():
            if data["name"] in backends and backends.origin(data["name"]) == found.origin:
                yield data


def _plugins(context: Context) -> Iterator[Candidate]:
    for found in context.registry.plugins:
        yield Candidate(found.origin.plugin, f"of {found.origin.installed}")


def _sessions(context: Context) -> Iterator[Candidate]:
    for record in context.store.sessions.matching():
        yield Candidate(record.name, f"talks to {record.model}")


def _turns(context: Context) -> Iterator[Candidate]:
    session = context.session
    if session is None or not session.begun:
        return
    key = session.record.key
    for branch in session.store.turns.branches(key):
        yield Candidate(branch, "the last turn of this branch")
    for number, text in session.store.turns.beginnings(key):
        yield Candidate(str(number), " ".join(text.split()))


def _turn_numbers(context: Context) -> Iterator[Candidate]:
    return (candidate for candidate in _turns(context) if candidate.text.isdecimal())


def _runs(context: Context) -> Iterator[Candidate]:
    for job in all_jobs(context.environment.home):
        seen = RunSeen.of_job(job)
        yield Candidate(str(job.number), f"{seen.name}, {seen.state}")


def _commands(context: Context) -> Iterator[Candidate]:
    for command in context.commands.values():
        yield Candidate(command.name, command.summary)
    yield Candidate("tour", "five minutes with a model")
    yield Candidate("keys", "the keys of the prompt")


def _settings(context: Context) -> Iterator[Candidate]:
    for _, option in known_settings().values():
        yield Candidate(option.typed_name, option.help)
    yield Candidate(RESET, "every option as it was before it was set")


def _macros(context: Context) -> Iterator[Candidate]:
    for name, line in context.macros.items():
        yield Candidate(name, line)


_KINDS: dict[str, Callable[[Context], Iterator[Candidate]]] = {
    "model": _models,
    "corpus": _corpora,
    "recipe": _recipes,
    "backend": _backends,
    "plugin": _plugins,
    "session": _sessions,
    "turn": _turns,
    "turn-number": _turn_numbers,
    "run": _runs,
    "command": _commands,
    "setting": _settings,
    "macro": _macros,
}


def _setting_values(context: Context, given: Mapping[str, str]) -> Iterator[Candidate]:
    """The values of the option that is set."""
    _, option = known_settings().get(setting_name(given.get("name", "")), ("", None))
    if option:
        yield from map(Candidate, option.choices)
        yield from map(Candidate, ("on", "off") if option.is_switch else ())
        yield Candidate(DEFAULT, "as it was before it was set")


def _actions(context: Context, given: Mapping[str, str]) -> Iterator[Candidate]:
    """The actions of the command that help is asked for."""
    try:
        command = context.commands.find(given.get("command", ""))
    except UsageError:
        return
    for action in command.actions:
        yield Candidate(action.name, action.summary)


def _training_options(context: Context, given: Mapping[str, str]) -> Iterator[Candidate]:
    """The options of the network that is trained, of its plan and of its text, as `key=`."""
    chosen = given.get("backend")
    backends = [each for each in _offered_backends(context) if chosen in (None, each["name"])]
    options = [Option.from_data(data) for backend in backends for data in backend["options"]]
    options += [option for cls in (Stage, Plan, TextChoice) for option in options_of(cls)]
    for option in dict.fromkeys(options):
        yield Candidate(f"{option.typed_name}=", option.help, is_open=True)


_DEPENDENT: dict[str, Callable[[Context, Mapping[str, str]], Iterator[Candidate]]] = {
    "setting-value": _setting_values,
    "action": _actions,
    "training-option": _training_options,
}
# Every kind of name that an option can be completed with, beside files.
KINDS = (*_KINDS, *_DEPENDENT)


def find_files(typed: str) -> Iterator[Candidate]:
    """The files and folders that a typed path begins; hidden ones only where a dot is typed."""
    folder, begun = os.path.split(typed)
    shown = typed.removesuffix(begun) if begun else typed
    try:
        with os.scandir(Path(folder or ".").expanduser()) as entries:
            fitting = (entry for entry in entries if _begins(entry.name, begun))
            found = sorted(islice(fitting, _MOST_FILES), key=lambda entry: entry.name)
    except (OSError, RuntimeError, ValueError):
        return
    for entry in found:
        is_folder = _is_folder(entry)
        name = escape_path(entry.name)
        yield Candidate(f"{shown}{name}{'/' if is_folder else ''}", "", is_open=is_folder)


def _begins(name: str, begun: str) -> bool:
    """Whether a name goes on from what is typed, in any case; a hidden one only from its dot."""
    is_meant = begun.startswith(".") or not name.startswith(".")
    return is_meant and escape_path(name).casefold().startswith(begun.casefold())


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False
