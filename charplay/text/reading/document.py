"""A person's own file as it was meant: a table, a list or prose, and how it was cleaned.

What the person says decides; what they leave open is decided here, filled into the choice by which
the file is read the same way again, and told in a note.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable

from charplay.errors import CorpusError, UsageError
from charplay.kind import Kind
from charplay.plan import TextChoice
from charplay.plural import count_in_words
from charplay.text.pieces import split_lines
from charplay.text.reading.encodings import encoding_in_words, is_utf8
from charplay.text.reading.kinds import guess_kind
from charplay.text.reading.list_marks import parse_json_list, strip_marks
from charplay.text.reading.name_lines import (
    LOWER_NOTE,
    amount_notes,
    clean_names,
    find_item_separator,
    split_items,
)
from charplay.text.reading.reader import TextReader
from charplay.text.reading.text_reading import TextReading
from charplay.text.tables.finding import find_table
from charplay.text.tables.separators import LINE, separator_name, separator_of
from charplay.text.tables.spreadsheet import ENDINGS, Spreadsheet
from charplay.text.tables.tables import Table, without_heading
from charplay.text.vocabulary import NEWLINE

_TABLE_ENDINGS = (".csv", ".tsv", ".csv.gz", ".tsv.gz")
_SHORT_CELL = 100
_SHORT_PROSE = 2_000
_LONG_LINES = 5_000


@dataclass(frozen=True)
class Document:
    """What a file was read as: the names of a list, or prose.

    pieces: the text of prose, in parts; a TextReader where it is read from its file each time.
    """

    kind: Kind
    sha256: str
    reading: TextReading
    names: tuple[str, ...] = ()
    pieces: TextReader | Sequence[str] = ()


def read_document(source: str, path: Traversable, choice: TextChoice) -> Document:
    """The text of a file.

    Raises UsageError for a choice that does not fit the file, CorpusError for a file that cannot
    be read as a text.
    """
    name = path.name.lower()
    if name.endswith(ENDINGS):
        return _read_spreadsheet(source, path, choice)
    reader = TextReader(source, path, encoding=choice.encoding, large=choice.large)
    filled = replace(choice, encoding=choice.encoding or reader.encoding)
    told = () if choice.encoding or is_utf8(reader.encoding) else (_encoding_note(reader),)
    by_ending = name.endswith(_TABLE_ENDINGS)
    table = None
    if by_ending or choice.kind != "prose":
        table = find_table(source, reader, filled, by_ending)
    if table is not None:
        column = table.read(filled)
        notes = (*told, *column.reading.notes, *reader.cleaned.notes)
        return _read_cells(source, column.cells, column.reading.choice, notes, reader.sha256)
    if choice.column is not None:
        raise UsageError(f"{source} is not a table, so it has no columns", "leave out --column")
    return _read_plain(source, path, reader, filled, told, by_ending)


def _encoding_note(reader: TextReader) -> str:
    return f"read as {encoding_in_words(reader.encoding)}"


def _read_spreadsheet(source: str, path: Traversable, choice: TextChoice) -> Document:
    if choice.encoding:
        raise UsageError(f"{source} is a spreadsheet and has no encoding", "leave out --encoding")
    sheet = Spreadsheet(source, path, choice.large)
    column = Table(source, lambda: sheet.rows, "").read(choice)
    filled = replace(column.reading.choice, separator=None)
    notes = (*sheet.notes, *column.reading.notes)
    return _read_cells(source, column.cells, filled, notes, sheet.sha256)


def _read_cells(
    source: str, cells: Sequence[str], choice: TextChoice, notes: Sequence[str], sha256: str
) -> Document:
    """The cells of a column, each a name or a paragraph."""
    broken = sum(NEWLINE in cell for cell in cells)
    lines = [" ".join(cell.split(NEWLINE)) for cell in cells]
    # A few giant cells are most of the text, but say little of the others.
    short = [line for line in lines if len(line) <= _SHORT_CELL]
    looked_at = short if 2 * len(short) > len(lines) else lines
    kind, told = _decide_kind(choice, [NEWLINE.join(looked_at)])
    filled = replace(choice, kind=kind)
    if kind == "prose":
        return _make_prose(NEWLINE.join(cells), filled, (*notes, *told), sha256)
    if broken:
        where = count_in_words(broken, "cell")
        notes = (*notes, f"line ends inside {where} were made blanks")
    return _make_list(source, lines, filled, (*notes, *told), sha256)


def _read_plain(
    source: str,
    path: Traversable,
    reader: TextReader,
    choice: TextChoice,
    notes: tuple[str, ...],
    by_ending: bool,
) -> Document:
    """A list, one name on each line or all on one, or prose."""
    if reader.small and choice.kind != "prose":
        text = "".join(reader)
        if choice.separator is None and (items := parse_json_list(text)):
            return _read_json(source, items, choice, reader, notes)
        separator = _item_separator(text, choice, by_ending)
        if separator:
            return _read_items(source, text, separator, choice, reader, notes)
    kind, told = _decide_kind(choice, reader)
    filled = replace(choice, kind=kind)
    if kind == "prose":
        return _read_prose(source, path, reader, filled, (*notes, *told))
    lines = [line for line in split_lines(reader) if line.strip()]
    column = without_heading(lines, replace(filled, separator=LINE), plain=True)
    cells, marks = strip_marks(column.cells)
    notes = (*notes, *told, *column.reading.notes, *marks, *reader.cleaned.notes)
    return _make_list(source, cells, column.reading.choice, notes, reader.sha256)


def _read_json(
    source: str, items: Sequence[str], choice: TextChoice, reader: TextReader, notes: Sequence[str]
) -> Document:
    """The strings of a JSON list."""
    count = count_in_words(len(items), "name")
    told = () if choice.kind else (f"read as a JSON list of {count}; --kind prose to change",)
    filled = replace(choice, kind="names", header="no")
    return _make_list(source, items, filled, (*notes, *told), reader.sha256)


def _item_separator(text: str, choice: TextChoice, by_ending: bool) -> str:
    """What parts the names of a list on one line; "" where it is none."""
    lines = [line for line in text.split(NEWLINE) if line.strip()]
    if choice.separator is None:
        return find_item_separator(lines, sure=by_ending or choice.kind == "names")
    return separator_of(choice.separator)


def _read_items(
    source: str,
    text: str,
    separator: str,
    choice: TextChoice,
    reader: TextReader,
    notes: tuple[str, ...],
) -> Document:
    """The names that a separator parts."""
    items, marks = strip_marks(split_items(text, separator))
    name = separator_name(separator)
    filled = replace(choice, kind="names", separator=name, header="no")
    count = count_in_words(len(items), "name")
    place = " on one line" if NEWLINE not in text.strip() else ""
    said = f"read as a list of {count}{place} (separator: {name}); --kind prose to change"
    told = () if choice.separator and choice.kind else (said,)
    notes = (*notes, *told, *marks, *reader.cleaned.notes)
    return _make_list(source, items, filled, notes, reader.sha256)


def _read_prose(
    source: str,
    path: Traversable,
    reader: TextReader,
    choice: TextChoice,
    notes: tuple[str, ...],
) -> Document:
    """Prose, which a small file gives in memory."""
    if not reader.small:
        told = (LOWER_NOTE,) if choice.lower else ()
        lowered = TextReader(
            source, path, choice.lower, encoding=choice.encoding, large=choice.large
        )
        reading = TextReading(choice, (*notes, *told))
        return Document("prose", reader.sha256, reading, pieces=lowered)
    text = "".join(reader)
    return _make_prose(text, choice, (*notes, *reader.cleaned.notes), reader.sha256)


def read_known_kind(source: str, path: Traversable, choice: TextChoice) -> Document:
    """A plain text whose kind is known, one name on each line of a list."""
    reader = TextReader(source, path, large=choice.large)
    if choice.kind == "prose":
        return _read_prose(source, path, reader, choice, ())
    return _make_list(source, split_lines(reader), choice, (), reader.sha256)


def _decide_kind(choice: TextChoice, pieces: Iterable[str]) -> tuple[Kind, tuple[str, ...]]:
    """The kind that was chosen or is guessed, and a note on a guess."""
    if choice.kind is not None:
        return ("names" if choice.kind == "names" else "prose"), ()
    guess = guess_kind(pieces)
    other = "prose" if guess.kind == "names" else "names"
    return guess.kind, (f"read as {guess.kind}: {guess.reason}; --kind {other} to change",)


def _make_prose(text: str, choice: TextChoice, notes: Sequence[str], sha256: str) -> Document:
    """Prose in memory."""
    reading = TextReading(choice, (*notes, *_prose_notes(text, choice.lower)))
    text = text.lower() if choice.lower else text
    return Document("prose", sha256, reading, pieces=(text,))


def _make_list(
    source: str, lines: Iterable[str], choice: TextChoice, notes: Sequence[str], sha256: str
) -> Document:
    names, cleaned = clean_names(lines, choice.lower)
    _check_names(source, names)
    reading = TextReading(choice, (*notes, *cleaned, *amount_notes(names)))
    return Document("names", sha256, reading, names)


def _check_names(source: str, names: Sequence[str]) -> None:
    """CorpusError for a list of fewer than two names."""
    if not names:
        raise empty_error(source)
    if len(names) < 2:
        raise CorpusError(
            f"{source} has only one line, and a list of names needs two or more",
            "put one name on each line, or read it as a text with --kind prose",
        )


def empty_error(source: str) -> CorpusError:
    """The error for a text without a character that can be seen."""
    return CorpusError(f"{source} is empty", "give a text with some characters in it")


def _prose_notes(text: str, lower: bool) -> tuple[str, ...]:
    """What to expect of prose that is short, or that hardly has line ends."""
    size, lines = len(text), text.rstrip().count(NEWLINE) + 1
    notes = (
        (lower and text.lower() != text, LOWER_NOTE),
        (
            size < _SHORT_PROSE,
            f"so short a text ({count_in_words(size, 'character')}) makes a model that repeats it",
        ),
        (
            size > _LONG_LINES * lines,
            f"{count_in_words(size, 'character')} in {count_in_words(lines, 'line')}: "
            "expect a model that hardly ever ends a line",
        ),
    )
    return tuple(note for told, note in notes if told)
