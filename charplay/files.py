"""Writing files so that a kill at any moment leaves the old one or the new one, whole."""

import errno
import glob
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from charplay.errors import CharplayError, StorageError, UsageError

_HOUR = 3600


@contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turn what the operating system says of files into one line for a person."""
    try:
        yield
    except OSError as error:
        hints = {
            errno.ENOSPC: "the disk is full: free some space and try again",
            errno.EDQUOT: "the disk quota is used up: free some space and try again",
            errno.EROFS: "the disk is read-only: set CHARPLAY_HOME to a folder you can write",
            errno.EACCES: "not allowed: set CHARPLAY_HOME to a folder you can write",
            errno.EPERM: "not allowed: set CHARPLAY_HOME to a folder you can write",
        }
        reason = error.strerror or type(error).__name__
        raise StorageError(
            f"{doing}: {reason}",
            hints.get(error.errno or 0, "see that the folder is there and is yours"),
        ) from error


def named_file(text: str) -> Path | None:
    """The path that a person typed, where something is there; None for what can be no path."""
    try:
        path = Path(text).expanduser()
        return path if text and path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, no such home, a zero byte
        return None


def read_text_file(typed: str, hint: str) -> str:
    """The text of a file that a person named; CharplayError with `hint` if it cannot be read."""
    path = named_file(typed)
    try:
        if path is not None:
            return path.read_text(encoding="utf-8")
        reason = "there is no such file"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise CharplayError(f"{typed} cannot be read: {reason}", hint)


def new_file(text: str) -> Path:
    """The path that a person typed for a new file; UsageError where something is there."""
    try:
        path = Path(text).expanduser()
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return path
    except (OSError, RuntimeError, ValueError) as error:  # as in `named_file`
        raise UsageError(f"{text!r} cannot be a file: {error}", "name another file") from error
    raise UsageError(f"{path} is there already", "name another file, or remove it first")


@contextmanager
def open_replacement(path: Path) -> Iterator[BinaryIO]:
    """A stream to a file beside `path`, which is synced and renamed over it at the end.

    Where the end is not reached `path` is what it was. StorageError where it cannot be written.
    """
    with storage_errors(f"cannot write {path}"):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not mkstemp, whose files nobody else may read: a model may be meant for others.
        name = path.parent / f".{path.name}.{secrets.token_hex(8)}"
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
        _sync_folder(path.parent)


def replace_file(path: Path, data: bytes) -> None:
    """Write `data` at `path` in one step: the old file or the new one, whole."""
    with open_replacement(path) as stream:
        stream.write(data)


def remove_unfinished(path: Path) -> None:
    """Remove what writers of `path` who were killed left beside it, an hour ago or longer."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _HOUR:
                left.unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, where the platform can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
