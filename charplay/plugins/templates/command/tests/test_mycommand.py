"""What charplay asks of every command, and what this one answers."""

from typing import Any

from charplay_mycommand import COMMAND

from charplay.testing import CommandContract

pytest_plugins = ("charplay.testing.fixtures",)


class TestMyCommand(CommandContract):
    command = COMMAND
    lines = ("mycommand hello",)


def test_it_counts_characters(run: Any) -> None:
    rows = run("mycommand hello --format json").json
    assert rows[0] == {"character": "l", "times": 2}
