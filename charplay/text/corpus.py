"""Reading texts: a list of names, one a line, or prose, one stream."""

import codecs
import csv
import gzip
import hashlib
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources.abc import Traversable
from pathlib import PurePath
from typing import Literal, TypeAlias

import numpy as np

from charplay.errors import CorpusError, UsageError, unknown
from charplay.files import named_file
from charplay.plan import KINDS, Kind, Plan, TextChoice
from charplay.text.entry import CorpusEntry
from charplay.text.vocabulary import NEWLINE, Vocabulary

# One key for every run: the same list always keeps the same tenth, so figures compare.
_HOLD_OUT_KEY = (0, 0x686F6C64)


@dataclass(frozen=True)
class NameList:
    """Examples one a line, in the file's order and with its repeats."""

    names: tuple[str, ...]
    source: str
    sha256: str
    kind: Literal["names"] = "names"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Characters of the names, and the newline that ends each."""
        return Vocabulary.of("".join(self.names) + NEWLINE)

    @property
    def characters(self) -> int:
        """Characters that a model is asked to predict: letters and one newline a name."""
        return sum(map(len, self.names)) + len(self.names)

    def split(self, share: float) -> tuple["NameList", "NameList"]:
        """(training, held out): a seeded share of the distinct names, repeats kept together."""
        distinct = list(dict.fromkeys(self.names))
        count = round(len(distinct) * share)
        if share and not 0 < count < len(distinct):
            raise CorpusError(
                f"{self.source} has {len(distinct)} distinct names, too few to hold any out",
                "train on all of them with --set held-out=0",
            )
        generator = np.random.Generator(np.random.Philox(key=_HOLD_OUT_KEY))
        chosen = {distinct[i] for i in generator.permutation(len(distinct))[:count]}
        kept = tuple(name for name in self.names if name not in chosen)
        held = tuple(name for name in self.names if name in chosen)
        return NameList(kept, self.source, self.sha256), NameList(held, self.source, self.sha256)


@dataclass(frozen=True)
class Prose:
    """One continuous text."""

    text: str = field(repr=False)
    source: str
    sha256: str
    kind: Literal["prose"] = "prose"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """Characters of the text."""
        return Vocabulary.of(self.text)

    @property
    def characters(self) -> int:
        """Characters in the text."""
        return len(self.text)

    def split(self, share: float) -> tuple["Prose", "Prose"]:
        """(training, held out): the last share of the text is held out."""
        cut = len(self.text) - round(len(self.text) * share)
        if share and not 1 < cut < len(self.text) - 1:
            raise CorpusError(
                f"{self.source} has {len(self.text)} characters, too few to hold any out",
                "train on all of them with --set held-out=0",
            )
        return (
            Prose(self.text[:cut], self.source, self.sha256),
            Prose(self.text[cut:], self.source, self.sha256),
        )


Corpus: TypeAlias = NameList | Prose


def text_of(corpus: Corpus) -> str:
    """The whole text, as a file of it would have it: every name ended by a newline."""
    if corpus.kind == "names":
        return "".join(name + NEWLINE for name in corpus.names)
    return corpus.text


def split(corpus: Corpus, share: float) -> tuple[Corpus, Corpus]:
    """(training, held out) parts of a corpus; CorpusError where it is too small to part."""
    return corpus.split(share)


LONGEST_NAME = 40
MOST_WORDS_IN_A_NAME = 4


def guess_kind(text: str) -> Kind:
    """`names` where every line is as short as a name, else `prose`."""
    lines = text.split(NEWLINE)
    short = all(len(line) <= LONGEST_NAME for line in lines)
    words = [len(line.split()) for line in lines if line.strip()]
    few = bool(words) and sum(words) <= 2 * len(words) and max(words) <= MOST_WORDS_IN_A_NAME
    return "names" if len(words) > 1 and short and few else "prose"


def load_corpus(choice: TextChoice, entries: Mapping[str, CorpusEntry]) -> Corpus:
    """The text of a registered corpus or of a file.

    Raises UsageError where nothing has that name, CorpusError where the text cannot be read or
    has to be fetched first.
    """
    entry = entries.get(choice.corpus)
    if entry is not None:
        if choice.kind not in (None, entry.kind):
            raise UsageError(
                f"the corpus {entry.name} is {entry.kind}, not {choice.kind}", "leave out the kind"
            )
        if entry.path is None:
            raise CorpusError(f"{entry.name} is not fetched yet", f"corpora fetch {entry.name}")
        return _parsed(entry.name, entry.path, choice, entry.kind)
    path = named_file(choice.corpus)
    if path is None:
        typed = PurePath(choice.corpus)
        if typed.suffix or len(typed.parts) > 1:
            raise UsageError(f"there is no file {choice.corpus}", "corpora lists the texts at hand")
        raise unknown("corpus or file", choice.corpus, entries, "corpora")
    return _parsed(choice.corpus, path, choice, None)


def load_others(
    choice: TextChoice, plan: Plan, entries: Mapping[str, CorpusEntry]
) -> dict[str, Corpus]:
    """The texts that a plan's stages name, each read as the run's own is; errors as `load_corpus`.

    `choice` is the run's own text, its kind told.
    """
    return {name: load_corpus(replace(choice, corpus=name), entries) for name in plan.texts}


def _parsed(source: str, path: Traversable, choice: TextChoice, kind: Kind | None) -> Corpus:
    raw = _read(source, path)
    text = _decoded(source, raw)
    if path.name.lower().endswith(".csv"):
        text, kind = NEWLINE.join(_column(source, text, choice.column)), "names"
    elif choice.column:
        raise UsageError(f"{source} is not a .csv file, so it has no columns", "leave out --column")
    if choice.lower:
        text = text.lower()
    if choice.kind in KINDS:
        kind = "names" if choice.kind == "names" else "prose"
    return _corpus(source, text, hashlib.sha256(raw).hexdigest(), kind or guess_kind(text))


def _corpus(source: str, text: str, sha256: str, kind: Kind) -> Corpus:
    if not text.strip():
        raise CorpusError(f"{source} is empty", "give a text with some characters in it")
    if kind == "prose":
        return Prose(text, source, sha256)
    names = tuple(line.strip() for line in text.split(NEWLINE) if line.strip())
    if len(names) < 2:
        raise CorpusError(
            f"{source} has only one line, and a list of names needs two or more",
            "put one name on each line, or read it as a text with --kind prose",
        )
    return NameList(names, source, sha256)


def _read(source: str, path: Traversable) -> bytes:
    if path.is_dir():
        raise CorpusError(f"{source} is a folder", "name a file in it")
    if not path.is_file():
        raise CorpusError(f"{source} is no file that stays", "save the text in a file, and name it")
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CorpusError(
            f"{source} cannot be read: {error.strerror}", "see that you may read the file"
        ) from error
    return _unpacked(source, raw) if path.name.lower().endswith(".gz") else raw


def _unpacked(source: str, raw: bytes) -> bytes:
    """What is inside a .gz: the text's checksum is then the same however it was packed."""
    try:
        return gzip.decompress(raw)
    except (EOFError, OSError, zlib.error) as error:
        raise CorpusError(f"{source} is not a whole .gz file", "give the text unpacked") from error


