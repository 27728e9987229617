"""Texts as a person sees them: a page about one, and what became of one."""

import unicodedata

from rich.console import Console
from rich.table import Table
from rich.text import Text

from charplay.commands.corpora import CorpusKept, CorpusPage
from charplay.terminal.render.console import foreign, visible
from charplay.terminal.render.tables import count

_SIGNS = {"\n": "⏎", " ": "␣", "\t": "⇥"}
_DOTTED_CIRCLE = "◌"
_MOST_CHARACTERS = 300
_INDENT = "  "


def size_in_words(kind: str, size: int | None) -> str:
    """Names of a list, characters of prose; empty where nobody has counted."""
    if size is None:
        return ""
    return f"{size:,} {'names' if kind == 'names' else 'characters'}"


def signs(characters: str) -> str:
    """Characters one by one, each to be seen: blanks by a sign, accents on a dotted circle."""
    shown = "".join(_sign(character) for character in characters[:_MOST_CHARACTERS])
    left = len(characters) - _MOST_CHARACTERS
    return f"{shown} … and {left:,} more" if left > 0 else shown


def _sign(character: str) -> str:
    if unicodedata.category(character).startswith("M"):
        return _DOTTED_CIRCLE + character
    return _SIGNS.get(character, character)


def show_page(console: Console, page: CorpusPage) -> None:
    """Print all about one text."""
    console.print(Text.assemble(foreign(page.name, "bold"), _INDENT, foreign(page.summary)))
    console.print()
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(page):
        table.add_row(f"{_INDENT}{name}", foreign(value))
    console.print(table)
    what = "names" if page.kind == "names" else "lines"
    _lines(console, f"first {what}", page.first)
    _lines(console, f"random {what}", page.random)


def _facts(page: CorpusPage) -> list[tuple[str, str]]:
    """What there is to tell, by name, without what is not known."""
    source = f"{page.source} (offered by {page.offered_by})" if page.offered_by else page.source
    facts = [
        ("kind", page.kind),
        ("size", _size(page)),
        ("distinct", f"{count(page.distinct)} characters" if page.distinct else ""),
        ("characters", signs(page.vocabulary)),
        ("lengths", _lengths(page)),
        ("licence", page.licence),
        ("source", source),
        ("address", page.url or ""),
        ("sha256", page.sha256),
        ("state", page.state),
        ("next", f"train {page.name}" if page.lines else f"corpora fetch {page.name}"),
    ]
    return [(name, value) for name, value in facts if value]


def _size(page: CorpusPage) -> str:
    size = size_in_words(page.kind, page.size)
    if page.lines is None:
        return size
    if page.kind == "names":
        return f"{size}, {page.characters:,} characters with their newlines"
    return f"{size} in {page.lines:,} line{'' if page.lines == 1 else 's'} (blank ones not counted)"


def _lengths(page: CorpusPage) -> str:
    if page.lines is None:
        return ""
    each = "name" if page.kind == "names" else "line"
    return f"{page.shortest:,} to {page.longest:,} characters a {each}, median {page.median:,g}"


def _lines(console: Console, title: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    console.print()
    console.print(title, style="bold")
    for line in lines:
        shown = Text(_INDENT + visible(line.replace("\t", _SIGNS["\t"])))
        shown.truncate(console.width, overflow="ellipsis")
        console.print(shown, soft_wrap=True)


def show_kept(console: Console, kept: CorpusKept) -> None:
    """Print that a text is there now, and what to do with it."""
    size = size_in_words(kept.kind, kept.size)
    console.print(
        Text.assemble(
            foreign(kept.name, "bold"),
            f" is {kept.done}: {size}, {count(kept.distinct)} distinct characters; ",
            foreign(f"train {kept.name}"),
        )
    )
