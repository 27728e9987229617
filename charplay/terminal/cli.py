"""The command `charplay`: its own options, then one command, lines, or the REPL."""

import gc
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TextIO

from charplay import __version__
from charplay.commands.command import flag_and_value
from charplay.commands.plain_words import check_colons
from charplay.commands.program import CHARPLAY, GlobalOptions
from charplay.commands.reader import read_leading_options
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus, UsageError, show_commands
from charplay.files import named_file
from charplay.options import build
from charplay.plugins.choice import FILES, ONLY
from charplay.sessions.choice import SessionChoice
from charplay.streams import silence_stream
from charplay.terminal.echo import without_echo
from charplay.terminal.own_streams import replace_streams, take_streams
from charplay.undecoded import escape_undecoded

if TYPE_CHECKING:
    from charplay.terminal.shell import Shell

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """The console script."""
    gc.disable()  # until all is loaded: nothing of it is garbage
    take_streams()
    try:
        environment = without_echo(Environment.of_process())
    except CharplayError as error:
        sys.exit(_refuse(error, sys.stderr))
    replace_streams()
    sys.exit(run(sys.argv[1:], environment))


def _refuse(error: CharplayError, stderr: TextIO) -> ExitStatus:
    """Tell an error that came before there was a console."""
    _write_told(stderr, "error", error.message, error.hint)
    return error.status


def _write_told(stderr: TextIO, what: str, message: str, hint: str) -> None:
    for line in (f"{what}: {message}", f"  → {show_commands(hint, 'charplay ')}" if hint else ""):
        # A plugin's words must not act on the terminal.
        shown = "".join(c if c.isprintable() else "\ufffd" for c in line.replace("\n", "⏎"))
        try:
            stderr.write(f"{shown}\n" if shown else "")
        except BrokenPipeError:
            silence_stream(stderr)


def run(words: Sequence[str], environment: Environment) -> ExitStatus:
    """Do what the words of a shell say, in an environment."""
    environment.accept_any_text()
    status = ExitStatus.DONE
    try:
        status = _run_words(list(map(escape_undecoded, words)), environment)
        environment.stdout.flush()
    except BrokenPipeError:
        # The reader of our output has gone; nothing more can be told, at exit either.
        silence_stream(environment.stdout)
    except OSError as error:
        silence_stream(environment.stdout)
        if status is ExitStatus.DONE:
            reason = error.strerror or type(error).__name__
            problem = f"the output cannot be written: {reason}"
            _write_told(environment.stderr, "error", problem, "write it to another place")
        return status or ExitStatus.FAILED
    return status


def _run_words(words: list[str], environment: Environment) -> ExitStatus:
    try:
        values, rest = read_leading_options(CHARPLAY, words)
        return _run_with(values, rest, environment)
    except CharplayError as error:
        return _refuse(error, environment.stderr)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED


def _run_with(values: dict[str, Any], rest: list[str], environment: Environment) -> ExitStatus:
    interface = {"format": values.pop("format")} if "format" in values else {}
    wants_help = values.pop("help", False)
    options = build(GlobalOptions, values)
    if options.version:
        environment.stdout.write(f"charplay {__version__}\n")
        return ExitStatus.DONE
    if options.command and rest:
        raise UsageError(f"{rest[0]!r} is unexpected after -c", "give it a -c of its own")
    if options.threads:
        # Read by the arithmetic libraries when they are first loaded, here and in the worker.
        os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(options.threads)))
    if options.plugin or options.no_plugins:
        environment = _with_plugins(environment, options)
    if wants_help:
        return _show_help(environment)
    shell = _start_shell(options, interface, environment, bool(rest))
    try:
        return _perform(shell, options, rest)
    finally:
        shell.close()


def _with_plugins(environment: Environment, options: GlobalOptions) -> Environment:
    """The environment with the plugins that the options say, for the processes it starts too."""
    variables = dict(environment.variables)
    if options.no_plugins:
        variables[ONLY] = ""
    files = [os.path.abspath(file) for file in options.plugin]
    variables[FILES] = os.pathsep.join(filter(None, (*files, variables.get(FILES, ""))))
    return replace(environment, variables=variables)


def _start_shell(
    options: GlobalOptions, given: dict[str, Any], environment: Environment, single: bool
) -> "Shell":
    """The shell with the options of the configuration; those of the command line come first."""
    # Rich is not needed for version and help, nor to say that an option is wrong.
    from charplay.commands.configuration import read_configuration
    from charplay.terminal.render.console import REPL_PREFIX, SHELL_PREFIX
    from charplay.terminal.shell import Shell

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


def _perform(shell: "Shell", options: GlobalOptions, rest: list[str]) -> ExitStatus:
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
    gc.enable()
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


def _show_help(environment: Environment) -> ExitStatus:
    """How charplay is called, and its commands; in plain text, which needs no console."""
    # The table and plugins are not needed for the version.
    from charplay.commands.builtin import all_commands
    from charplay.plugins.finder import find_plugins
    from charplay.plugins.registry import one_each

    registry = find_plugins(environment)
    commands = all_commands(registry)
    options = [(flag_and_value(option), option.help) for option in CHARPLAY.options]
    lines = [
        "charplay [OPTIONS] [COMMAND …]",
        f"  {CHARPLAY.summary}",
        "  Without a command it starts the REPL, or runs the lines of standard input.",
        "",
        *_two_columns(options),
        "",
        *_two_columns([(command.name, command.summary) for command in commands.values()]),
        "",
        "charplay help COMMAND explains a command. Every command takes --save FILE, too.",
        "In the REPL, type a colon before a command: :names",
    ]
    environment.stdout.write("\n".join(lines) + "\n")
    for fault in one_each(registry.faults):
        _write_told(environment.stderr, "warning", fault.message, fault.hint)
    return ExitStatus.DONE


def _two_columns(rows: Sequence[tuple[str, str]]) -> list[str]:
    widest = max(len(name) for name, _ in rows)
    return [f"  {name:{widest}}  {text}" for name, text in rows]
