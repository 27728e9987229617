"""The library: models kept by content digest, and the names that point at them.

models/<digest>.safetensors    one file a model, never changed
models/names/<name>            the digest that the name stands for, and on a second line the text
                               that the model was trained on, where that is known here
models/current                 the name of the model last chosen
"""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
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
    path: Path


@dataclass(frozen=True)
class LibraryEntry:
    """A name in the library, and the header of the model it stands for, or why there is none."""

    name: str
    digest: str
    header: Header | None
    shipped: bool = False
    fault: str = ""
    size: int = 0


class Library:
    """The models of one data home, and those that come with charplay.

    `find_backend` gives the backend of a name, or raises; `shipped` tells where the file of each
    shipped model lies. A model of the person's own stands before a shipped one of its name.
    """

    def __init__(
        self,
        folder: Path,
        find_backend: Callable[[str], Backend],
        shipped: Mapping[str, Path] | None = None,
    ) -> None:
        self._folder = folder
        self._shipped = shipped or {}
        self._names = folder / "names"
        self._current = folder / "current"
        self._find_backend = find_backend

    def names(self) -> list[str]:
        """The names in use, in order."""
        return sorted({*self.own_names(), *self._shipped})

    def own_names(self) -> list[str]:
        """The names of the person's own models, in order."""
        with storage_errors(f"cannot read {self._names}"):
            if not self._names.is_dir():
                return []
            return sorted(path.name for path in self._names.iterdir() if path.name[0] != ".")

    def shelves(self) -> list[LibraryEntry]:
        """Every name with its model's header; a broken file does not hide the others."""
        return [self._shelved(name) for name in self.names()]

    def _shelved(self, name: str) -> LibraryEntry:
        shipped = name not in self.own_names()
        try:
            path = self._shipped[name] if shipped else self._path(self._digest(name))
            header = read_header(path)
            size = path.stat().st_size
        except (ModelFileError, StorageError) as error:
            return LibraryEntry(name, "", None, fault=error.message)
        return LibraryEntry(name, header.digest, header, shipped, size=size)

    def add(self, checkpoint: Checkpoint, name: str, text: str = "") -> str:
        """Keep a model under a name, which from now on stands for it; its digest.

        `text` is the corpus or the file that it was trained on.
        """
        check_name(name)
        kept = checkpoint.without_learner()
        digest = kept.digest
        kept.save(self._path(digest))
        replace_file(self._names / name, f"{digest}\n{text}\n".encode())
        return digest

    def text(self, reference: str) -> str | None:
        """The corpus or the file that a model was trained on, where this library knows it."""
        if reference not in self.own_names():
            return None
        _, _, text = self._entry(reference).partition("\n")
        return text.strip() or None

    def digest(self, reference: str) -> str:
        """What a name, a digest or a path stands for now; errors as `open`."""
        if reference in self.own_names():
            return self._digest(reference)
        return read_header(self._find(reference)[1]).digest

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
        return OpenModel(name, header.digest, header, checkpoint.model(backend), path)

    def pin(self, opened: OpenModel) -> None:
        """Keep an open model's file under its digest, wherever it came from."""
        path = self._path(opened.digest)
        if not path.exists() and read_header(opened.path).digest == opened.digest:
            with storage_errors(f"cannot read {opened.path}"):
                data = opened.path.read_bytes()
            replace_file(path, data)

    def pin_if_here(self, digest: str) -> None:
        """Keep under their digest the weights that some name stands for now, if one does."""
        for shelved in self.shelves():
            if shelved.digest == digest:
                self.pin(self.open(shelved.name))
                return

    def unneeded(self, needed: Collection[str]) -> list[Path]:
        """The files of models that no name stands for, and whose digest is not in `needed`."""
        standing = {self.standing_for(name) for name in self.own_names()}
        with storage_errors(f"cannot read {self._folder}"):
            files = sorted(self._folder.glob(f"*{SUFFIX}"))
        return [path for path in files if path.stem not in standing and path.stem not in needed]

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
        _, path = self._find(reference)
        lasting = reference if reference in self.names() else str(path.absolute())
        replace_file(self._current, lasting.encode())

    def remove(self, name: str, needed: Collection[str] = ()) -> str:
        """Forget a name, and the file where nothing else needs it; its digest.

        `needed` are digests that something beside the names stands on.
        """
        if name not in self.own_names():
            if name in self._shipped:
                raise UsageError(f"{name} comes with charplay and stays", "models lists your own")
            raise unknown("model", name, self.own_names(), "models")
        digest = self.standing_for(name) or ""
        with storage_errors(f"cannot remove {self._names / name}"):
            (self._names / name).unlink()
            if digest and self._path(digest) in self.unneeded(needed):
                self._path(digest).unlink(missing_ok=True)
        return digest

    def standing_for(self, name: str) -> str | None:
        """The digest that one of the person's names stands for, if it stands for any."""
        try:
            return self._digest(name) if name in self.own_names() else None
        except (ModelFileError, StorageError):
            return None

    def file(self, reference: str) -> Path:
        """Where the file of a model lies."""
        return self._find(reference)[1]

    def _find(self, reference: str) -> tuple[str, Path]:
        names = self.names()
        if reference in self.own_names():
            return reference, self._path(self._digest(reference))
        if reference in self._shipped:
            return reference, self._shipped[reference]
        path = named_file(reference)
        if path is not None and path.is_file():
            return path.stem, path
        if _DIGEST.fullmatch(reference):
            matches = sorted(self._folder.glob(f"{reference}*{SUFFIX}"))
            matches = matches or self._shipped_with(reference)
            if len(matches) == 1:
                return reference[:12], matches[0]
        typed = PurePath(reference)
        if typed.suffix == SUFFIX or len(typed.parts) > 1:
            raise ModelFileError(f"there is no model file {typed}", "models lists those at hand")
        raise unknown("model", reference, names, "models")

    def _shipped_with(self, digest: str) -> list[Path]:
        """The shipped files whose digest begins so."""
        paths = self._shipped.values()
        return [path for path in paths if read_header(path).digest.startswith(digest)]

    def _entry(self, name: str) -> str:
        with storage_errors(f"cannot read {self._names / name}"):
            return (self._names / name).read_text(encoding="utf-8", errors="replace")

    def _digest(self, name: str) -> str:
        digest = self._entry(name).partition("\n")[0].strip()
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
