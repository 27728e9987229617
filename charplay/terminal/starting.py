"""The shell of a start, and what it does first: a command, lines, or what a person types."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from charplay.commands.configuration import read_configuration
from charplay.commands.plain_words import check_colons
from charplay.commands.program import GlobalOptions
from charplay.environment import Environment
from charplay.errors import ExitStatus, UsageError
from charplay.files import named_file
from charplay.sessions.choice import SessionChoice
from charplay.terminal.garbage import begin_search
from charplay.terminal.render.console import REPL_PREFIX, SHELL_PREFIX
from charplay.terminal.shell import Shell


def run_shell(
    options: GlobalOptions, given: dict[str, Any], rest: list[str], environment: Environment
) -> ExitStatus:
    """Do the command in `rest`, or lines, or the REPL; given: options that every command takes."""
    shell = _start_shell(options, given, environment, bool(rest))
    try:
        return _perform(shell, options, rest)
    finally:
        shell.close()


def _start_shell(
    options: GlobalOptions, given: dict[str, Any], environment: Environment, single: bool
) -> Shell:
    """The shell with the options of the configuration; those of the command line come first."""
    configured = read_configuration(environment.config)
    if options.quiet:
        given = {**given, "quiet": True}
    if options.no_session or options.session or options.new:
        given = {**given, "private": options.no_session}
    interface = replace(configured.interface, **given)
    prefix = SHELL_PREFIX if single else REPL_PREFIX
    shell = Shell(environment, None, options.debug, interface, configured, prefix)
    shell.context.single = single
    return shell


def _perform(shell: Shell, options: GlobalOptions, rest: list[str]) -> ExitStatus:
    """Do the command, the lines, or what a person types at the prompt."""
    commands = shell.context.commands
    choice = SessionChoice(options.session, options.new, shell.context.private)
    check_colons(commands, options.command)
    _check_command((*commands, *shell.context.macros), rest)
    if shell.environment.interactive and not (options.command or rest):
        # The prompt's own packages, and numpy for the session.
        from charplay.terminal.repl import run_repl

        return run_repl(shell, choice, options.model)
    if not rest or options.model or choice != SessionChoice():
        shell.begin_session(choice)
    if options.model:
        shell.context.talk_with(shell.context.model(options.model))
    shell.context.takes_input = bool(options.command or rest)
    begin_search()
    if rest:
        return shell.perform_words(rest)
    return shell.perform_lines(
        options.command or shell.environment.stdin, stop_on_error=options.stop_on_error
    )


def _check_command(commands: Iterable[str], words: Sequence[str]) -> None:
    """UsageError for a file in a command's place, with the commands that take one."""
    file = words[0] if words else ""
    if not named_file(file) or any(name.startswith(file) for name in commands):
        return
    raise UsageError(
        f"{file} is a file, and no command",
        f"`train {file}` trains a model on it, charplay --model {file} talks to a model file, "
        f"charplay < {file} does the lines of a script",
    )
