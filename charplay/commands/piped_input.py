"""Standard input where a file or a text can stand: `train -`, `--prompt @-`, a pipe."""

import hashlib
import io
import os
import select
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO, TextIO, cast

from charplay.commands.context import Context
from charplay.commands.request import Request
from charplay.errors import CharplayError, UsageError
from charplay.files import open_replacement, read_text_file, temporary_name
from charplay.leftovers import temporary_folder
from charplay.readable import UnreadableError, read_bounded

PIPE = "-"
FILE_MARK = "@"
_FOLDER = "piped"
_DIGITS = 12
_PIECE = 1 << 20
# What is piped is there once charplay has started; a pipe that nobody writes to must not hold it.
_PATIENCE_SECONDS = 0.2


def given_text(context: Context, request: Request, name: str) -> tuple[Request, str]:
    """The text of an argument, as typed, of `@FILE` or from standard input; and the request.

    Where the argument is not given and a text is piped in, that is the text. The request that is
    given back has what was piped as typed, for a turn that is asked again.
    """
    typed = request.values.get(name)
    if typed is not None and typed != FILE_MARK + PIPE:
        return request, typed_text(context, typed)
    text = ""
    if typed is not None:
        text = read_piped_text(context)
    elif is_piped(context):
        text = _decode(_read_input(context))
    values = {**request.values, name: text} if text else request.values
    return replace(request, values=values), text


def typed_text(context: Context, typed: str) -> str:
    """A text as it was typed, or after `@` that of a file or of standard input."""
    if not typed.startswith(FILE_MARK):
        return typed
    return read_named_text(context, typed[1:], "name a text file after the @")


def read_named_text(context: Context, file: str, hint: str) -> str:
    """The text of a file, or for `-` that of standard input; CharplayError if it cannot be read."""
    return read_piped_text(context) if file == PIPE else read_text_file(file, hint)


def read_piped_text(context: Context) -> str:
    """What standard input gives, without the line end that `echo` adds; errors if it gives none."""
    data = _read_input(context)
    if not data:
        raise nothing_came()
    return _decode(data)


def _read_input(context: Context) -> bytes:
    """What standard input gives, as one text; CharplayError where it is too long for that."""
    try:
        return read_bounded(cast(BinaryIO, input_bytes(context)))
    except UnreadableError as error:
        raise CharplayError(
            f"standard input cannot be read: {error.strerror}", "give a shorter text"
        ) from error


@contextmanager
def piped_file(context: Context, typed: str) -> Iterator[str]:
    """The file that was typed; for `-` one with what standard input gives, which does not last.

    An error within speaks of standard input in place of that file, which nobody has named.
    """
    if typed != PIPE:
        yield typed
        return
    with temporary_folder() as folder:
        path = str(_store_input(context, Path(folder)))
        try:
            yield path
        except CharplayError as error:
            error.message = error.message.replace(path, "standard input")
            error.hint = error.hint.replace(path, PIPE)
            raise


def store_piped(context: Context) -> str:
    """A file in the data home with what standard input gives, as the text of a model lasts."""
    return str(_store_input(context, context.environment.home / _FOLDER))


def _store_input(context: Context, folder: Path) -> Path:
    """A file in a folder with what standard input gives, named by its checksum."""
    stream, digest = input_bytes(context), hashlib.sha256()
    incoming = temporary_name(folder / "incoming")
    with open_replacement(incoming) as file:
        while piece := stream.read(_PIECE):
            digest.update(piece)
            file.write(piece)
    path = folder / f"stdin-{digest.hexdigest()[:_DIGITS]}.txt"
    incoming.replace(path)
    if not path.stat().st_size:
        path.unlink()
        raise nothing_came()
    return path


def input_bytes(context: Context) -> IO[bytes]:
    """The bytes of standard input; UsageError where the commands themselves come from there."""
    if not context.takes_input:
        raise UsageError(
            "standard input has the commands here, and no text",
            "name a file, or give the command to a shell",
        )
    stdin: TextIO = context.environment.stdin
    buffer: IO[bytes] | None = getattr(stdin, "buffer", None)
    return buffer or io.BytesIO(stdin.read().encode("utf-8"))


def nothing_came() -> UsageError:
    return UsageError("nothing came on standard input", "pipe a text into it, or name a file")


def _decode(data: bytes) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CharplayError(
            f"standard input cannot be read: byte {error.start + 1} is not UTF-8",
            "save it as UTF-8",
        ) from error
    return text.removesuffix("\n").removesuffix("\r")


def is_piped(context: Context) -> bool:
    """Whether a text may be read that nobody asked for: from a file, or from a pipe that has one.

    A pipe into which nothing comes for a moment is left alone, which is noted.
    """
    stream = context.environment.stdin
    if not context.takes_input or stream.isatty():
        return False
    try:
        descriptor = stream.fileno()
        mode = os.fstat(descriptor).st_mode
    except (OSError, ValueError):  # in memory, or a system that cannot tell
        return isinstance(stream, io.StringIO)
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return stat.S_ISREG(mode)
    try:
        has_come = bool(select.select([descriptor], [], [], _PATIENCE_SECONDS)[0])
    except (OSError, ValueError):
        return False
    if not has_come:
        context.add_note(
            f"the pipe into charplay was left alone: nothing came in {_PATIENCE_SECONDS} seconds; "
            f"a text of {FILE_MARK}{PIPE} waits for it"
        )
    return has_come
