"""The library: models kept by content digest, and the names that point at them.

models/<digest>.safetensors    one file a model, never changed
models/names/<name>            the digest that the name stands for
models/current                 the name of the model last chosen
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePath

from charplay.errors import ModelFileError, StorageError, UsageError, unknown
from charplay.files import named_file, replace_file, storage_errors
from charplay.models.checkpoint import SUFFIX, Checkpoint, Header, read_checkpoint, read_header
from charplay.models.contract import Backend, Model

_NAME = re.compile(r"[\w][\w .+-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{6,64}")


@dataclass(frozen=True)
class OpenModel:
    """A model ready to be talked to, and where it came from."""

    name: str
    digest: str
    header: Header
    model: Model


@dataclass(frozen=True)
class Shelved:
    """A name in the library, and the header of the model it stands for, or why there is none."""

    name: str
    digest: str
    header: Header | None
    fault: str = ""
    size: int = 0
    kept: datetime | None = None


class Library:
    """The models of one data home. `find_backend` gives the backend of a name, or raises."""

    def __init__(self, folder: Path, find_backend: Callable[[str], Backend]) -> None:
        self._folder = folder
        self._names = folder / "names"
        self._current = folder / "current"
        self._find_backend = find_backend

    def names(self) -> list[str]:
        """The names in use, in order."""
        with storage_errors(f"cannot read {self._names}"):
            if not self._names.is_dir():
                return []
            return sorted(path.name for path in self._names.iterdir() if path.name[0] != ".")

    def shelves(self) -> list[Shelved]:
        """Every name with its model's header; a broken file does not hide the others."""
        return [self._shelved(name) for name in self.names()]

    def _shelved(self, name: str) -> Shelved:
        digest = ""
        try:
            digest = self._digest(name)
            path = self._path(digest)
            header = read_header(path)
            status = path.stat()
        except (ModelFileError, StorageError) as error:
            return Shelved(name, digest, None, fault=error.message)
        kept = datetime.fromtimestamp(status.st_mtime).astimezone()
        return Shelved(name, digest, header, size=status.st_size, kept=kept)

    def add(self, checkpoint: Checkpoint, name: str) -> str:
        """Keep a model under a name, which from now on stands for it; its digest."""
        check_name(name)
        kept = checkpoint.without_learner()
        digest = kept.digest
        kept.save(self._path(digest))
        replace_file(self._names / name, digest.encode())
        return digest

    def digest(self, reference: str) -> str:
        """What a name, a digest or a path stands for now; errors as `open`."""
        name, path = self._find(reference)
        return self._digest(name) if name in self.names() else read_header(path).digest

    def open(self, reference: str) -> OpenModel:
        """The model of a name, a digest or a path.

        Raises UsageError where nothing answers to it, ModelFileError where the file is bad.
        """
        name, path = self._find(reference)
        checkpoint = read_checkpoint(path)
        header = checkpoint.header
        if path.parent == self._folder and path.stem != header.digest:
            raise ModelFileError(
                f"{path} holds another model than its name says",
                f"make {reference} again, or remove the file",
            )
        try:
            backend = self._find_backend(header.backend)
        except UsageError as error:
            raise ModelFileError(
                f"{reference} is a model of the backend {header.backend!r}, which is not here",
                error.hint,
            ) from error
        return OpenModel(name, header.digest, header, checkpoint.model(backend))

    @property
    def current(self) -> str | None:
        """The name of the model last chosen, if it is still there."""
        if not self._current.is_file():
            return None
        with storage_errors(f"cannot read {self._current}"):
            name = self._current.read_text(encoding="utf-8", errors="replace").strip()
        return name if name in self.names() or named_file(name) else None

    def choose(self, reference: str) -> None:
        """Remember a model, by its name or else its path, as the one last chosen."""
        name, path = self._find(reference)
        lasting = name if name in self.names() else str(path.absolute())
        replace_file(self._current, lasting.encode())

    def _find(self, reference: str) -> tuple[str, Path]:
        names = self.names()
        if reference in names:
            return reference, self._path(self._digest(reference))
        path = named_file(reference)
        if path is not None and path.is_file():
            return path.stem, path
        if _DIGEST.fullmatch(reference):
            matches = sorted(self._folder.glob(f"{reference}*{SUFFIX}"))
            if len(matches) == 1:
                return reference[:12], matches[0]
        typed = PurePath(reference)
        if typed.suffix == SUFFIX or len(typed.parts) > 1:
            raise ModelFileError(f"there is no model file {typed}", "models lists those at hand")
        raise unknown("model", reference, names, "models")

    def _digest(self, name: str) -> str:
        with storage_errors(f"cannot read {self._names / name}"):
            digest = (self._names / name).read_text(encoding="utf-8", errors="replace").strip()
        if not _DIGEST.fullmatch(digest):
            raise ModelFileError(
                f"the library's entry {name!r} is damaged",
                f"train {name} again, or remove {self._names / name}",
            )
        return digest

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"


def check_name(name: str) -> str:
    """The name, if a model may have it; UsageError otherwise."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a model",
            "give another with --name: letters, digits, dashes and dots, 64 at most",
        )
    return name
