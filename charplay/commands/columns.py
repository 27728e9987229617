"""Asking which column of a table is meant, where several could be and somebody is there."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from charplay.commands.context import Context
from charplay.text.tables.columns import ColumnsError

T = TypeVar("T")


def with_column(
    context: Context, reading: Mapping[str, Any], read: Callable[[dict[str, Any]], T]
) -> T:
    """What `read` makes of options of reading; the person names the column that it asks for.

    Raises ColumnsError where nobody is there, or names none.
    """
    try:
        return read(dict(reading))
    except ColumnsError as error:
        column = context.choose("Which column:", error.columns)
        if column is None:
            raise
        return read({**reading, "column": column})
