"""The text that a model learns: a list of names, or prose; and how a file is read as one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePath
from typing import Literal, TypeAlias

import numpy as np

from charplay.errors import CorpusError, UsageError, unknown
from charplay.files import named_file
from charplay.plan import Plan, TextChoice
from charplay.text.entry import CorpusEntry
from charplay.text.pieces import cut_in_pieces, distinct_characters, distinct_lines
from charplay.text.reading.document import Document, empty_error, read_document
from charplay.text.reading.encodings import UTF8, is_utf8
from charplay.text.reading.entry_reading import read_entry
from charplay.text.reading.reader import PIECE, TextReader, changed_error
from charplay.text.reading.text_reading import TextReading
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
    reading: TextReading = field(default=TextReading(), repr=False, compare=False)

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The characters of the names, and the newline that ends each name."""
        return Vocabulary.of("".join(distinct_characters(self.pieces())))

    @property
    def characters(self) -> int:
        """How many characters a model has to predict: the letters, and a newline for each name."""
        return sum(map(len, self.names)) + len(self.names)

    @property
    def size(self) -> int:
        """How many names there are."""
        return len(self.names)

    def pieces(self) -> Iterator[str]:
        """The text as a file has it, every name ended by a newline, in parts of many names."""
        for names in cut_in_pieces(self.names):
            yield "".join(name + NEWLINE for name in names)

    def split(self, share: float) -> tuple["NameList", "NameList"]:
        """(training, held out): a random share of the distinct names, each with all its repeats.

        The same names in every run. Raises CorpusError if there are too few.
        """
        distinct = list(distinct_lines(self.names))
        count = round(len(distinct) * share)
        if share and not 0 < count < len(distinct):
            raise CorpusError(
                f"{self.source} has {len(distinct)} distinct names, too few to hold any out",
                "train on all of them with --set held-out=0",
            )
        return self._split_names(distinct, count)

    def split_inner(self, share: float) -> tuple["NameList", "NameList"]:
        """(training, inner): as `split`; of a few names none may be inner."""
        distinct = list(distinct_lines(self.names))
        return self._split_names(distinct, round(len(distinct) * share))

    def _split_names(self, distinct: list[str], count: int) -> tuple["NameList", "NameList"]:
        generator = np.random.Generator(np.random.Philox(key=_HOLD_OUT_KEY))
        chosen = {distinct[i] for i in generator.permutation(len(distinct))[:count]}
        training = tuple(name for name in self.names if name not in chosen)
        others = tuple(name for name in self.names if name in chosen)
        return replace(self, names=training), replace(self, names=others)


@dataclass(frozen=True, eq=False)
class Prose:
    """One continuous text, as tokens of its own vocabulary, in memory or in a mapped file."""

    tokens: NarrowTokens = field(repr=False)
    vocabulary: Vocabulary
    source: str
    sha256: str
    kind: Literal["prose"] = "prose"
    reading: TextReading = field(default=TextReading(), repr=False)

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
        return self._split_at(cut)

    def split_inner(self, share: float) -> tuple["Prose", "Prose"]:
        """(training, inner): the start of the text is inner.

        Its end is the most like the part held out, and so the best to learn from.
        """
        length = round(self.characters * share)
        inner, training = self._split_at(length if length > 1 else 0)
        return training, inner

    def _split_at(self, place: int) -> tuple["Prose", "Prose"]:
        return (
            replace(self, tokens=self.tokens[:place]),
            replace(self, tokens=self.tokens[place:]),
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


def split_inner(corpus: Corpus, share: float) -> tuple[Corpus, Corpus]:
    """(training, inner): a part of the training text set apart to decide what is chosen."""
    return corpus.split_inner(share)


def load_corpus(
    choice: TextChoice, entries: Mapping[str, CorpusEntry], home: Path | None = None
) -> Corpus:
    """The text of a corpus by name, or of a file; its `reading` says how it was read.

    Prose that is larger than one piece is encoded once, into a file under `home`, and mapped from
    there; without a home its tokens stay in memory. Raises UsageError if there is no such corpus or
    file, or the choice does not fit it (ColumnsError where one of several columns must be named),
    CorpusError if the text cannot be read or has to be fetched first.
    """
    entry = entries.get(choice.corpus)
    if entry is not None:
        return _make_corpus(entry.name, read_entry(entry, choice), home)
    path = named_file(choice.corpus)
    if path is None:
        typed = PurePath(choice.corpus)
        if typed.suffix or len(typed.parts) > 1:
            raise UsageError(
                f"there is no file {choice.corpus}", "`corpora` lists the texts by name"
            )
        raise unknown("corpus or file", choice.corpus, entries, "corpora")
    return _make_corpus(choice.corpus, read_document(choice.corpus, path, choice), home)


def load_stage_texts(
    choice: TextChoice,
    plan: Plan,
    entries: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> dict[str, Corpus]:
    """The texts that a plan's stages name, of the kind of the run's own; errors as `load_corpus`.

    `choice` is the run's own text, its kind included.
    """
    stage = TextChoice(kind=choice.kind, lower=choice.lower)
    return {name: load_corpus(replace(stage, corpus=name), entries, home) for name in plan.texts}


def _make_corpus(source: str, document: Document, home: Path | None) -> Corpus:
    reading, sha256 = document.reading, document.sha256
    if document.kind == "names":
        return NameList(document.names, source, sha256, reading=reading)
    pieces = document.pieces
    if home is None or not isinstance(pieces, TextReader):
        prose = _encode_prose(source, pieces, sha256)
    else:
        prose = _map_prose(source, pieces, TokenCache(home, _token_key(sha256, reading.choice)))
    return replace(prose, reading=replace(reading, notes=(*reading.notes, *prose.reading.notes)))


def _token_key(sha256: str, choice: TextChoice) -> str:
    """What the tokens of a text depend on: its bytes, and how they are read."""
    encoding = choice.encoding or UTF8
    return sha256 + "-lower" * choice.lower + f"-{encoding}" * (not is_utf8(encoding))


def _encode_prose(source: str, pieces: TextReader | Sequence[str], sha256: str) -> Prose:
    """The prose of pieces, in memory; they are read twice."""
    vocabulary = _collect_vocabulary(source, pieces)
    tokens = np.concatenate(list(_encode_pieces(source, vocabulary, pieces)))
    notes = pieces.cleaned.notes if isinstance(pieces, TextReader) else ()
    return Prose(tokens, vocabulary, source, sha256, reading=TextReading(notes=notes))


def _map_prose(source: str, reader: TextReader, cache: TokenCache) -> Prose:
    """Prose whose tokens are mapped from a cache, which is filled first if it is empty."""
    found = cache.read()
    if found is None:
        vocabulary = _collect_vocabulary(source, reader)
        notes = reader.cleaned.notes
        found = cache.write(vocabulary, _encode_pieces(source, vocabulary, reader), notes)
    reading = TextReading(notes=found.notes)
    return Prose(found.tokens, found.vocabulary, source, reader.sha256, reading=reading)


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
    vocabulary = Vocabulary.of("".join(distinct_characters(pieces)))
    if not vocabulary.characters.strip():
        raise empty_error(source)
    return vocabulary
