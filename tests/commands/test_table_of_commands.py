"""The table of commands, and every command that a hint names: each is as it says it is."""

import ast
import inspect
import json
import re
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name

import pytest

import charplay as package
from charplay.commands.builtin import all_commands
from charplay.commands.command import Command
from charplay.commands.reader import read_line
from charplay.commands.settings import Interface
from charplay.options import option, options_of
from charplay.terminal.cli import CHARPLAY
from tests.conftest import installed_plugins

TABLE = all_commands(installed_plugins())
# Every command and action by what is typed for it.
BY_PATH = {(command.name,): command for command in TABLE.values()} | {
    (command.name, action.name): action for command in TABLE.values() for action in command.actions
}
OPTIONS = {
    " ".join((*path, declared.flags[-1])): declared
    for path, command in (*BY_PATH.items(), (("charplay",), CHARPLAY))
    for declared in command.options
} | {f"set {declared.name}": declared for declared in options_of(Interface)}

every_command = pytest.mark.parametrize(
    ("path", "command"), BY_PATH.items(), ids=map(" ".join, BY_PATH)
)


def with_options_read(command):
    """The same command with its options and those of its actions in the place of their class."""
    actions = tuple(map(with_options_read, command.actions))
    return replace(command, arguments=command.options, actions=actions)


@every_command
def test_a_command_is_plain_data_and_the_same_after_a_trip_through_json(path, command):
    again = Command.from_data(json.loads(json.dumps(command.to_data())))
    assert again == with_options_read(command)


def test_a_command_of_a_plugin_has_its_views_and_actions_in_its_data():
    count = Command("count", "count it", "abacus:count", views={"abacus:Count": "abacus:show"})
    command = Command("abacus", "count with it", examples=("abacus",), actions=(count,))
    assert Command.from_data(json.loads(json.dumps(command.to_data()))) == command


@every_command
def test_a_command_has_a_handler_that_takes_a_context_and_a_request_or_else_actions(path, command):
    if command.actions:
        assert not command.handler
        return
    handler = resolve_name(command.handler)
    assert len(inspect.signature(handler).parameters) == 2


@every_command
def test_the_examples_of_a_command_can_be_typed(path, command):
    assert command.examples or not command.options, "what takes arguments shows how"
    for example in command.examples:
        assert read_line(TABLE, example).path[: len(path)] == path, example


def completed_kinds():
    """The kinds of names that `option` says can complete a value."""
    text = " ".join(option.__doc__.split())
    (listed,) = re.findall(r"which names complete a value: (.+?) \(", text)
    return set(listed.split(", "))


@pytest.mark.parametrize("name", OPTIONS)
def test_what_completes_an_argument_is_of_a_kind_that_is_documented(name):
    kinds = OPTIONS[name].completes.split("|")
    assert kinds == [""] or set(kinds) <= completed_kinds()


def test_every_kind_that_is_documented_completes_an_argument():
    kinds = {kind for declared in OPTIONS.values() for kind in declared.completes.split("|")}
    assert completed_kinds() <= kinds


def test_a_summary_or_a_help_is_a_phrase_and_no_sentence():
    for text in (
        *(command.summary for command in BY_PATH.values()),
        *(declared.help for declared in OPTIONS.values()),
    ):
        assert text[0].islower(), text
        assert not text.endswith("."), text


ROOT = Path(package.__file__).parent.parent
FOLDERS = (ROOT / "charplay", ROOT / "plugins", ROOT / "corpora")
MODULES = [
    path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*.py"))
    if path.parent.name != "testing"  # whose reader is an author at pytest's report
]
FILLED_IN = "\0"  # stands for what a text is filled in with


def texts_of(tree):
    """The texts of a module, with their lines, but for its documentation and its patterns."""
    passed = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(ast.Constant() as value) | ast.Call(
                ast.Attribute(attr="compile"), [value]
            ):
                passed.add(value)
            case ast.JoinedStr(parts):
                passed.update(parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            filled = (getattr(part, "value", "") for part in node.values)
            yield node.lineno, "".join(v if isinstance(v, str) else FILLED_IN for v in filled)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in passed:
            yield node.lineno, node.value


def calls_in(tree):
    """The calls in a module, each with the name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id, node


@pytest.fixture(scope="module")
def trees():
    """The syntax trees of all modules."""
    return {path.relative_to(ROOT): ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def commands_named(trees):
    """The commands in backquotes in every text of the project, and those that list names."""
    for path, tree in trees.items():
        for line, text in texts_of(tree):
            for named in re.findall("`([^`]*)`", text.replace("{}", FILLED_IN)):
                yield f"{path}:{line}", named
        for name, call in calls_in(tree):
            if name == "unknown" and len(call.args) > 3 and isinstance(call.args[3], ast.Constant):
                listing = call.args[3].value
                yield f"{path}:{call.lineno}", listing


def test_every_command_that_a_hint_names_can_be_typed(trees):
    named = list(commands_named(trees))
    assert len(named) > 40
    for place, words in named:
        if not words.startswith(FILLED_IN):  # with a command of the table
            check_typed(place, words)


def check_typed(place, words):
    """A command can be typed, by its whole name and that of its action."""
    # 7 will do for any word: a number, a name, a file.
    typed = re.sub(rf"\b[A-Z]+\b|{FILLED_IN}", "7", words)
    request = read_line(TABLE, typed)
    name, *rest = typed.split()
    assert name == request.path[0], place
    actions = [action.name for action in TABLE[name].actions]
    assert not actions or not rest or rest[0].startswith("-") or rest[0] in actions, place


def test_no_message_has_a_command_in_backquotes_for_only_hints_are_shown_as_they_are_typed(
    trees,
):
    for path, tree in trees.items():
        for name, call in calls_in(tree):
            if name.endswith("Error") and call.args:
                assert "`" not in ast.unparse(call.args[0]), f"{path}:{call.lineno}"
