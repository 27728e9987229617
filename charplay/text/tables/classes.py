"""The rows of a table in classes: the cells of one column by those of another."""

from dataclasses import dataclass, replace
from importlib.resources.abc import Traversable

from charplay.errors import UsageError
from charplay.plan import TextChoice
from charplay.plural import count_in_words
from charplay.text.reading.reader import TextReader
from charplay.text.tables.finding import find_table
from charplay.text.tables.spreadsheet import ENDINGS, Spreadsheet
from charplay.text.tables.tables import Table


@dataclass(frozen=True)
class CellClasses:
    """The cells of a column by those of another, in order; notes: how they were read."""

    classes: dict[str, list[str]]
    notes: tuple[str, ...]


def read_classes(source: str, path: Traversable, choice: TextChoice, by: str) -> CellClasses:
    """The cells of the column that a choice names, by those of the column `by`.

    Without a name, the only other column of text is taken. A row without either cell is left out.
    Raises UsageError for a file that is no table, or has no such column (ColumnsError where one
    must be named), CorpusError for one that cannot be read.
    """
    table = _table_of(source, path, replace(choice, column=choice.column or by))
    if table is None:
        raise UsageError(
            f"{source} is not a table, so it has no columns", "--by takes a column of a .csv file"
        )
    found = table.read_pairs(choice, by)
    classes: dict[str, list[str]] = {}
    for cell, name in found.pairs:
        if cell and name:
            classes.setdefault(name, []).append(cell)
    missing = len(found.pairs) - sum(map(len, classes.values()))
    rows = count_in_words(missing, "row is", "rows are")
    told = (f"{rows} empty in one of the two columns and left out",) if missing else ()
    return CellClasses(classes, (*found.notes, *told))


def _table_of(source: str, path: Traversable, choice: TextChoice) -> Table | None:
    name = path.name.lower()
    if name.endswith(ENDINGS):
        sheet = Spreadsheet(source, path, choice.large)
        return Table(source, lambda: sheet.rows, "")
    reader = TextReader(source, path, encoding=choice.encoding, large=choice.large)
    by_ending = name.removesuffix(".gz").endswith((".csv", ".tsv"))
    return find_table(source, reader, choice, by_ending)
