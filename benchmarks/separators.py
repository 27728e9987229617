"""Which separator is found in made tables and lists: by charplay, csv.Sniffer and clevercsv.

    python -m benchmarks.separators

Every table is written by Python's csv module, with each separator, with and without a header and a
title, with names and what stands beside them of several kinds. A list has no separator, whatever
commas are in its names. clevercsv is asked where it is installed.
"""

import csv
import io
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from itertools import product

from charplay.text.tables.separators import find_separator

SYLLABLES = ("Asp", "Ben", "Caf", "Dor", "Ebru", "Fel", "Gav", "Hex", "Imbru", "Jan")
ENDINGS = ("irol", "zodar", "exin", "malix", "tan", "toran", "irel", "omab", "tol", "tovex")
CITIES = ("Berlin", "Paris", "London", "Rome", "Madrid", "Vienna", "Oslo")
SPELLINGS: dict[str, Callable[[str, int], str]] = {
    "plain": lambda name, i: name,
    "two words": lambda name, i: f"{name} {('Forte', 'Mite')[i % 2]}",
    "a comma": lambda name, i: f"{name}, Inc.",
    "some commas": lambda name, i: name if i % 3 else f"{name}, Inc.",
    "an apostrophe": lambda name, i: f"O'{name}",
    "marks": lambda name, i: f'{name} "Forte"',
}
SHAPES: dict[str, tuple[list[str], Callable[[str, int], list[object]]]] = {
    "number before": (["id", "name"], lambda name, i: [i, name]),
    "price": (["Name", "Price"], lambda name, i: [name, f"{i}.50"]),
    "decimal comma": (["Name", "Preis"], lambda name, i: [name, f"{i},50"]),
    "date": (["name", "date"], lambda name, i: [name, f"{i % 28 + 1:02}.10.2024"]),
    "city": (["name", "city"], lambda name, i: [name, CITIES[i % 7]]),
    "five columns": (list("abcde"), lambda name, i: [i, name, i % 9, i / 8, ("yes", "no")[i % 2]]),
    "number, city": (["id", "name", "city"], lambda name, i: [i, name, CITIES[i % 7]]),
    "gaps": (["name", "n", "note"], lambda name, i: [name, "" if i % 3 else i, ""]),
    "remark": (["id", "name", "remark"], lambda name, i: [i, name, f"some words, and; more {i}"]),
}


def made_names(spelling: str, count: int) -> list[str]:
    """So many names of one spelling."""
    names = [a + b + c for c, a, b in product(("", "um", "ix"), SYLLABLES, ENDINGS)]
    return [SPELLINGS[spelling](name, i) for i, name in enumerate(names[:count])]


def made_tables() -> Iterator[tuple[str, str]]:
    """(text, separator) of every table."""
    for separator, count, spelling, shape, header, title in product(
        ",;\t|", (4, 20, 300), SPELLINGS, SHAPES, (True, False), ("", "Report 2024\n")
    ):
        headings, row = SHAPES[shape]
        rows = [row(name, i) for i, name in enumerate(made_names(spelling, count))]
        text = io.StringIO()
        writer = csv.writer(text, delimiter=separator, lineterminator="\n")
        writer.writerows([headings, *rows] if header else rows)
        yield title + text.getvalue(), separator


def made_lists() -> Iterator[tuple[str, str]]:
    """(text, "") of every list of one column."""
    for count, spelling, header in product((4, 20, 300), SPELLINGS, ("", "name\n", "company\n")):
        yield header + "\n".join(made_names(spelling, count)) + "\n", ""


def sniffed(text: str) -> str:
    """What Python's csv module finds."""
    try:
        return csv.Sniffer().sniff(text).delimiter
    except csv.Error:
        return ""


def clever(text: str) -> str:
    """What clevercsv finds."""
    try:
        return import_module("clevercsv").Sniffer().sniff(text).delimiter or ""
    except Exception:  # it gives up in several ways
        return ""


def main() -> None:
    """Print how often each is wrong; clevercsv sees one table of ten."""
    tables, lists = list(made_tables()), list(made_lists())
    ways = {"charplay": lambda text: find_separator(text, plain=False), "csv.Sniffer": sniffed}
    if import_clevercsv():
        ways["clevercsv"] = clever
    for name, find in ways.items():
        asked = tables[::10] if name == "clevercsv" else tables
        wrong = [sum(find(text) != right for text, right in some) for some in (asked, lists)]
        print(
            f"{name}: wrong on {wrong[0]} of {len(asked)} tables, {wrong[1]} of {len(lists)} lists"
        )


def import_clevercsv() -> bool:
    """Whether clevercsv is installed."""
    try:
        import_module("clevercsv")
    except ImportError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
