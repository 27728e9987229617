"""Which corpora there are: those that plugins offer, and those kept in the data home.

corpora/<name>.txt     a text of the person's own, or one that was fetched: UTF-8, newlines
corpora/<name>.json    what is known of it; written last and removed first, so that a text
                       without one was never kept whole
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from charplay.errors import UsageError
from charplay.files import open_replacement, replace_file, storage_errors
from charplay.plan import KINDS
from charplay.text.entry import CorpusEntry, Download

if TYPE_CHECKING:
    from charplay.text.corpus import Corpus

_NAME = re.compile(r"\w[\w.+-]{0,63}")
_TEXT, _RECORD = ".txt", ".json"
_WORDS = ("summary", "licence", "source")
_COUNTS = ("size", "distinct")


@dataclass(frozen=True)
class StoredText:
    """A text of the data home: its entry, or what is wrong with it."""

    name: str
    entry: CorpusEntry | None
    fault: str = ""


class StoredTexts:
    """The person's own texts and the fetched ones, in one data home."""

    def __init__(self, home: Path) -> None:
        self._folder = home / "corpora"

    def all(self) -> list[StoredText]:
        """Every kept text, in the order of their names; a damaged one does not hide the others."""
        with storage_errors(f"cannot read {self._folder}"):
            if not self._folder.is_dir():
                return []
            records = sorted(self._folder.glob(f"[!.]*{_RECORD}"))
        return [self._kept(record.name.removesuffix(_RECORD)) for record in records]

    def _kept(self, name: str) -> StoredText:
        try:
            record = json.loads(self._path(name, _RECORD).read_bytes())
            entry = _entry(name, record, self._path(name, _TEXT))
        except (OSError, ValueError, KeyError, TypeError):
            return StoredText(name, None, f"what is known of the text {name} cannot be read")
        if not self._path(name, _TEXT).is_file():
            return StoredText(name, None, f"the file of the text {name} is missing")
        return StoredText(name, entry)

    def keep(self, entry: CorpusEntry, corpus: "Corpus") -> CorpusEntry:
        """Keep a text by its entry's name, in place of one that is there; the entry as kept.

        Sizes are counted here, once. Raises UsageError where the name cannot be a file's.
        """
        from charplay.text.corpus import pieces_of

        name = check_corpus_name(entry.name)
        entry = replace(
            entry,
            kind=corpus.kind,
            path=self._path(name, _TEXT),
            size=len(corpus.names) if corpus.kind == "names" else corpus.characters,
            distinct=len(corpus.vocabulary),
        )
        self.remove(name)
        with open_replacement(self._path(name, _TEXT)) as stream:
            stream.writelines(piece.encode() for piece in pieces_of(corpus))
        record = json.dumps(_record(entry), indent=1, ensure_ascii=False)
        replace_file(self._path(name, _RECORD), record.encode())
        return entry

    def remove(self, name: str) -> None:
        """Take a text away, if it is there."""
        with storage_errors(f"cannot remove {name}"):
            for suffix in (_RECORD, _TEXT):
                self._path(name, suffix).unlink(missing_ok=True)

    def _path(self, name: str, suffix: str) -> Path:
        return self._folder / f"{name}{suffix}"


def _record(entry: CorpusEntry) -> dict[str, Any]:
    fields = {name: getattr(entry, name) for name in ("kind", *_WORDS, *_COUNTS)}
    return fields | {"download": asdict(entry.download) if entry.download else None}


def _entry(name: str, record: Any, path: Path) -> CorpusEntry:
    """The entry of a record; ValueError, KeyError or TypeError where it is none."""
    words = {key: record[key] for key in _WORDS}
    counts = {key: record[key] for key in _COUNTS}
    if record["kind"] not in KINDS or not all(isinstance(word, str) for word in words.values()):
        raise ValueError(record)
    if not all(isinstance(count, int) for count in counts.values()):
        raise ValueError(record)
    download = Download(**record["download"]) if record["download"] else None
    if download and not isinstance(download.url, str):
        raise ValueError(record)
    return CorpusEntry(
        name=name, kind=record["kind"], path=path, download=download, **words, **counts
    )


def available_corpora(offered: Mapping[str, CorpusEntry], home: Path) -> dict[str, CorpusEntry]:
    """All corpora by name: the offered ones, those that were fetched with their file, then the own.

    Where both have a name it is the offered one's, so that a recipe finds the text it was made for.
    """
    kept = {text.name: text.entry for text in StoredTexts(home).all() if text.entry}
    at_hand = {name: _located(entry, kept.get(name)) for name, entry in offered.items()}
    return at_hand | {name: entry for name, entry in kept.items() if name not in offered}


def _located(entry: CorpusEntry, kept: CorpusEntry | None) -> CorpusEntry:
    """The entry, with the file that was fetched for it."""
    if kept is None or not fetched_for(entry, kept):
        return entry
    return replace(entry, path=kept.path, size=kept.size, distinct=kept.distinct)


def fetched_for(entry: CorpusEntry, kept: CorpusEntry) -> bool:
    """Whether a kept text is the one that an offered entry would fetch."""
    return entry.path is None and entry.download is not None and entry.download == kept.download


def check_corpus_name(name: str) -> str:
    """The name, if a text may be kept by it; UsageError otherwise."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be the name of a text",
            "give another with --name: letters, digits, dashes and dots, 64 at most",
        )
    return name


def check_free(name: str, taken: Iterable[str]) -> str:
    """The name, if no text has it; UsageError otherwise. Some disks do not tell case apart."""
    for other in taken:
        if other.casefold() == name.casefold():
            raise UsageError(f"there is a corpus {other} already", "give another name: --name NAME")
    return name
