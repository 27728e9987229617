"""The command `charplay`: global options, then one command, lines, or the REPL."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TextIO

from charplay import __version__
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus, UsageError, unknown
from charplay.options import build, option, options_of
from charplay.terminal.echo import without_echo

if TYPE_CHECKING:
    from charplay.terminal.shell import Shell

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True)
class GlobalOptions:
    """What stands before the command."""

    command: tuple[str, ...] = option(
        (), "do a line as the REPL would; may be repeated", short="-c", metavar="LINE"
    )
    format: str = option("text", "how results are written", choices=("text", "json", "csv"))
    threads: int | None = option(None, "processor threads for arithmetic", minimum=1, maximum=1024)
    session: str | None = option(None, "keep what is said, in this session", metavar="NAME")
    new: bool = option(False, "keep what is said in a new session")
    no_session: bool = option(False, "keep nothing of what is said")
    debug: bool = option(False, "show tracebacks of errors")
    version: bool = option(False, "print the version")
    help: bool = option(False, "print this", short="-h")


def main() -> None:
    """The console script."""
    try:
        environment = without_echo(Environment.of_process())
    except CharplayError as error:
        sys.exit(_refused(error, sys.stderr))
    sys.exit(run(sys.argv[1:], environment))


def _refused(error: CharplayError, stderr: TextIO) -> ExitStatus:
    """Tell an error that came before there was anything to tell it with."""
    stderr.write(f"error: {error.message}\n" + (f"  → {error.hint}\n" if error.hint else ""))
    return error.status


def run(words: Sequence[str], environment: Environment) -> ExitStatus:
    """Do what the words of a shell say, in an environment."""
    try:
        options, rest = parse(words)
    except CharplayError as error:
        return _refused(error, environment.stderr)
    if options.version:
        environment.stdout.write(f"charplay {__version__}\n")
        return ExitStatus.DONE
    if options.threads:
        # Read by the arithmetic libraries when they are first loaded, here and in the worker.
        os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(options.threads)))
    try:
        return _run(options, rest, environment)
    except CharplayError as error:
        return _refused(error, environment.stderr)
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone; nothing more can be told, at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), environment.stdout.fileno())
        return ExitStatus.DONE


def parse(words: Sequence[str]) -> tuple[GlobalOptions, list[str]]:
    """The global options, and the words from the command on."""
    values: dict[str, object] = {}
    lines: list[str] = []
    rest = list(words)
    known = {f"--{each.words}": each for each in options_of(GlobalOptions)}
    known |= {each.short: each for each in options_of(GlobalOptions) if each.short}
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        each = known.get(name)
        if each is None:
            raise unknown("option", name, known)
        if each.flag:
            values[each.name] = value if equals else True
            continue
        if not equals:
            if not rest:
                raise UsageError(f"{name} needs a value", f"{name} is {each.domain}")
            value = rest.pop(0)
        if each.many:
            lines.append(value)
        else:
            values[each.name] = value
    if lines and rest:
        raise UsageError(
            f"{rest[0]!r} stands after -c, which says all there is to do",
            f"give it as one more line: -c ':{' '.join(rest)}'",
        )
    return build(GlobalOptions, {**values, "command": lines}), rest


def _run(options: GlobalOptions, rest: list[str], environment: Environment) -> ExitStatus:
    from charplay.commands.context import SessionChoice
    from charplay.terminal.repl import run_lines, run_repl
    from charplay.terminal.shell import Shell

    shell = Shell(environment, debug=options.debug)
    try:
        shell.context.settings.interface = build(
            type(shell.context.settings.interface), {"format": options.format}
        )
        if options.help:
            return _help(shell)
        keeping = SessionChoice(options.session, options.new, options.no_session)
        if environment.interactive and not (options.command or rest):
            return run_repl(shell, keeping)
        if not rest or keeping != SessionChoice():
            shell.begin(keeping)
        return shell.words(rest) if rest else run_lines(shell, options.command or environment.stdin)
    finally:
        shell.close()


def _help(shell: "Shell") -> ExitStatus:
    """How charplay is called, and its commands."""
    from charplay.commands.table import flag_of

    console = shell.console
    console.print("charplay [OPTIONS] [COMMAND …]", style="bold")
    console.print("  Train, talk to and take apart small character-level language models.")
    console.print("  Without a command: the REPL, or the lines of standard input.\n")
    for each in options_of(GlobalOptions):
        console.print(f"  {flag_of(each):26}{each.help}", soft_wrap=True)
    console.print()
    return shell.words(["help"])
