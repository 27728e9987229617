"""Whether a file is a table, and by which separator, so that a list or prose is never cut up."""

from collections.abc import Callable, Iterable, Iterator

from charplay.plan import TextChoice
from charplay.text.reading.name_lines import are_wrapped_items
from charplay.text.tables.cells import is_name_heading
from charplay.text.tables.rows import OpenQuoteError, Row, iterate_rows, open_quote_error
from charplay.text.tables.separators import declared_separator, find_separator, separator_of
from charplay.text.tables.tables import Table

_SAMPLE = 1 << 16
_LEAST_LINES = 20


def find_table(
    source: str, pieces: Iterable[str], choice: TextChoice, by_ending: bool
) -> Table | None:
    """The table that a text is; None for a list or prose.

    by_ending: the file's name says that it is a table. Raises UsageError where the separator given
    is none.
    """
    first = next(iter(pieces), "")
    separator = _choose_separator(_sample_of(first), choice, by_ending)
    if separator is None:
        return None
    return Table(source, _rows_of(source, "".join(pieces), separator), separator)


def _sample_of(text: str) -> str:
    """The whole lines at the beginning of a text; more of it where they are long."""
    if len(text) <= _SAMPLE or text.count("\n", 0, _SAMPLE) < _LEAST_LINES:
        return text
    return text[: text.rfind("\n", 0, _SAMPLE) + 1]


def _choose_separator(sample: str, choice: TextChoice, by_ending: bool) -> str | None:
    """What parts the cells of a table that begins so; None where it is no table."""
    lines = [line for line in sample.split("\n") if line.strip()]
    if choice.separator is not None:
        separator = separator_of(choice.separator)
        if separator and choice.column is None and are_wrapped_items(lines, separator):
            return None
        return separator if separator or by_ending else None
    declared = declared_separator(sample)
    if declared is not None:
        return declared
    separator = find_separator(sample, plain=not by_ending and choice.column is None)
    if len(lines) == 1 and choice.column is None and not _is_header(lines[0], separator):
        return None
    return separator if separator or by_ending else None


def _is_header(line: str, separator: str) -> bool:
    """Whether the only line of a file is the header of a table without rows."""
    return bool(separator) and any(map(is_name_heading, line.split(separator)))


def _rows_of(source: str, text: str, separator: str) -> Callable[[], Iterator[Row]]:
    """The rows of a text, without a line that declares the separator."""
    if declared_separator(text) is not None:
        text = text[text.index("\n") :] if "\n" in text else ""

    def rows() -> Iterator[Row]:
        try:
            yield from iterate_rows(text, separator)
        except OpenQuoteError as error:
            raise open_quote_error(source, error) from error

    return rows
