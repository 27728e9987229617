"""The corpora by name: those that plugins offer, and those stored in the data home.

corpora/<name>.txt     a text that the person added, or one that was fetched: UTF-8, newlines
corpora/<name>.json    its record; written last and removed first, so a text without a record was
                       never stored completely
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Required, TypedDict

from charplay.errors import UsageError
from charplay.files import open_replacement, storage_errors
from charplay.kind import Kind
from charplay.options import build, option_values
from charplay.plan import TextChoice
from charplay.readable import read_record
from charplay.text.entry import CorpusEntry, Download
from charplay.text.reading.text_reading import TextReading
from charplay.typed_values import LARGEST_WHOLE, Within, check_fields, check_value

if TYPE_CHECKING:
    from charplay.text.corpus import Corpus

_NAME = re.compile(r"\w[\w.+-]{0,63}")
_TEXT, _RECORD = ".txt", ".json"
_TEXT_FIELDS = ("summary", "licence", "source")
_COUNT_FIELDS = ("size", "distinct")
_Count = Annotated[int, Within(0, LARGEST_WHOLE)]


class _Record(TypedDict, total=False):
    """What a record holds; those of older versions and of fetched texts tell of no reading."""

    kind: Required[Kind]
    summary: Required[str]
    licence: Required[str]
    source: Required[str]
    size: Required[_Count]
    distinct: Required[_Count]
    download: Required[dict[str, Any] | None]
    text: dict[str, Any] | None
    notes: list[Any]


@dataclass(frozen=True)
class StoredText:
    """A text in the data home: its entry, or what is wrong with it."""

    name: str
    entry: CorpusEntry | None
    fault: str = ""


class StoredTexts:
    """The texts stored in one data home: added by the person, or fetched."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "corpora"

    def all(self) -> list[StoredText]:
        """All stored texts by name; a damaged one does not hide the others."""
        with storage_errors(f"cannot read {self._folder}"):
            if not self._folder.is_dir():
                return []
            records = sorted(self._folder.glob(f"[!.]*{_RECORD}"))
        return [self._read(record.name.removesuffix(_RECORD)) for record in records]

    def _read(self, name: str) -> StoredText:
        try:
            record = json.loads(read_record(self._path(name, _RECORD)))
            entry = _parse_entry(name, record, self._path(name, _TEXT))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return StoredText(name, None, f"the record of the text {name} cannot be read")
        if not self._path(name, _TEXT).is_file():
            return StoredText(name, None, f"the file of the text {name} is missing")
        return StoredText(name, entry)

    def keep(self, entry: CorpusEntry, corpus: "Corpus") -> CorpusEntry:
        """Store a text under its entry's name, replacing an older one; the entry as stored.

        Counts the text's size and characters. Raises UsageError if the name cannot be a file's.
        """
        name = check_corpus_name(entry.name)
        entry = replace(
            entry,
            kind=corpus.kind,
            path=self._path(name, _TEXT),
            size=corpus.size,
            distinct=len(corpus.vocabulary),
        )
        record = json.dumps(_entry_record(entry), indent=1, ensure_ascii=False)
        text, described = self._path(name, _TEXT), self._path(name, _RECORD)
        # Both are written before an older text goes: a disk may be full. Then nobody finds either
        # of them with the other's counts.
        with open_replacement(described) as record_file, open_replacement(text) as text_file:
            record_file.write(record.encode())
            record_file.flush()
            text_file.writelines(piece.encode() for piece in corpus.pieces())
            text_file.flush()
            self.remove(name)
        return entry

    def remove(self, name: str) -> None:
        """Remove a text, if there is one of that name, and the tokens that were cached of it."""
        with storage_errors(f"cannot remove {name}"):
            self._remove_tokens(self._path(name, _TEXT))
            for suffix in (_RECORD, _TEXT):
                self._path(name, suffix).unlink(missing_ok=True)

    def _remove_tokens(self, text: Path) -> None:
        """Remove the tokens of a text, however it was read: their keys begin with its checksum."""
        tokens = self._folder.with_name("tokens")
        if not text.is_file() or not tokens.is_dir():
            return
        with text.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        for path in tokens.glob(f"{sha256}*"):
            path.unlink()

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / f"{name}{suffix}"


def _entry_record(entry: CorpusEntry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in ("kind", *_TEXT_FIELDS, *_COUNT_FIELDS)}
    return fields | {
        "download": asdict(entry.download) if entry.download else None,
        "text": option_values(entry.reading.choice) if entry.reading else None,
        "notes": list(entry.reading.notes) if entry.reading else [],
    }


def _parse_entry(name: str, record: Any, path: Path) -> CorpusEntry:
    """The entry that a record describes; ValueError, KeyError or TypeError for any other value."""
    check_value(record, _Record, "record")
    download = record["download"]
    if download:
        check_fields(download, Download)
    return CorpusEntry(
        name=name,
        path=path,
        download=Download(**download) if download else None,
        reading=_parse_reading(record),
        **{key: record[key] for key in ("kind", *_TEXT_FIELDS, *_COUNT_FIELDS)},
    )


def _parse_reading(record: Any) -> TextReading | None:
    """How a person's own file was read; None in records of older versions and of fetched texts."""
    if not record.get("text"):
        return None
    try:
        choice = build(TextChoice, record["text"])
    except UsageError as error:
        raise ValueError(record) from error
    return TextReading(choice, tuple(map(str, record["notes"])))


def available_corpora(offered: Mapping[str, CorpusEntry], home: Path) -> dict[str, CorpusEntry]:
    """All corpora by name: the offered ones, with the file of each one fetched, then the stored.

    If both have the same name it means the offered text, so that a recipe finds the one it is for.
    """
    stored = {text.name: text.entry for text in StoredTexts(home).all() if text.entry}
    found = {name: _with_fetched_file(entry, stored.get(name)) for name, entry in offered.items()}
    return found | {name: entry for name, entry in stored.items() if name not in offered}


def _with_fetched_file(entry: CorpusEntry, stored: CorpusEntry | None) -> CorpusEntry:
    """The entry, with the file that was fetched for it, if it was."""
    if stored is None or not fetched_for(entry, stored):
        return entry
    return replace(entry, path=stored.path, size=stored.size, distinct=stored.distinct)


def fetched_for(entry: CorpusEntry, stored: CorpusEntry) -> bool:
    """Whether a stored text is the one that an offered entry would fetch."""
    return entry.path is None and entry.download is not None and entry.download == stored.download


def check_corpus_name(name: str) -> str:
    """The name, if a text can be stored under it; else UsageError."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a text",
            "give another with --name: letters, digits, dashes and dots, at most 64",
        )
    return name


def check_free(name: str, taken: Iterable[str]) -> str:
    """The name, if no text has it; else UsageError. Case is ignored, as some file systems do."""
    for other in taken:
        if other.casefold() == name.casefold():
            raise UsageError(f"there is a corpus {other} already", "give another name: --name NAME")
    return name
