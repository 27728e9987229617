"""Texts as a person sees them: a page about one, and what was done with one."""

from rich.text import Text

from charplay.commands.corpora import CorpusChange
from charplay.commands.corpus_texts import CorpusPage
from charplay.plural import count_in_words
from charplay.terminal.render.console import CharplayConsole, foreign, show_notices, visible
from charplay.terminal.render.facts import show_facts
from charplay.terminal.render.tables import count_text
from charplay.text.description import TextDescription
from charplay.text.typed.signs import character_sign

_MOST_CHARACTERS = 300
_INDENT = "  "


def show_corpus_page(value: CorpusPage, console: CharplayConsole) -> None:
    """All about one text."""
    console.print(Text.assemble(foreign(value.corpus, "bold"), _INDENT, foreign(value.summary)))
    console.print()
    show_facts(console, _facts(value), indent=len(_INDENT))
    show_notices(console, value.notes)
    if value.text:
        what = "names" if value.kind == "names" else "lines"
        _show_text_lines(console, f"first {what}", value.text.first)
        _show_text_lines(console, f"random {what}", value.text.random)
    console.print()
    action = value.again if value.text else f"corpora fetch {value.corpus}"
    console.print_hint(f"`{action}`", before=f"{_INDENT}next  ")


def _facts(page: CorpusPage) -> list[tuple[str, str]]:
    """What there is to tell, by name, without what is not known."""
    source = f"{page.source} (offered by {page.offered_by})" if page.offered_by else page.source
    text = page.text
    facts = [
        ("kind", page.kind),
        ("size", _size_text(page)),
        ("distinct", f"{count_text(page.distinct)} characters" if page.distinct else ""),
        ("characters", visible_characters(text.vocabulary) if text else ""),
        ("of them", _kinds_text(text) if text else ""),
        ("lengths", _lengths_text(page.kind, text) if text else ""),
        ("repeats", f"{text.repeats:,} names" if text and text.repeats else ""),
        *(("odd", oddity) for oddity in (text.oddities if text else ())),
        ("licence", page.licence),
        ("source", source),
        ("address", page.url or ""),
        ("sha256", text.sha256 if text else ""),
        ("state", page.state),
    ]
    return [(name, value) for name, value in facts if value]


def _size_text(page: CorpusPage) -> str:
    size, text = size_in_words(page.kind, page.size), page.text
    if text is None:
        return size
    if page.kind == "names":
        return f"{size}, {text.characters:,} characters with their newlines"
    return f"{size} in {count_in_words(text.lines, 'line')} (without blank ones)"


def size_in_words(kind: str, size: int | None) -> str:
    """Names of a list, characters of prose; empty where nobody has counted."""
    if size is None:
        return ""
    return f"{size:,} {'names' if kind == 'names' else 'characters'}"


def visible_characters(characters: str) -> str:
    """Characters one by one, each to be seen; one that has no sign stands apart as `U+00A0`."""
    signs = map(character_sign, characters[:_MOST_CHARACTERS])
    shown = "".join(f" {sign} " if sign.startswith("U+") else sign for sign in signs)
    left = len(characters) - _MOST_CHARACTERS
    return f"{shown} … and {left:,} more" if left > 0 else shown


def _kinds_text(text: TextDescription) -> str:
    return ", ".join(f"{kind.count:,} {kind.characters}" for kind in text.by_kind)


def _lengths_text(kind: str, text: TextDescription) -> str:
    line = "name" if kind == "names" else "line"
    if text.shortest == text.longest:
        return f"{text.longest:,} characters per {line}"
    lengths = f"{text.shortest:,} to {text.longest:,} characters per {line}"
    return f"{lengths}, median {text.median:,g}"


def _show_text_lines(console: CharplayConsole, title: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    console.print()
    console.print(title, style="bold")
    for line in lines:
        shown = _INDENT + visible(line.replace("\t", character_sign("\t")))
        console.print(Text(shown), no_wrap=True, overflow="ellipsis")


def show_corpus_change(value: CorpusChange, console: CharplayConsole) -> None:
    """What was done with a text, and what can be done with it next."""
    name = foreign(value.corpus, "bold")
    if value.size is None:
        console.print(Text.assemble(name, f" {value.done}"))
        return
    size = size_in_words(value.kind, value.size)
    counts = f"{size}, {count_text(value.distinct)} distinct characters"
    console.print(Text.assemble(name, f" {value.done}: {counts}"))
    show_notices(console, value.notes)
    console.print_hint(f"`train {value.corpus}` trains on it", before=_INDENT)
