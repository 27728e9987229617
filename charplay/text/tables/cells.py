"""What stands in a cell of a table: a number, text, or a heading."""

import re
import tomllib
from functools import cache
from importlib.resources import files

_MISSING = frozenset({"", "-", "–", "—", "na", "n/a", "nan", "null", "none", "?"})
_FLAGS = frozenset(
    [
        "true",
        "false",
        "yes",
        "no",
        "y",
        "n",
        "x",
        "✓",
        "ja",
        "nein",
        "oui",
        "non",
        "sí",
        "да",
        "нет",
    ]
)
# A number begins with a digit, perhaps after a sign or a currency; units and months are short.
_NUMBER = re.compile(r"[-+−(#~<>=]*\s*[$€£¥₹]?\s*[.,]?\d")
_MOST_LETTERS = 4
_WORD_SEPARATORS = re.compile(r"[\s_\-./]+")


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is nothing in it."""
    return cell.casefold() in _MISSING


def is_number(cell: str) -> bool:
    """Whether a cell is a number, a date or a time, perhaps with a currency or a unit."""
    if not _NUMBER.match(cell):
        return False
    letters = sum(map(str.isalpha, cell))
    return letters <= _MOST_LETTERS and letters <= sum(map(str.isdigit, cell))


def is_flag(cell: str) -> bool:
    """Whether a cell says yes or no."""
    return cell.casefold() in _FLAGS


def is_figure(cell: str) -> bool:
    """Whether a cell is a number, a flag such as yes, or says that there is none."""
    return is_missing(cell) or is_flag(cell) or is_number(cell)


def is_heading(cell: str) -> bool:
    """Whether a cell is a usual heading of a column: city, Drug class, product_id."""
    words, known = _heading_words(cell), _usual_headings()
    return is_name_heading(cell) or all(word in known["others"] for word in words)


def is_name_heading(cell: str) -> bool:
    """Whether a cell is a heading that says name: Name, drug_name."""
    words, known = _heading_words(cell), _usual_headings()
    return words[-1] in known["names"] and all(word in known["others"] for word in words[:-1])


def _heading_words(cell: str) -> list[str]:
    """The words of a cell as headings are compared: drug and name for `Drug_name:`."""
    return _WORD_SEPARATORS.split(cell.casefold().strip(" :*#\t"))


@cache
def _usual_headings() -> dict[str, frozenset[str]]:
    """The words of headings, by what they say."""
    text = files("charplay.text.tables").joinpath("headings.toml").read_text(encoding="utf-8")
    return {said: frozenset(words.split()) for said, words in tomllib.loads(text).items()}
