"""The library: models kept by content digest, and the names that point at them.

models/<digest>.safetensors    one file for each model, never changed
models/names/<name>            the digest that the name points at; on a second line the text that
                               the model was trained on, where it was trained here
models/current                 the name of the model last chosen
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from charplay.errors import (
    BackendMissingError,
    CharplayError,
    ModelFileError,
    StorageError,
    UsageError,
    unknown,
)
from charplay.files import named_file, path_text, replace_file, storage_errors
from charplay.readable import read_record

if TYPE_CHECKING:
    from charplay.models.checkpoint import Checkpoint
    from charplay.models.contract import Backend, Model
    from charplay.models.header import Header

SUFFIX = ".safetensors"
# A model that was kept along the way has its update after the name.
_NAME = re.compile(r"[\w][\w .+-]{0,63}(@[0-9]{1,15})?")
# So many signs of a digest at least are a reference.
LEAST_DIGEST = 6
_DIGEST = re.compile(rf"[0-9a-f]{{{LEAST_DIGEST},64}}")


@dataclass(frozen=True)
class OpenModel:
    """A model in memory, and where it comes from."""

    name: str
    digest: str
    header: Header
    model: Model
    path: Path

    def __repr__(self) -> str:
        loss = self.header.held_out_loss
        held_out = "" if loss is None else f", held-out loss {loss:.3f}"
        return f"<OpenModel {self.name}: {self.header.kind}, {self.header.backend}{held_out}>"


@dataclass(frozen=True)
class LibraryEntry:
    """A name in the library, and the header of its model; `fault` says why there is none."""

    name: str
    digest: str
    header: Header | None
    shipped: bool = False
    fault: str = ""
    size: int = 0


class Library:
    """The models of one data home, and those that come with charplay.

    `find_backend` gives the backend of a name, or raises UsageError; `shipped` gives the file of
    each shipped model by name. A person's own model hides a shipped one of the same name.
    `first` is the model to talk to where none was chosen. `run_text` gives the text of the run
    whose checkpoint a file is, or None.
    """

    def __init__(
        self,
        folder: Path,
        find_backend: Callable[[str], Backend],
        shipped: Mapping[str, Path] | None = None,
        first: str = "",
        run_text: Callable[[Path], str | None] = lambda path: None,
    ) -> None:
        self._folder = folder
        self._shipped = shipped or {}
        self._first = first
        self._names = folder / "names"
        self._current = folder / "current"
        self._find_backend, self._run_text = find_backend, run_text
        self._last_opened: OpenModel | None = None

    def names(self) -> list[str]:
        """All names, in order."""
        return sorted({*self.own_names(), *self._shipped})

    def own_names(self) -> list[str]:
        """The names of the person's own models, in order."""
        with storage_errors(f"cannot read {self._names}"):
            if not self._names.is_dir():
                return []
            return sorted(path.name for path in self._names.iterdir() if path.name[0] != ".")

    def entries(self) -> list[LibraryEntry]:
        """Every name with its model's header; a broken file does not hide the others."""
        own = self.own_names()
        return [self._entry(name, name not in own) for name in sorted({*own, *self._shipped})]

    def _entry(self, name: str, shipped: bool) -> LibraryEntry:
        try:
            path = self._shipped[name] if shipped else self._path(self._named_digest(name))
            header = _header_of(path)
            size = path.stat().st_size
        except (ModelFileError, StorageError) as error:
            return LibraryEntry(name, "", None, fault=error.message)
        return LibraryEntry(name, header.digest, header, shipped, size=size)

    def add(self, checkpoint: Checkpoint, name: str, text: str = "") -> str:
        """Keep a model under a name, which points at it from now on; the model's digest.

        `text` is the corpus or the file that the model was trained on.
        """
        check_model_name(name)
        kept = checkpoint.without_learner()
        digest = kept.digest
        kept.save(self._path(digest))
        replace_file(self._names / name, f"{digest}\n{text}\n".encode())
        return digest

    def text(self, name: str, path: Path) -> str | None:
        """The corpus or the file that a model was trained on, if it was trained here.

        It is what was noted here when the model of that file was made, whatever the file says.
        """
        if path.parent != self._folder:
            return self._run_text(path)
        if name not in self.own_names():
            return None
        _, _, text = self._read_name(name).partition("\n")
        return text.strip() or None

    def digest(self, reference: str) -> str:
        """The digest of the model that a name, a digest or a path means now; errors as `open`."""
        if reference in self.own_names():
            return self._named_digest(reference)
        return _header_of(self._find(reference)[1]).digest

    def open(self, reference: str) -> OpenModel:
        """The model of a name, a digest or a path; the one opened last is not read again.

        Raises UsageError where there is no such model, ModelFileError where its file is bad.
        """
        name, path = self._find(reference)
        last = self._last_opened
        if last is None or (last.name, last.path) != (name, path) or not _is_unchanged(last):
            last = self._last_opened = self._read(name, path)
        return last

    def _read(self, name: str, path: Path) -> OpenModel:
        from charplay.models.checkpoint import read_checkpoint  # names alone need no NumPy

        checkpoint = read_checkpoint(path)
        header = checkpoint.header
        if path.parent == self._folder and path.stem != header.digest:
            raise ModelFileError(
                f"{path} does not hold the model that its name says",
                "train the model again, or remove the file",
            )
        try:
            backend = self._find_backend(header.backend)
        except UsageError as error:
            raise _missing_backend(name, header, error.hint) from error
        return OpenModel(name, header.digest, header, checkpoint.model(backend), path)

    def describe(self, reference: str) -> tuple[str, Header, Path]:
        """The name, header and file of a model whose backend need not be here; errors as `open`."""
        name, path = self._find(reference)
        return name, _header_of(path), path

    def pin(self, opened: OpenModel) -> None:
        """Keep an open model's file under its digest, wherever the file came from."""
        path = self._path(opened.digest)
        if not path.exists() and _header_of(opened.path).digest == opened.digest:
            with storage_errors(f"cannot read {opened.path}"):
                data = opened.path.read_bytes()
            replace_file(path, data)

    def pin_if_here(self, digest: str) -> None:
        """Keep a model under its digest, if some name points at it now."""
        for entry in self.entries():
            if entry.digest == digest:
                self.pin(self.open(entry.name))
                return

    def unneeded(self, needed: Collection[str]) -> list[Path]:
        """The files of models at which no name points, and whose digest is not in `needed`."""
        named = {self._digest_or_none(name) for name in self.own_names()}
        with storage_errors(f"cannot read {self._folder}"):
            files = sorted(self._folder.glob(f"*{SUFFIX}"))
        return [path for path in files if path.stem not in named and path.stem not in needed]

    @property
    def current(self) -> str | None:
        """The name or the path of the model last chosen, if it is still there."""
        if not self._current.is_file():
            return None
        with storage_errors(f"cannot read {self._current}"):
            name = read_record(self._current).decode(errors="replace").strip()
        return name if name in self.names() or named_file(name) else None

    @property
    def usual(self) -> str:
        """The model chosen last, or the first one to talk to."""
        return self.current or self._first

    def choose(self, reference: str) -> None:
        """Remember a model, by its name or else its path, as the one last chosen."""
        _, path = self._find(reference)
        lasting = reference if reference in self.names() else path_text(path.absolute())
        replace_file(self._current, lasting.encode())

    def rename(self, name: str, to: str, note: Callable[[], None]) -> None:
        """Give an own model another name; `note` has others note it, before the old name is gone.

        Raises UsageError for a name that is not one's own, cannot be, or is taken.
        """
        self._check_own(name, "renamed")
        check_model_name(to, "choose another name")
        if to in self.names():
            raise UsageError(f"there is a model {to} already", "choose another name")
        was_current = self.current == name
        with storage_errors(f"cannot read {self._names / name}"):
            replace_file(self._names / to, read_record(self._names / name))
        note()
        if was_current:
            self.choose(to)
        with storage_errors(f"cannot remove {self._names / name}"):
            (self._names / name).unlink()

    def check_removable(self, name: str) -> None:
        """UsageError for a name that is not one of the person's own models."""
        self._check_own(name, "removed")

    def _check_own(self, name: str, done: str) -> None:
        """UsageError for a name that no own model has."""
        own = self.own_names()
        if name in own:
            return
        if name in self._shipped:
            raise UsageError(
                f"{name} comes with charplay and cannot be {done}",
                "`models` shows which models are your own",
            )
        raise unknown("model", name, own, "models")

    def remove(self, name: str, needed: Collection[str] = ()) -> str:
        """Remove a name, and its model's file if nothing else needs it; the model's digest.

        `needed` are digests that something besides the names needs.
        """
        self._check_own(name, "removed")
        digest = self._digest_or_none(name) or ""
        with storage_errors(f"cannot remove {self._names / name}"):
            (self._names / name).unlink()
            if digest and self._path(digest) in self.unneeded(needed):
                self._path(digest).unlink(missing_ok=True)
        return digest

    def own_digest(self, name: str) -> str | None:
        """The digest of the own model of a name; None where there is none, or it is damaged."""
        return self._digest_or_none(name) if name in self.own_names() else None

    def is_shipped(self, name: str) -> bool:
        """Whether a model of that name comes with charplay."""
        return name in self._shipped

    def file(self, reference: str) -> Path:
        """The path of a model's file."""
        return self._find(reference)[1]

    def _find(self, reference: str) -> tuple[str, Path]:
        """The name and the path of the model that a name, a digest or a path means."""
        own = self.own_names()
        if reference in own:
            return reference, self._path(self._named_digest(reference))
        if reference in self._shipped:
            return reference, self._shipped[reference]
        path = named_file(reference)
        if path is not None and path.is_file():
            return path_text(PurePath(path.stem)), path
        if _DIGEST.fullmatch(reference):
            matches = sorted(self._folder.glob(f"{reference}*{SUFFIX}"))
            matches = matches or self._shipped_with(reference)
            if len(matches) == 1:
                return reference[:12], matches[0]
        raise _no_model(reference, {*own, *self._shipped})

    def _shipped_with(self, digest: str) -> list[Path]:
        """The files of shipped models whose digest begins with these digits."""
        paths = self._shipped.values()
        return [path for path in paths if _header_of(path).digest.startswith(digest)]

    def _read_name(self, name: str) -> str:
        """The whole text of a name's file."""
        with storage_errors(f"cannot read {self._names / name}"):
            return read_record(self._names / name).decode(errors="replace")

    def _named_digest(self, name: str) -> str:
        """The digest at which a name points; ModelFileError where its file holds none."""
        digest = self._read_name(name).partition("\n")[0].strip()
        if not _DIGEST.fullmatch(digest):
            raise ModelFileError(
                f"the library's entry {name!r} is damaged",
                f"train the model again, or remove {self._names / name}",
            )
        return digest

    def _digest_or_none(self, name: str) -> str | None:
        try:
            return self._named_digest(name)
        except (ModelFileError, StorageError):
            return None

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"


