"""What every command is held to: subclass `CommandContract`, and pytest does the rest."""

import inspect
import json
import shlex
from pathlib import Path
from pkgutil import resolve_name
from typing import ClassVar

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Command, Commands
from charplay.commands.program import command_clashes
from charplay.commands.reader import read_line, read_words
from charplay.commands.words import Word
from charplay.testing.explaining import asking, check
from charplay.testing.world import run_shell

_FORMATS = ("text", "json", "csv", "lines")


class CommandContract:
    """All that a command is held to, as tests; two lines make them those of yours:

    class TestMine(CommandContract):
        command = COMMAND

    lines: what to run, in every format, each in a data home of its own; the command's distribution
    must be installed for that. None is run unless given: an example may take long.
    """

    command: Command
    lines: ClassVar[tuple[str, ...]] = ()

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        """Run a check for every line."""
        if "line" in metafunc.fixturenames:
            metafunc.parametrize("line", self.lines)

    @property
    def _runnable(self) -> tuple[Command, ...]:
        """The command, or its actions where it has some."""
        return self.command.actions or (self.command,)

    def test_it_says_what_it_is(self) -> None:
        for each in (self.command, *self.command.actions):
            asks = "a command has a name of one word and a summary of one line"
            one_word = each.name and shlex.quote(each.name) == each.name and each.name[0] != "-"
            check(one_word, asks, name=each.name)
            check(each.summary and "\n" not in each.summary, asks, summary=each.summary)
            told = [option.help for option in each.options]
            check(all(told), "every argument has a help", arguments=each.options)

    def test_its_declaration_is_plain_data(self) -> None:
        asks = "a declaration survives JSON, from which help and completion read it"
        with asking(asks):
            data = json.loads(json.dumps(self.command.to_data()))
            again = Command.from_data(data)
        check(again.to_data() == self.command.to_data(), asks, came=again)

    def test_its_names_are_its_own(self) -> None:
        taken = [each.name for each in BUILTIN]
        check(self.command.name not in taken, "no command of charplay has its name",
              name=self.command.name)  # fmt: skip
        clashes = command_clashes(self.command)
        check(not clashes, "no option has a name or a flag that is charplay's own",
              came=list(map(str, clashes)))  # fmt: skip

    def test_its_handlers_take_a_context_and_a_request(self) -> None:
        for each in self._runnable:
            asks = 'a handler, "module:function", is called with a Context and a Request'
            with asking(asks, handler=each.handler):
                inspect.signature(resolve_name(each.handler)).bind(None, None)

    def test_its_views_are_there(self) -> None:
        for kind, view in self.command.views.items():
            asks = 'a view is "module:function", called with a value and a console'
            with asking(asks, type=kind, view=view):
                resolve_name(kind)
                inspect.signature(resolve_name(view)).bind(None, None)

    def test_its_examples_can_be_typed(self) -> None:
        asks = "an example is a line as it is typed, without a colon, that calls the command"
        commands = Commands([self.command])
        examples = [
            line for each in (self.command, *self.command.actions) for line in each.examples
        ]
        for line in examples:
            with asking(asks, example=line):
                read_line(commands, line)
                read_words(commands, list(map(Word, shlex.split(line))))

    @pytest.mark.parametrize("format", _FORMATS)
    def test_what_it_returns_can_be_shown(self, line: str, format: str, tmp_path: Path) -> None:
        said = run_shell(tmp_path / "home", [*shlex.split(line), "--format", format])
        no_table = format in ("csv", "lines") and "this is not a table" in said.err
        asks = "a command returns what can be shown, and ends well"
        check(said.status == 0 or no_table, asks, line=line, format=format, errors=said.err)
        if format == "json":
            asks = "in JSON every line of the output is a document"
            for document in said.lines:
                with asking(asks, line=line, output=document):
                    json.loads(document)