def _decoded(source: str, raw: bytes) -> str:
    """Text of UTF-8 bytes, without byte order mark, lines ended by a newline."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise CorpusError(f"{source} is UTF-16", "save it as UTF-8")
    if b"\x00" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\x00")) + 1
        raise CorpusError(
            f"{source} is not a text: line {line} has a zero byte", "give a plain text file"
        )
    raw = raw.removeprefix(codecs.BOM_UTF8)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        byte = error.start - (before.rfind(b"\n") + 1) + 1
        raise CorpusError(
            f"{source} is not UTF-8: line {line}, byte {byte} is 0x{raw[error.start]:02x}",
            "save it as UTF-8",
        ) from error
    return text.replace("\r\n", NEWLINE).replace("\r", NEWLINE)


def _column(source: str, text: str, name: str | None) -> list[str]:
    """The cells of one column, without its header where a name was given."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise CorpusError(f"{source} is not a table: {error}", "check its quotes") from error
    if not rows:
        return []
    header = [cell.strip() for cell in rows[0]]
    if name is None:
        if len(header) == 1:
            return [row[0] for row in rows]
        raise UsageError(
            f"{source} has {len(header)} columns",
            f"choose one with --column: {', '.join(header)}",
        )
    if name not in header:
        raise unknown(f"column of {source}", name, header)
    place = header.index(name)
    return [row[place] for row in rows[1:] if len(row) > place]
