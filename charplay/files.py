"""Files: written so that a kill at any moment leaves the old or the new one whole; read by name.

What is written in the data home is its owner's alone, whatever the umask; a file that is `shared`,
for a person to pass on, is as that person's umask says.
"""

import errno
import io
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePath
from typing import BinaryIO, TextIO

from charplay.errors import CharplayError, StorageError, UsageError, quoted
from charplay.leftovers import hold_open, remove_left_beside
from charplay.readable import open_readable, read_bounded
from charplay.undecoded import escape_path, restore_path

# Not known to every system, which is then without links or pipes of this kind.
_NO_LINK, _NO_WAIT = getattr(os, "O_NOFOLLOW", 0), getattr(os, "O_NONBLOCK", 0)
PRIVATE_FILE, _SHARED_FILE, _PRIVATE_FOLDER = 0o600, 0o666, 0o700


@contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Within, an OSError becomes a StorageError: `doing`, the reason, and what to do about it."""
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
            hints.get(error.errno or 0, "check that the folder exists and is yours"),
        ) from error


def path_text(path: PurePath) -> str:
    r"""A path as it is shown, stored and typed: with `\xff` for a byte that is no text."""
    return escape_path(str(path))


def name_of_file(file: str, otherwise: str) -> str:
    """A name for what a file holds: its own without ending and what no name has, if any is left."""
    stem = PurePath(file.removesuffix(".gz")).stem
    return re.sub(r"[^\w .+-]+", "-", stem).strip(" .+-") or otherwise


def _typed_path(text: str) -> Path:
    r"""The path that a person typed: as it stands if there is such a file, or else with each
    `\xff` as that byte. Raises RuntimeError if it is below the home folder of nobody.
    """
    path = Path(text).expanduser()
    if os.name != "posix" or path.exists():  # elsewhere names are text, and `\` parts folders
        return path
    return Path(restore_path(text)).expanduser()


def named_file(text: str) -> Path | None:
    """The path that a person typed, if a file or folder is there; else None."""
    try:
        path = _typed_path(text)
        return path if text and path.exists() else None
    except (OSError, RuntimeError, ValueError):  # too long, no such home folder, a zero byte
        return None


def read_text_file(typed: str, hint: str) -> str:
    """The text of a file that a person named; CharplayError with `hint` if it cannot be read."""
    path = named_file(typed)
    try:
        if path is not None:
            with open_readable(path, pipes=True) as stream:
                text = io.TextIOWrapper(io.BytesIO(read_bounded(stream)), encoding="utf-8")
                return text.read()
        reason = "there is no such file"
    except UnicodeDecodeError:
        reason = "it is not UTF-8"
    except OSError as error:
        reason = error.strerror or type(error).__name__
    raise CharplayError(f"{typed} cannot be read: {reason}", hint)


def new_file(text: str) -> Path:
    """The path that a person typed for a new file; UsageError if there is a file or folder."""
    try:
        path = _typed_path(text)
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return path
    except (OSError, RuntimeError, ValueError) as error:  # as in `named_file`
        raise UsageError(
            f"{quoted(text)} cannot be a file: {error}", "name another file"
        ) from error
    raise UsageError(
        f"{path_text(path)} is there already", "name another file, or remove this one first"
    )


def make_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter, and those above it that are missing."""
    if folder.is_dir():
        return
    make_private_folder(folder.parent)
    try:
        add_private_folder(folder)
    except FileExistsError:
        if not folder.is_dir():  # else another process was quicker
            raise


def add_private_folder(folder: Path) -> None:
    """Make a folder that only its owner can enter; FileExistsError where there is something."""
    folder.mkdir(_PRIVATE_FOLDER)
    with suppress(OSError):  # the umask may have taken even the owner's rights
        folder.chmod(_PRIVATE_FOLDER)


def open_private(path: Path) -> TextIO:
    """A text file to add to, which only its owner can read."""
    return open(path, "a", encoding="utf-8", errors="backslashreplace", opener=private_opener)


def private_opener(name: str, flags: int) -> int:
    """A descriptor of a file that only its owner can read, as the `opener` of `open`.

    Raises OSError for a link, which may lead to somebody else's file, and for what is no file.
    """
    # To open a pipe would wait for its other end.
    descriptor = os.open(name, flags | _NO_LINK | _NO_WAIT, PRIVATE_FILE)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no file", name)
    _make_private(descriptor)
    return descriptor


def _make_private(descriptor: int) -> None:
    """Leave an open file to its owner alone, where the platform and the disk can."""
    if os.name == "posix":
        with suppress(OSError):
            os.fchmod(descriptor, PRIVATE_FILE)


def temporary_name(path: Path) -> Path:
    """A free name beside a file, by which `leftovers` knows what a killed writer left."""
    return path.parent / f".{path.name}.{os.urandom(8).hex()}"


@contextmanager
def open_replacement(path: Path, shared: bool = False) -> Iterator[BinaryIO]:
    """A stream to a new file beside `path`, which is synced and renamed to `path` at the end.

    What killed writers of `path` left beside it is removed first. After an error `path` is what
    it was. Raises StorageError if it cannot be written.
    """
    with storage_errors(f"cannot write {path}"):
        if shared:
            path.parent.mkdir(parents=True, exist_ok=True)
        else:
            make_private_folder(path.parent)
        remove_left_beside(path)
        name = temporary_name(path)
        rights = _SHARED_FILE if shared else PRIVATE_FILE
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, rights)
        try:
            hold_open(descriptor)
            with os.fdopen(descriptor, "wb") as stream:
                if not shared:
                    _make_private(descriptor)
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(name, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
        sync_folder(path.parent)


def replace_file(path: Path, data: bytes, shared: bool = False) -> None:
    """Write `data` to `path` in one step; StorageError if it cannot be written."""
    with open_replacement(path, shared) as stream:
        stream.write(data)


def replace_live(path: Path, data: bytes) -> None:
    """Write `data` to `path` in one step, without waiting for the disk; after a loss of power it
    may be empty. Raises StorageError if it cannot be written."""
    new = path.with_name(f".{path.name}.new")
    with storage_errors(f"cannot write {path}"):
        with open(new, "wb", opener=private_opener) as stream:
            stream.write(data)
        os.replace(new, path)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder durable, if the platform can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
