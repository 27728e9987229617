"""Performing lines and words, showing their results, and telling what went wrong."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from charplay.commands.builtin import all_commands
from charplay.commands.configuration import Configuration
from charplay.commands.context import Context
from charplay.commands.dispatch import Performed, perform, perform_line, perform_words
from charplay.commands.formats import written_as
from charplay.commands.macro_lines import usable_macros
from charplay.commands.plain_words import agrees, is_comment
from charplay.commands.request import Request
from charplay.commands.results import Draft, Quit, asides_of, result_of
from charplay.commands.saving import SavedFile
from charplay.commands.settings import Interface, Settings
from charplay.commands.spreadsheet import local_spreadsheet
from charplay.commands.words import Word
from charplay.data_home import mend_rights
from charplay.environment import Environment
from charplay.errors import (
    CharplayError,
    ExitStatus,
    PluginError,
    SessionGoneError,
    StorageError,
)
from charplay.files import path_text, replace_file
from charplay.leftovers import remove_leftovers
from charplay.plugins.finder import find_plugins
from charplay.plugins.loading import find_culprit, plugin_failure
from charplay.plugins.registry import Registry, one_each
from charplay.sessions.choice import SessionChoice
from charplay.streams import is_unicode
from charplay.terminal.log import start_log
from charplay.terminal.pager import find_pager, is_whole, page_text
from charplay.terminal.render.console import (
    REPL_PREFIX,
    SHELL_PREFIX,
    foreign,
    make_console,
    show_notices,
    visible,
)
from charplay.terminal.render.views import VIEWS, show
from charplay.undecoded import escape_undecoded

if TYPE_CHECKING:
    from prompt_toolkit.input import Input
    from prompt_toolkit.output import Output

    from charplay.insight.handwriting import Handwriting

_log = logging.getLogger(__name__)
_CHECK = "`sessions check` tells all, `sessions repair` keeps what can be read"
_ROOM = "check that the disk has room and that the file is yours"


class Leave(Exception):  # noqa: N818 - no error
    """The person wants to leave."""


class EditorWanted(Exception):  # noqa: N818 - no error
    """The person wants to edit a text, the last one typed where it is None."""

    def __init__(self, text: str | None) -> None:
        self.text = text


class Shell:
    """One context and the console it is shown on."""

    def __init__(
        self,
        environment: Environment,
        registry: Registry | None = None,
        debug: bool = False,
        interface: Interface = Interface(),
        configured: Configuration = Configuration(),
        prefix: str = REPL_PREFIX,
    ) -> None:
        self.environment, self._debug = environment, debug
        settings = Settings(interface, dict(configured.sampling))
        self._handler = start_log(environment, lambda: settings.interface.private)
        registry = registry or find_plugins(environment)
        commands = all_commands(registry)
        settings.macros, unusable = usable_macros(commands, configured.macros)
        self.context = Context(environment, registry, commands, settings)
        self._views = {**VIEWS, **commands.views}
        if environment.interactive:
            self.context.asker = self._ask
            self.context.chooser = self._ask_line
            self.context.picker = self._pick
        self.console = make_console(environment)
        self._errors = make_console(environment, environment.stderr)
        self._speak_as(prefix)
        if not environment.stdout.isatty():
            self.console.aside = self._errors
        self._adopt_interface()
        for fault in one_each(registry.faults):
            self._complain("warning", fault.message, fault.hint)
        for error in (*configured.faults, *unusable):
            self._complain("warning", error.message, error.hint)
        remove_leftovers(environment.home, environment.cache)
        if mend_rights(environment.home):
            note = f"files in {environment.home} were open to others; now they are yours alone"
            show_notices(self._errors, (note,))

    def begin_session(self, choice: SessionChoice, last: bool = False) -> None:
        """Go on in a session; a store that cannot be had ends nothing: then none is kept."""
        for _ in range(2):  # a damaged store is set aside, and the second time there is a new one
            try:
                session = self.context.begin_session(choice, last=last)
                self._tell_store_faults()
                if not session.store.read_only:
                    return
                self._complain(
                    "warning",
                    f"{session.store.file} is read-only: what is said is not kept",
                    "`sessions` lists what is there",
                )
                if choice.name and session.begun:
                    return  # which can still be read
                break
            except StorageError as error:
                self._log(error)
                self._complain("warning", error.message, error.hint)
                if not isinstance(error, SessionGoneError):
                    break
        self.context.begin_session(SessionChoice(nowhere=True))

    def _tell_store_faults(self) -> None:
        """Say what could not be read of the sessions; the rest works."""
        if faults := self.context.take_store_faults():
            self._complain("warning", faults, _CHECK)

    def _begin_again(self) -> None:
        """Begin a new session where the old one, or the whole store, is gone."""
        private = self.context.settings.interface.private
        self.context.close()
        self.begin_session(SessionChoice(new=not private, nowhere=private))

    def _ask(self, question: str) -> bool:
        """Whether the person at the terminal says yes."""
        return agrees(self._ask_line(f"{question} [y/N] "))

    def _ask_line(self, question: str) -> str:
        """What the person at the terminal types."""
        self.environment.stdout.write(visible(question))
        self.environment.stdout.flush()
        return self.environment.stdin.readline()

    def _pick(self, writing: Handwriting) -> bool:
        """Have the person at the terminal write by hand; whether they keep it."""
        return self.pick(writing, self._ask_line, self.environment.dumb)

    def pick(
        self,
        writing: Handwriting,
        ask: Callable[[str], str],
        by_lines: bool,
        input: Input | None = None,
        output: Output | None = None,
    ) -> bool:
        """Have a person write by hand, key by key or `by_lines`; whether they keep it.

        `input` and `output` are the terminal's unless given.
        """
        from charplay.terminal.picking import pick_text  # comes with NumPy

        by_lines = by_lines or self.context.settings.interface.plain
        return pick_text(writing, ask, self.console, self.environment, by_lines, input, output)

    def close(self) -> None:
        """Close the log and the sessions."""
        self.context.close()
        logging.getLogger().removeHandler(self._handler)
        self._handler.close()

    def perform_line(self, line: str) -> ExitStatus:
        """Do what a line says and show it; Leave where it says to."""
        self._speak_as(REPL_PREFIX)
        return self._guard(lambda: perform_line(self.context, escape_undecoded(line)))

    def perform_lines(self, lines: Iterable[str], stop_on_error: bool = False) -> ExitStatus:
        """Do every line that is no comment, also after one that failed unless told to stop.

        The status is the first that is not DONE.
        """
        status = ExitStatus.DONE
        with suppress(Leave):
            for line in lines:
                if is_comment(line):
                    continue
                done = self.perform_line(line.rstrip("\r\n"))
                status = status or done
                if done is ExitStatus.INTERRUPTED or (stop_on_error and done):
                    break
        return status

    def perform_words(self, words: Sequence[str]) -> ExitStatus:
        """Do what a shell's words say and show it."""
        self._speak_as(SHELL_PREFIX)
        try:
            return self._guard(lambda: perform_words(self.context, list(map(Word, words))))
        except Leave:
            return ExitStatus.DONE

    def choose_model(self, reference: str) -> ExitStatus:
        """Do what `:model` does, with a reference that need not be a word."""
        self._speak_as(REPL_PREFIX)
        request = Request(("model",), self.context.commands["model"], {"model": reference})
        return self._guard(lambda: perform(self.context, request))

    def edit_text(self, text: str) -> str:
        """The text as the person's editor gives it back; as it was after an error."""
        from charplay.terminal.editor import edit_text  # no first prompt needs it

        edited = [text]
        self._guard(lambda: edited.append(edit_text(text, self.environment)))
        return edited[-1]

    def _speak_as(self, prefix: str) -> None:
        """Show commands in hints as they are typed where the person is."""
        self.console.prefix = self._errors.prefix = prefix

    def _adopt_interface(self) -> None:
        """Show from now on as the settings say."""
        for console in (self.console, self._errors):
            console.adopt(self.context.settings.interface)

    def _guard(self, perform: Callable[[], Performed | None]) -> ExitStatus:
        """Perform something and show its result; an error is told in a line and logged."""
        self.context.interrupted = False
        status = self._status_of(perform)
        self._tell_store_faults()
        return ExitStatus.INTERRUPTED if self.context.interrupted else status

    def _status_of(self, perform: Callable[[], Performed | None]) -> ExitStatus:
        try:
            performed = perform()
            self._adopt_interface()
            if performed:
                self._show(performed)
            return ExitStatus.DONE
        except CharplayError as error:
            self._log(error)
            show_notices(self._errors, self.context.take_notes())  # of what went well before
            self._complain("error", error.message, error.hint)
            if isinstance(error, SessionGoneError):
                self._begin_again()
            return error.status
        except KeyboardInterrupt:
            return self._stopped()
        except (Leave, EditorWanted):
            raise
        except BaseException as error:  # a plugin may raise anything
            if isinstance(error.__cause__, KeyboardInterrupt):  # which came while a class was made
                return self._stopped()
            culprit = self._culprit(error)
            if isinstance(error, BrokenPipeError) and not culprit:
                raise
            self._log(error)
            self._complain("error", *self._explain(error, culprit))
        return ExitStatus.FAILED

    def _stopped(self) -> ExitStatus:
        self._errors.print("stopped before anything came of it", style="dim")
        return ExitStatus.INTERRUPTED

    def _culprit(self, error: BaseException) -> PluginError | None:
        """The error that names the plugin whose code raised it, or whose command was performed."""
        registry, request = self.context.registry, self.context.performing
        command = request.path[0] if request and request.path else ""
        culprit = find_culprit(error, registry)
        if culprit or isinstance(error, BrokenPipeError) or command not in registry.commands:
            return culprit
        origin = registry.commands.origin(command)
        return None if origin.is_ours else plugin_failure(origin, f"the command {command}", error)

    def _explain(self, error: BaseException, culprit: PluginError | None) -> tuple[str, str]:
        """What to tell of an error that speaks to no person, and what to do about it."""
        if culprit:
            return culprit.message, culprit.hint
        if isinstance(error, OSError):
            reason = error.strerror or type(error).__name__
            return f"a file cannot be read or written: {reason}", _ROOM
        hint = f"the details are in {self.environment.log}"
        if self.context.settings.interface.private:
            hint = "nothing of it is kept; start with --debug to see the details"
        return f"charplay broke: {str(error) or type(error).__name__}", hint

    def _show(self, performed: Performed) -> None:
        if isinstance(performed.value, Quit):
            raise Leave
        if isinstance(performed.value, Draft):
            raise EditorWanted(performed.value.text)
        show_notices(self._errors, performed.notes)
        if performed.picture:
            self._draw(performed.value, performed.picture)
        elif performed.format == "text":
            self._show_text(performed.value)
        else:
            self._write(performed.value, performed.format)

    def _draw(self, value: object, path: Path) -> None:
        """Draw a result in a new file."""
        from charplay.terminal.render.pictures import draw_picture  # rich's export is large

        picture, notice = draw_picture(
            lambda console: show(value, console, self._views), self.environment, path.suffix.lower()
        )
        replace_file(path, picture.encode(), shared=True)
        show(SavedFile(path_text(path), None, (notice,) if notice else ()), self.console)

    def _show_text(self, value: object) -> None:
        """Show a result to a person; by the pager where it is longer than the screen."""
        pager = self._find_pager() if is_whole(value) else None
        if pager is None:
            show(value, self.console, self._views)
            return
        with self.console.holding() as held:
            show(value, self.console, self._views)
        text = held.getvalue()
        is_long = text.count("\n") >= self.console.height
        if not (is_long and page_text(text, pager, self.environment)):
            self.environment.stdout.write(text)
            self.environment.stdout.flush()

    def _find_pager(self) -> list[str] | None:
        """The pager, where a person types one line after another and wants one."""
        interface = self.context.settings.interface
        if not (self.context.prompted and interface.pager) or interface.plain:
            return None
        return None if self.environment.dumb else find_pager(self.environment.variables)

    def _write(self, value: object, format: str) -> None:
        """Write a result for a program; what a person should know beside it goes to the errors."""
        stdout = self.environment.stdout
        whole = format == "json"  # its notices are part of it
        result = value if whole else result_of(value)
        shown = _visible_line if stdout.isatty() and format != "json" else str
        sheet = local_spreadsheet(self.environment.variables, stdout.encoding or "ascii")
        for text in written_as(format, result, sheet, ascii_only=not is_unicode(stdout)):
            stdout.write(shown(text))
            stdout.flush()
        show_notices(self._errors, () if whole else asides_of(result))

    def _complain(self, what: str, message: str, hint: str) -> None:
        self.environment.stdout.flush()
        told = Text.assemble((f"{what}: ", what), foreign(_join_lines(message)))
        self._errors.print(told)
        if hint:
            self._errors.print_hint(_join_lines(hint), before="  → ")

    def _log(self, error: BaseException) -> None:
        _log.error("%s", error, exc_info=error)
        if self._debug:
            self._errors.print(foreign("".join(traceback.format_exception(error))))


def _visible_line(text: str) -> str:
    """A line that a terminal shows and does not obey, with its end."""
    line = text.rstrip("\r\n")
    return visible(line) + text[len(line) :]


def _join_lines(text: str) -> str:
    """The text in one line, its line ends made visible."""
    return text.strip().replace("\n", "⏎")
