"""Options whose names charplay uses already: found by a pure function, and none of our own."""

from dataclasses import dataclass

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Command
from charplay.commands.program import command_clashes
from charplay.options import option, options_of
from charplay.plugins.describing import backend_clashes


@dataclass(frozen=True)
class Config:
    units: int = option(1, "units")
    batch_size: int = option(1, "rows")
    learning_rate: float = option(1.0, "rate")
    corpus: str = option("", "text")
    shuffle: bool = option(False, "shuffle")


@dataclass(frozen=True)
class Arguments:
    count: int = option(1, "how many", short="-n")
    format: str = option("", "format", positional=True)
    seconds: int = option(1, "seconds", short="-q")
    help: bool = option(False, "help")
    session: str = option("", "session")
    model: str = option("", "a model", short="-m")
    new: bool = option(False, "new ones")
    save: str = option("", "file")


def test_options_of_a_backend_that_are_a_plans_a_stages_or_a_texts_are_found():
    assert [(clash.name, clash.owner) for clash in backend_clashes(Config)] == [
        ("batch-size", "a training plan"),
        ("learning-rate", "a stage"),
        ("corpus", "a text"),
        ("shuffle", "a training plan"),
    ]


def test_options_of_a_command_and_of_its_actions_that_are_charplays_are_found():
    action = Command("sing", "sing", "m:f", arguments="tests.plugins.test_clashes:Arguments")
    for command in (action, Command("bird", "birds", actions=(action,))):
        assert [(clash.name, clash.taken, clash.owner) for clash in command_clashes(command)] == [
            ("format", "format", "every command"),
            ("seconds", "-q", "charplay itself"),
            ("help", "help", "every command"),
            ("session", "session", "charplay itself"),
            ("save", "save", "every command"),
        ]


def test_a_clash_says_what_has_the_name():
    assert str(backend_clashes(Config)[0]) == (
        "the option batch-size is also one of a training plan"
    )
    flag = command_clashes(Command("sing", "sing", "m:f", options_of(Arguments)))[1]
    assert str(flag) == "the flag -q is also one of charplay itself"


@pytest.mark.parametrize("command", BUILTIN, ids=lambda command: command.name)
def test_no_command_of_our_own_clashes(command):
    assert command_clashes(command) == ()


def test_nothing_that_our_own_plugins_offer_clashes(registry):
    assert all(backend_clashes(backend.Config) == () for backend in registry.backends.values())
    assert all(
        command_clashes(Command.from_data(each)) == () for each in registry.commands.values()
    )
