"""Reading texts: a list of names, one a line, or prose, one stream."""

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


@dataclass(frozen=True, eq=False)
class Prose:
    """One continuous text: its characters as tokens of its vocabulary, in memory or mapped."""

    tokens: NarrowTokens = field(repr=False)
    vocabulary: Vocabulary
    source: str
    sha256: str
    kind: Literal["prose"] = "prose"

    @classmethod
    def of(cls, text: str, source: str, sha256: str) -> "Prose":
        """The prose of a text in memory."""
        vocabulary = Vocabulary.of(text)
        return cls(encode_narrow(vocabulary, text), vocabulary, source, sha256)

    @property
    def text(self) -> str:
        """The whole text, which for a large one is much: `pieces_of` gives it in parts."""
        return self.vocabulary.decode(self.tokens)

    @property
    def characters(self) -> int:
        """Characters in the text."""
        return len(self.tokens)

    def split(self, share: float) -> tuple["Prose", "Prose"]:
        """(training, held out): the last share of the text is held out."""
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


def pieces_of(corpus: Corpus) -> Iterator[str]:
    """The text as a file of it would have it, every name ended by a newline, in some pieces."""
    if corpus.kind == "names":
        yield "".join(name + NEWLINE for name in corpus.names)
        return
    for start in range(0, corpus.characters, PIECE):
        yield corpus.vocabulary.decode(corpus.tokens[start : start + PIECE])


def lines_of(corpus: Corpus) -> Iterator[str]:
    """The names of a list, the lines of prose that are not blank."""
    begun: list[str] = []
    for piece in pieces_of(corpus):
        head, *more = piece.split(NEWLINE)
        begun.append(head)
        for line in more:
            yield from _unless_blank(begun)
            begun = [line]
    yield from _unless_blank(begun)


def _unless_blank(parts: list[str]) -> Iterator[str]:
    line = "".join(parts)
    if line.strip():
        yield line


def split_corpus(corpus: Corpus, share: float) -> tuple[Corpus, Corpus]:
    """(training, held out) parts of a corpus; CorpusError where it is too small to part."""
    return corpus.split(share)


LONGEST_NAME = 40
MOST_WORDS = 4


def guess_kind(pieces: Iterable[str]) -> Kind:
    """`names` where every line is as short as a name, else `prose`; read no further than needed."""
    names = words = 0
    begun = ""
    for piece in chain(pieces, (NEWLINE,)):
        *lines, begun = (begun + piece).split(NEWLINE)
        counts = [len(line.split()) for line in lines]
        if max(map(len, (*lines, begun))) > LONGEST_NAME or max(counts, default=0) > MOST_WORDS:
            return "prose"
        names += len(counts) - counts.count(0)
        words += sum(counts)
    return "names" if names > 1 and words <= 2 * names else "prose"


def load_corpus(
    choice: TextChoice, entries: Mapping[str, CorpusEntry], home: Path | None = None
) -> Corpus:
    """The text of a registered corpus or of a file.

    Prose too large for one piece is encoded into a file under `home`, once, and mapped from there;
    without a home its tokens stay in memory. Raises UsageError where nothing has that name,
    CorpusError where the text cannot be read or has to be fetched first.
    """
    entry = entries.get(choice.corpus)
    if entry is not None:
        if choice.kind not in (None, entry.kind):
            raise UsageError(
                f"the corpus {entry.name} is {entry.kind}, not {choice.kind}", "leave out the kind"
            )
        if entry.path is None:
            raise CorpusError(f"{entry.name} is not fetched yet", f"corpora fetch {entry.name}")
        return _parsed(entry.name, entry.path, replace(choice, kind=entry.kind), home)
    path = named_file(choice.corpus)
    if path is None:
        typed = PurePath(choice.corpus)
        if typed.suffix or len(typed.parts) > 1:
            raise UsageError(f"there is no file {choice.corpus}", "corpora lists the texts at hand")
        raise unknown("corpus or file", choice.corpus, entries, "corpora")
    return _parsed(choice.corpus, path, choice, home)


def load_stage_texts(
    choice: TextChoice,
    plan: Plan,
    entries: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> dict[str, Corpus]:
    """The texts that a plan's stages name, each read as the run's own is; errors as `load_corpus`.

    `choice` is the run's own text, its kind told.
    """
    return {name: load_corpus(replace(choice, corpus=name), entries, home) for name in plan.texts}


def _parsed(source: str, path: Traversable, choice: TextChoice, home: Path | None) -> Corpus:
    if path.name.lower().endswith(".csv"):
        return _of_table(source, TextReader(source, path), choice)
    if choice.column:
        raise UsageError(f"{source} is not a .csv file, so it has no columns", "leave out --column")
    reading = TextReader(source, path, choice.lower)
    if (choice.kind or guess_kind(reading)) == "names":
        return _names(source, "".join(reading), reading.sha256)
    if home is None or reading.small:
        return _in_memory(source, reading, reading.sha256)
    return _mapped(source, reading, TokenCache(home, reading.sha256 + "-lower" * choice.lower))


def _of_table(source: str, reading: TextReader, choice: TextChoice) -> Corpus:
    text = NEWLINE.join(_column(source, "".join(reading), choice.column))
    if choice.lower:
        text = text.lower()
    if choice.kind == "prose":
        return _in_memory(source, [text], reading.sha256)
    return _names(source, text, reading.sha256)


def _in_memory(source: str, pieces: Iterable[str], sha256: str) -> Prose:
    """Prose of pieces, which are gone through twice."""
    vocabulary = _vocabulary(source, pieces)
    tokens = np.concatenate(list(_encoded(source, vocabulary, pieces)))
    return Prose(tokens, vocabulary, source, sha256)


def _mapped(source: str, reading: TextReader, kept: TokenCache) -> Prose:
    """Prose whose tokens are mapped, encoded first where nobody has."""
    found = kept.read()
    if found is None:
        vocabulary = _vocabulary(source, reading)
        found = kept.write(vocabulary, _encoded(source, vocabulary, reading))
    vocabulary, tokens = found
    return Prose(tokens, vocabulary, source, reading.sha256)


def _encoded(source: str, vocabulary: Vocabulary, pieces: Iterable[str]) -> Iterator[NarrowTokens]:
    """Tokens of pieces; CorpusError where one has come to hold a character that was not there."""
    for piece in pieces:
        try:
            yield encode_narrow(vocabulary, piece)
        except KeyError as error:
            raise changed_error(source) from error


def _vocabulary(source: str, pieces: Iterable[str]) -> Vocabulary:
    """The vocabulary of a text; CorpusError where it is blank."""
    characters: set[str] = set()
    for piece in pieces:
        characters.update(piece)
    vocabulary = Vocabulary.of("".join(characters))
    if not vocabulary.characters.strip():
        raise CorpusError(f"{source} is empty", "give a text with some characters in it")
    return vocabulary


def _names(source: str, text: str, sha256: str) -> NameList:
    names = tuple(line.strip() for line in text.split(NEWLINE) if line.strip())
    if not names:
        raise CorpusError(f"{source} is empty", "give a text with some characters in it")
    if len(names) < 2:
        raise CorpusError(
            f"{source} has only one line, and a list of names needs two or more",
            "put one name on each line, or read it as a text with --kind prose",
        )
    return NameList(names, source, sha256)


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
