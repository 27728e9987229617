"""Performing lines and words, showing what comes of them, and telling what went wrong."""

import logging
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from logging.handlers import RotatingFileHandler

from rich.text import Text

from charplay.commands.builtin import all_commands
from charplay.commands.context import Context, SessionChoice
from charplay.commands.dispatch import Performed, perform_line, perform_words
from charplay.commands.general import Quit
from charplay.commands.words import Word
from charplay.environment import Environment
from charplay.errors import CharplayError, ExitStatus, SessionGoneError, StorageError
from charplay.plugins.finder import find_plugins
from charplay.plugins.registry import Registry
from charplay.terminal.render.console import foreign, make_console

_log = logging.getLogger(__name__)
_LOG_BYTES = 1_000_000
_ROOM = "see that the disk has room, and that the file is yours"


class Leave(Exception):  # noqa: N818 - no error
    """The person wants to leave."""


class Shell:
    """One context and the console it is shown on."""

    def __init__(
        self, environment: Environment, registry: Registry | None = None, debug: bool = False
    ) -> None:
        self.environment, self._debug = environment, debug
        self._handler = _start_log(environment)
        registry = registry or find_plugins()
        commands = all_commands(registry)
        self.context = Context(environment, registry, commands)
        if environment.interactive:
            self.context.asker = self._asked
        self.console = make_console(environment)
        self._errors = make_console(environment, environment.stderr)
        for fault in registry.faults:
            self._complain("warning", fault.message, fault.hint)

    def begin(self, keeping: SessionChoice, last: bool = False) -> None:
        """Take up a session, as `Context.begin`; a store that cannot be had ends nothing."""
        context = self.context
        for _ in range(2):  # a damaged store is set aside, and the second time there is a new one
            try:
                context.begin(keeping, last=last)
                return
            except StorageError as error:
                self._log(error)
                self._complain("warning", error.message, error.hint)
                if not isinstance(error, SessionGoneError):
                    break
        context.begin(SessionChoice(nowhere=True))

    def _begin_again(self) -> None:
        """Begin a new session where the old one, or the whole store, is not there any more."""
        private = self.context.settings.interface.private
        self.context.close()
        self.begin(SessionChoice(new=not private, nowhere=private))

    def _asked(self, question: str) -> bool:
        """Whether the person at the terminal says yes."""
        self.environment.stdout.write(f"{question} [y/N] ")
        self.environment.stdout.flush()
        return self.environment.stdin.readline().strip().lower() in ("y", "yes")

    def close(self) -> None:
        """Let go of the log and of the sessions."""
        self.context.close()
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def line(self, line: str) -> ExitStatus:
        """Do what a line says and show it; Leave where it says to."""
        return self.guarded(lambda: perform_line(self.context, line))

    def words(self, words: Sequence[str]) -> ExitStatus:
        """Do what a shell's words say and show it."""
        try:
            return self.guarded(lambda: perform_words(self.context, [Word(word) for word in words]))
        except Leave:
            return ExitStatus.DONE

    def guarded(self, perform: Callable[[], Performed | None]) -> ExitStatus:
        """Show what comes of something; whatever goes wrong is told in a line and logged."""
        self.context.interrupted = False
        status = self._told(perform)
        return ExitStatus.INTERRUPTED if self.context.interrupted else status

    def _told(self, perform: Callable[[], Performed | None]) -> ExitStatus:
        try:
            performed = perform()
            if performed:
                self._show(performed)
            return ExitStatus.DONE
        except CharplayError as error:
            self._log(error)
            self._complain("error", error.message, error.hint)
            if isinstance(error, SessionGoneError):
                self._begin_again()
            return error.status
        except KeyboardInterrupt:
            return ExitStatus.INTERRUPTED
        except (Leave, BrokenPipeError):
            raise
        except OSError as error:
            self._log(error)
            reason = error.strerror or type(error).__name__
            self._complain("error", f"a file cannot be read or written: {reason}", _ROOM)
            return ExitStatus.FAILED
        except Exception as error:
            self._log(error)
            problem = str(error) or type(error).__name__
            self._complain(
                "error", f"charplay broke: {problem}", f"the details are in {self.environment.log}"
            )
            return ExitStatus.FAILED

    def _show(self, performed: Performed) -> None:
        from charplay.terminal.render.formats import as_csv, as_json
        from charplay.terminal.render.views import view

        if isinstance(performed.value, Quit):
            raise Leave
        if performed.format == "text":
            view(performed.value, self.console)
        else:
            for line in (as_json if performed.format == "json" else as_csv)(performed.value):
                self.environment.stdout.write(line + "\n")
                self.environment.stdout.flush()

    def _complain(self, what: str, message: str, hint: str) -> None:
        style = "bold red" if what == "error" else "bold yellow"
        self.environment.stdout.flush()
        told = Text.assemble((f"{what}: ", style), foreign(_one_line(message)))
        self._errors.print(told, soft_wrap=True)
        if hint:
            self._errors.print(Text.assemble("  → ", foreign(_one_line(hint))), soft_wrap=True)

    def _log(self, error: Exception) -> None:
        _log.error("%s", error, exc_info=error)
        if self._debug:
            import traceback

            self._errors.print(foreign("".join(traceback.format_exception(error))))


def _one_line(text: str) -> str:
    """The text with its line ends made visible."""
    return text.strip().replace("\n", "⏎")


def _start_log(environment: Environment) -> logging.Handler:
    """Tracebacks go to the data home's log; where that cannot be written, nowhere."""
    handler: logging.Handler = logging.NullHandler()
    with suppress(OSError):
        environment.home.mkdir(parents=True, exist_ok=True)
        if os.access(environment.home, os.W_OK):
            handler = RotatingFileHandler(
                environment.log, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True
            )
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    return handler
