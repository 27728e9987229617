"""CSV as a spreadsheet opens it by a double click: its language's separator, nothing that it runs.

Spreadsheets take a cell that begins like a formula for one, whoever wrote it (OWASP, CSV
injection); an apostrophe before it makes it text.
"""

from __future__ import annotations

import csv
import io
import locale
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

MARK = "\ufeff"
_RUN = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)*(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NAMES = ("LC_ALL", "LC_NUMERIC", "LANG")
# Languages that write a decimal comma, and the countries of them that do not (Unicode CLDR).
_COMMA = re.compile(
    "af|az|be|bg|bs|ca|cs|da|de|el|es|et|eu|fi|fo|fr|gl|hr|hu|hy|id|is|it|ka|kk|ky|lt|lv|mk|nb|nl"
    "|nn|no|pl|pt|ro|ru|sk|sl|sq|sr|sv|tr|uk|uz|vi"
)
_POINT = re.compile("de_(CH|LI)|it_CH|es_(DO|GT|HN|MX|NI|PA|PE|PR|SV|US)")


@dataclass(frozen=True)
class Spreadsheet:
    """How spreadsheets of a language read CSV: the sign of a decimal, and whether in Unicode."""

    decimal: str = "."
    unicode: bool = True

    @property
    def separator(self) -> str:
        """What parts cells: a semicolon where the comma is the sign of a decimal."""
        return ";" if self.decimal == "," else ","

    def written(self, rows: Iterable[Sequence[object]]) -> Iterator[str]:
        """The rows as CSV; before them the mark by which spreadsheets know Unicode."""
        mark = MARK if self.unicode else ""
        for row in rows:
            line = io.StringIO()
            csv.writer(line, delimiter=self.separator).writerow(map(self._cell, row))
            yield mark + line.getvalue()
            mark = ""

    def _cell(self, value: object) -> object:
        if isinstance(value, float):
            return str(value).replace(".", self.decimal)
        return disarmed(value) if isinstance(value, str) else value


def disarmed(text: str) -> str:
    """The text, an apostrophe before it where a spreadsheet would run it; numbers stay."""
    return f"'{text}" if text.startswith(_RUN) and not _NUMBER.fullmatch(text) else text


def local_spreadsheet(variables: Mapping[str, str], encoding: str = "utf-8") -> Spreadsheet:
    """How spreadsheets read CSV in the language that the variables name, else the system's."""
    name = next(filter(None, map(variables.get, _NAMES)), None)
    decimal = _system_decimal() if name is None else _decimal_of(name)
    return Spreadsheet(decimal, unicode=encoding.lower().startswith("utf"))


def _decimal_of(name: str) -> str:
    """The sign of a decimal in a locale such as `de_AT.UTF-8`, which need not be installed."""
    country = re.split(r"[.@]", name.replace("-", "_"))[0]
    comma = _COMMA.fullmatch(country.partition("_")[0]) and not _POINT.fullmatch(country)
    return "," if comma else "."


def _system_decimal() -> str:
    """The sign of a decimal as the system says, where no variable does."""
    before = locale.setlocale(locale.LC_NUMERIC)
    try:
        locale.setlocale(locale.LC_NUMERIC, "")
        return str(locale.localeconv()["decimal_point"])
    except locale.Error:
        return "."
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)
