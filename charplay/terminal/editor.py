"""A text in the person's own editor, and back."""

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

from charplay.environment import Environment
from charplay.errors import CharplayError, UsageError
from charplay.interrupts import count_interrupts
from charplay.leftovers import temporary_folder
from charplay.terminal.echo import same_terminal
from charplay.undecoded import escape_undecoded

_VARIABLES = ("VISUAL", "EDITOR")
_EDITORS = ("sensible-editor", "editor", "nano", "vi", "notepad")
_BOM = "\ufeff"
_UNCHANGED = "the text is unchanged"


def edit_text(text: str, environment: Environment) -> str:
    """The text as it comes back from the editor; CharplayError where none does.

    The final newline that an editor adds to a text that has none is taken off. CRLF becomes a
    newline, as in what is pasted.
    """
    command = _editor_command(environment.variables)
    text = escape_undecoded(text)
    # Never in the data home, where nothing of a private conversation may be.
    with temporary_folder() as folder:
        path = Path(folder, "text.txt")
        path.touch(0o600)
        path.write_bytes(text.encode())
        with same_terminal(environment.stdin):
            _run_editor([*command, str(path)])
        edited = _read_edited(path)
    edited = edited if text.startswith(_BOM) else edited.removeprefix(_BOM)
    return edited if text.endswith("\n") else edited.removesuffix("\n")


def _editor_command(variables: Mapping[str, str]) -> list[str]:
    """The words that start the editor; UsageError where there is none."""
    for variable in _VARIABLES:
        if named := variables.get(variable, "").strip():
            try:
                return shlex.split(named, posix=os.name == "posix")
            except ValueError as error:
                raise UsageError(
                    f"the editor {named} cannot be started: {error}", f"set {variable} to a program"
                ) from error
    for editor in _EDITORS:
        if found := shutil.which(editor, path=variables.get("PATH", "")):
            return [found]
    raise UsageError("there is no editor", "set EDITOR to a program, such as nano")


def _run_editor(command: list[str]) -> None:
    """Have the person edit; Ctrl-C is the editor's."""
    editor = Path(command[0]).name
    try:
        with count_interrupts():
            status = subprocess.run(command, check=False).returncode
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CharplayError(
            f"the editor {editor} cannot be started: {reason}",
            f"set {' or '.join(_VARIABLES)} to another program; the first that is set is taken",
        ) from error
    if status:
        raise CharplayError(f"the editor {editor} {_ending(status)}", _UNCHANGED)


def _ending(status: int) -> str:
    if status > 0:
        return f"failed with status {status}"
    try:
        return f"was ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"was ended by signal {-status}"


def _read_edited(path: Path) -> str:
    """What the editor saved; CharplayError where that is no text."""
    try:
        text = path.read_bytes().decode()
    except UnicodeDecodeError as error:
        reason = f"what the editor saved is not UTF-8, from byte {error.start + 1} on"
        raise CharplayError(reason, _UNCHANGED) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = f"what the editor saved cannot be read: {reason}"
        raise CharplayError(message, _UNCHANGED) from error
    if "\0" in text:
        raise CharplayError("what the editor saved is no text", _UNCHANGED)
    return text.replace("\r\n", "\n")
