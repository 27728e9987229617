"""The command `charplay`: its own options, then one command, lines, or the REPL."""

import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TextIO

from charplay import __version__
from charplay.commands.program import CHARPLAY, GlobalOptions
from charplay.commands.reader import read_leading_options
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus, UsageError, show_commands
from charplay.options import build
from charplay.plugins.choice import FILES, ONLY
from charplay.streams import silence_stream
from charplay.terminal.echo import without_echo
from charplay.terminal.garbage import put_off_search
from charplay.terminal.own_streams import replace_streams, take_streams
from charplay.undecoded import escape_undecoded

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def main() -> None:
    """The console script."""
    put_off_search()
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
        if shown:
            _write_line(stderr, shown)


def _write_line(stderr: TextIO, line: str) -> None:
    try:
        stderr.write(f"{line}\n")
        stderr.flush()
    except OSError:  # the reader is gone, or the disk is full
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
        _write_line(environment.stderr, "stopped before anything came of it")
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
    # Rich is not needed for version and help, nor to say that an option is wrong.
    from charplay.terminal.starting import run_shell

    return run_shell(options, interface, rest, environment)


def _with_plugins(environment: Environment, options: GlobalOptions) -> Environment:
    """The environment with the plugins that the options say, for the processes it starts too."""
    variables = dict(environment.variables)
    if options.no_plugins:
        variables[ONLY] = ""
    files = [os.path.abspath(file) for file in options.plugin]
    variables[FILES] = os.pathsep.join(filter(None, (*files, variables.get(FILES, ""))))
    return replace(environment, variables=variables)


def _show_help(environment: Environment) -> ExitStatus:
    """How charplay is called, and its commands; in plain text, which needs no console."""
    from charplay.terminal.overview import command_overview  # the table and plugins

    text, faults = command_overview(environment)
    environment.stdout.write(text)
    for fault in faults:
        _write_told(environment.stderr, "warning", fault.message, fault.hint)
    return ExitStatus.DONE
