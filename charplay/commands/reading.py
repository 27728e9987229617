"""Asking how a file is meant, where it could be in several ways and somebody is there."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from charplay.commands.context import Context
from charplay.text.reading.reader import PackedError
from charplay.text.tables.columns import ColumnsError

T = TypeVar("T")


def with_answers(
    context: Context, reading: Mapping[str, Any], read: Callable[[dict[str, Any]], T]
) -> T:
    """What `read` makes of options of reading; the person names the column that it asks for, and
    says whether a packed file that holds very much is read.

    Raises ColumnsError and PackedError where nobody is there, or does not want to.
    """
    try:
        return read(dict(reading))
    except PackedError as error:
        if context.asker is None or not context.asker(f"{error.message}: read all of it?"):
            raise
        return with_answers(context, {**reading, "large": True}, read)
    except ColumnsError as error:
        column = context.choose("Which column:", error.columns)
        if column is None:
            raise
        return with_answers(context, {**reading, "column": column}, read)