def _is_unchanged(opened: OpenModel) -> bool:
    """Whether the file of an open model still holds that model."""
    return _header_of(opened.path).digest == opened.digest


def _no_model(reference: str, names: Iterable[str]) -> CharplayError:
    """The error for a reference to nothing."""
    typed = PurePath(reference)
    if typed.suffix == SUFFIX or len(typed.parts) > 1:
        return ModelFileError(f"there is no model file {typed}", "`models` lists the models here")
    return unknown("model", reference, names, "models")


def _header_of(path: Path) -> Header:
    """The header of a model's file; all that checks one is imported with the first that is read."""
    from charplay.models.header import read_header

    return read_header(path)


def _missing_backend(name: str, header: Header, hint: str) -> BackendMissingError:
    """The error for a model that cannot be loaded, with what to install for it."""
    needed = f"{name} needs the backend {header.backend!r}"
    if not header.offered_by:
        return BackendMissingError(f"{needed}, which is not installed", hint)
    packages = " ".join(each.partition(" ")[0] for each in header.offered_by)
    return BackendMissingError(
        f"{needed} of {header.offered_by[0]}, which is not installed or left out",
        f"pip install {packages}; `plugins` lists what is here",
    )


def check_model_name(name: str, instead: str = "choose another with --name") -> str:
    """The name, if a model may have it; UsageError that says what to do `instead` otherwise."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a model",
            f"{instead}: letters, digits, spaces, dashes and dots, at most 64",
        )
    return name
