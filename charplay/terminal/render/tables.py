"""Tables as a person sees them: units in the header, numbers to the right."""

from rich import box
from rich.cells import cell_len
from rich.table import Table as RichTable

from charplay.commands.results import Align, Column, Table, field_values
from charplay.terminal.render.console import CharplayConsole, foreign, visible

_GAP = 3


def show_table(table: Table, console: CharplayConsole) -> None:
    """Print a table, or what to say where it is empty, and its note."""
    if not table.rows:
        console.aside.print_hint(table.empty)
        return
    columns = columns_that_fit(table, console.width if console.file.isatty() else None)
    shown = RichTable(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for column in columns:
        add_column(shown, column, table)
    for row in table.rows:
        shown.add_row(*(foreign(column.text_of(row)) for column in columns))
    console.print(shown)
    for row in table.rows:
        fault = field_values(row).get("fault")
        if fault:
            console.aside.print_hint(fault)
    if table.note:
        console.aside.print_hint(table.note, "dim")


def columns_that_fit(table: Table, width: int | None) -> list[Column]:
    """The columns that fit a width; those that may be dropped are, the last one first.

    No width, as in a pipe, has room for all.
    """
    columns = list(table.columns)
    widths = {column.name: _natural_width(column, table) for column in columns}
    for column in reversed(table.columns):
        total = sum(widths[kept.name] for kept in columns) + _GAP * (len(columns) - 1)
        if width is None or total <= width:
            break
        if column.shrink == "drop":
            columns.remove(column)
    return columns


def _natural_width(column: Column, table: Table) -> int:
    """The cells that a column takes; one that folds needs its least width only."""
    if column.shrink == "fold":
        return column.least
    texts = [column.header, *map(column.text_of, table.rows)]
    return max(cell_len(line) for text in texts for line in visible(text).split("\n"))


def add_column(shown: RichTable, column: Column, table: Table) -> None:
    """Add a declared column to a table of rich."""
    folds = column.shrink == "fold"
    shown.add_column(
        column.header,
        justify=column.align or _natural_align(column, table),
        overflow="fold",
        no_wrap=not folds,
        min_width=column.least if folds else None,
        max_width=column.most,
    )


def _natural_align(column: Column, table: Table) -> Align:
    """Right for numbers, left for everything else."""
    values = (field_values(row)[column.name] for row in table.rows)
    value = next((value for value in values if value is not None), None)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return "right" if number else "left"


def loss_text(value: float | None) -> str:
    """A loss, or a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def count_text(value: int | None) -> str:
    """A number of things, or a dash where nobody has counted."""
    return "–" if value is None else f"{value:,}"


def counting_text(loss: float, counting_loss: float) -> str:
    """How a model's loss compares with that of the best n-gram, in words."""
    percent = round(100 * (1 - loss / counting_loss))
    if percent == 0:
        return "about as good as counting"
    return f"{abs(percent)} % {'better' if percent > 0 else 'worse'} than counting"
