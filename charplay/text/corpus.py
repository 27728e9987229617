"""The text that a model learns: a list of names, or prose; and how a file is read as one."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import chain
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

import numpy as np

from charplay.errors import CorpusError, UsageError, unknown
from charplay.files import named_file
from charplay.plan import Kind, Plan, TextChoice
from charplay.text.entry import CorpusEntry
from charplay.text.reading import PIECE, TextReader, changed_error
from charplay.text.token_cache import NarrowTokens, TokenCache, encode_narrow
from charplay.text.vocabulary import NEWLINE, Vocabulary

# The same key in every run: a list always holds out the same names, so figures can be compared.
_HOLD_OUT_KEY = (0, 0x686F6C64)


@dataclass(frozen=True)
class NameList:
    """A list of names, one per line of its file, in the file's order and with its repeats."""

    names: tuple[str, ...]
    source: str
    sha256: str
    kind: Literal["names"] = "names"

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters of the names, and the newline that ends each name."""
        return Vocabulary.of("".join(self.names) + NEWLINE)

    @property
    def characters(self) -> int:
        """How many characters a model has to predict: the letters, and a newline for each name."""
        return sum(map(len, self.names)) + len(self.names)

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.names)

    def pieces(self) -> Iterator[str]:
        """The text as a file has it, every name ended by a newline."""
        yield "".join(name + NEWLINE for name in self.names)

    def split(self, share: float) -> tuple["NameList", "NameList"]:
        """(training, held out): a random share of the distinct names, each with all its repeats.

        The same names in every run. Raises CorpusError if there are too few.
        """
        distinct = list(dict.fromkeys(self.names))
        count = round(len(distinct) * share)
        if share and not 0 < count < len(distinct):
            raise CorpusError(
                f"{self.source} has {len(distinct)} distinct names, too few to hold any out",
                "train on all of them with --set held-out=0",
            )
        generator = np.random.Generator(np.random.Philox(key=_HOLD_OUT_KEY))
        chosen = {distinct[i] for i in generator.permutation(len(distinct))[:count]}
        training = tuple(name for name in self.names if name not in chosen)
        held_out = tuple(name for name in self.names if name in chosen)
        return replace(self, names=training), replace(self, names=held_out)


@dataclass(frozen=True, eq=False)
class Prose:
    """One continuous text, as tokens of its own vocabulary, in memory or in a mapped file."""

    tokens: NarrowTokens = field(repr=False)
    vocabulary: Vocabulary
    source: str
    sha256: str
    kind: Literal["prose"] = "prose"

    @classmethod
    def of(cls, text: str, source: str, sha256: str) -> "Prose":
        """The prose of a text that is in memory."""
        vocabulary = Vocabulary.of(text)
        return cls(encode_narrow(vocabulary, text), vocabulary, source, sha256)

    @property
    def text(self) -> str:
        """The whole text, which may take much memory; `pieces` gives it in parts."""
        return self.vocabulary.decode(self.tokens)

    @property
    def characters(self) -> int:
        """How many characters the text has."""
        return len(self.tokens)

    @property
    def size(self) -> int:
        """How many characters the text has."""
        return len(self.tokens)

    def pieces(self) -> Iterator[str]:
        """The text in parts of up to PIECE characters."""
        for start in range(0, self.characters, PIECE):
            yield self.vocabulary.decode(self.tokens[start : start + PIECE])

    def split(self, share: float) -> tuple["Prose", "Prose"]:
        """(training, held out): the end of the text is held out; CorpusError if it is too short."""
        cut = self.characters - round(self.characters * share)
        if share and not 1 < cut < self.characters - 1:
            raise CorpusError(
                f"{self.source} has {self.characters} characters, too few to hold any out",
                "train on all of them with --set held-out=0",
            )
        return (
            replace(self, tokens=self.tokens[:cut]),
            replace(self, tokens=self.tokens[cut:]),
        )


Corpus: TypeAlias = NameList | Prose


def lines_of(corpus: Corpus) -> Iterator[str]:
    """The names of a list, or the lines of prose that are not blank."""
    parts: list[str] = []
    for piece in corpus.pieces():
        head, *more = piece.split(NEWLINE)
        parts.append(head)
        for line in more:
            yield from _line_unless_blank(parts)
            parts = [line]
    yield from _line_unless_blank(parts)


def _line_unless_blank(parts: list[str]) -> Iterator[str]:
    line = "".join(parts)
    if line.strip():
        yield line


def split_corpus(corpus: Corpus, share: float) -> tuple[Corpus, Corpus]:
    """(training, held out): two parts of a corpus; CorpusError if it is too small."""
    return corpus.split(share)


LONGEST_NAME = 40
MOST_WORDS = 4


def guess_kind(pieces: Iterable[str]) -> Kind:
    """`names` if every line is as short as a name, else `prose`; reads only as far as needed."""
    names = words = 0
    rest = ""
    for piece in chain(pieces, (NEWLINE,)):
        *lines, rest = (rest + piece).split(NEWLINE)
        counts = [len(line.split()) for line in lines]
        if max(map(len, (*lines, rest))) > LONGEST_NAME or max(counts, default=0) > MOST_WORDS:
            return "prose"
        names += len(counts) - counts.count(0)
        words += sum(counts)
    return "names" if names > 1 and words <= 2 * names else "prose"


def load_corpus(
    choice: TextChoice, entries: Mapping[str, CorpusEntry], home: Path | None = None
) -> Corpus:
    """The text of a corpus by name, or of a file.

    Prose that is larger than one piece is encoded once, into a file under `home`, and mapped from
    there; without a home its tokens stay in memory. Raises UsageError if there is no such corpus or
    file, CorpusError if the text cannot be read or has to be fetched first.
    """
    entry = entries.get(choice.corpus)
    if entry is not None:
        if choice.kind not in (None, entry.kind):
            raise UsageError(
                f"the corpus {entry.name} is {entry.kind}, not {choice.kind}", "leave out --kind"
            )
        if entry.path is None:
            raise CorpusError(f"{entry.name} is not fetched yet", f"`corpora fetch {entry.name}`")
        return _read_corpus(entry.name, entry.path, replace(choice, kind=entry.kind), home)
    path = named_file(choice.corpus)
    if path is None:
        typed = PurePath(choice.corpus)
        if typed.suffix or len(typed.parts) > 1:
            raise UsageError(
                f"there is no file {choice.corpus}", "`corpora` lists the texts by name"
            )
        raise unknown("corpus or file", choice.corpus, entries, "corpora")
    return _read_corpus(choice.corpus, path, choice, home)


def load_stage_texts(
    choice: TextChoice,
    plan: Plan,
    entries: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> dict[str, Corpus]:
    """The texts that a plan's stages name, each read as `choice` says; errors as in `load_corpus`.

    `choice` is the run's own text, its kind included.
    """
    return {name: load_corpus(replace(choice, corpus=name), entries, home) for name in plan.texts}


def _read_corpus(source: str, path: Traversable, choice: TextChoice, home: Path | None) -> Corpus:
    if path.name.lower().endswith(".csv"):
        return _read_table(source, TextReader(source, path), choice)
    if choice.column:
        raise UsageError(f"{source} is not a .csv file, so it has no columns", "leave out --column")
    reading = TextReader(source, path, choice.lower)
    if (choice.kind or guess_kind(reading)) == "names":
        return _parse_names(source, "".join(reading), reading.sha256)
    if home is None or reading.small:
        return _encode_prose(source, reading, reading.sha256)
    return _map_prose(source, reading, TokenCache(home, reading.sha256 + "-lower" * choice.lower))


def _read_table(source: str, reading: TextReader, choice: TextChoice) -> Corpus:
    text = NEWLINE.join(_read_column(source, "".join(reading), choice.column))
    if choice.lower:
        text = text.lower()
    if choice.kind == "prose":
        return _encode_prose(source, [text], reading.sha256)
    return _parse_names(source, text, reading.sha256)


def _encode_prose(source: str, pieces: Iterable[str], sha256: str) -> Prose:
    """The prose of pieces, in memory; they are read twice."""
    vocabulary = _collect_vocabulary(source, pieces)
    tokens = np.concatenate(list(_encode_pieces(source, vocabulary, pieces)))
    return Prose(tokens, vocabulary, source, sha256)


def _map_prose(source: str, reading: TextReader, cache: TokenCache) -> Prose:
    """Prose whose tokens are mapped from a cache, which is filled first if it is empty."""
    found = cache.read()
    if found is None:
        vocabulary = _collect_vocabulary(source, reading)
        found = cache.write(vocabulary, _encode_pieces(source, vocabulary, reading))
    vocabulary, tokens = found
    return Prose(tokens, vocabulary, source, reading.sha256)


def _encode_pieces(
    source: str, vocabulary: Vocabulary, pieces: Iterable[str]
) -> Iterator[NarrowTokens]:
    """The tokens of pieces; CorpusError for a character that an earlier reading did not find."""
    for piece in pieces:
        try:
            yield encode_narrow(vocabulary, piece)
        except KeyError as error:
            raise changed_error(source) from error


def _collect_vocabulary(source: str, pieces: Iterable[str]) -> Vocabulary:
    """The vocabulary of a text; CorpusError if it is blank."""
    characters: set[str] = set()
    for piece in pieces:
        characters.update(piece)
    vocabulary = Vocabulary.of("".join(characters))
    if not vocabulary.characters.strip():
        raise CorpusError(f"{source} is empty", "give a text with some characters in it")
    return vocabulary


def _parse_names(source: str, text: str, sha256: str) -> NameList:
    names = tuple(line.strip() for line in text.split(NEWLINE) if line.strip())
    if not names:
        raise CorpusError(f"{source} is empty", "give a text with some characters in it")
    if len(names) < 2:
        raise CorpusError(
            f"{source} has only one line, and a list of names needs two or more",
            "put one name on each line, or read it as a text with --kind prose",
        )
    return NameList(names, source, sha256)


def _read_column(source: str, text: str, name: str | None) -> list[str]:
    """The cells of one column, without its header if the column is named."""
    try:
        rows = [row for row in csv.reader(io.StringIO(text), strict=True) if row]
    except csv.Error as error:
        raise CorpusError(
            f"{source} is not a table: {error}", "check its quotation marks"
        ) from error
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
