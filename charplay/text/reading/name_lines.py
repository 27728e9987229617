"""The names of a list: cleaned, counted, and taken apart where they stand on one line."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from charplay.errors import list_first
from charplay.plural import count_in_words
from charplay.text.pieces import distinct_lines

_CONTROLS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
# Characters that nobody sees; a zero-width joiner or non-joiner inside a word is spelling.
_INVISIBLE = "\u00ad\u061c\u180e\u2028\u2029\ufeff\ufff9\ufffa\ufffb" + "".join(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070)))
)
_BLANKS = " \u00a0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
_EDGES = _CONTROLS + _INVISIBLE + _BLANKS
_SPACES = re.compile(r"\s{2,}|[\t-\r\x1c-\x1f\x85\u2028\u2029]")
_NO_CONTROLS = dict.fromkeys(map(ord, _CONTROLS))

# Below so many different names, what a model makes is close to them.
_FEW_NAMES = 100
_LEAST_ITEMS = 4
_MOST_ITEM_WORDS = 4
_LONGEST_ITEM = 40
_ITEM_SEPARATORS = ("\t", ";", "；", "|", "、", "，", ",", "،")
_SENTENCE_END = re.compile(r"[.!?…。！？]\s*\Z")


@dataclass
class CleanedNames:
    """What was cleaned of names: how many had blanks at their edges, and so on."""

    edges: int = 0
    doubled: int = 0
    controls: int = 0
    lowered: int = 0
    invisible: dict[str, int] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """A sentence for what was cleaned, and one for what was lower-cased; maybe none."""
        invisible = list_first(f"U+{ord(c):04X}" for c in self.invisible)
        parts = (
            (self.edges, "blanks at the edges of"),
            (sum(self.invisible.values()), f"invisible characters ({invisible}) at the edges of"),
            (self.doubled, "doubled blanks in"),
            (self.controls, "control characters in"),
        )
        found = [f"{what} {count_in_words(count, 'name')}" for count, what in parts if count]
        cleaned = (f"cleaned {', '.join(found)}",) if found else ()
        return (*cleaned, *((LOWER_NOTE,) if self.lowered else ()))


LOWER_NOTE = "capitals were made small letters; --set lower=off keeps them"


def clean_names(lines: Iterable[str], lower: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(the names of lines that are not blank, notes on what was cleaned of them)."""
    cleaned = CleanedNames()
    names = (_clean_name(line, lower, cleaned) for line in lines)
    return tuple(filter(None, names)), cleaned.notes


def _clean_name(line: str, lower: bool, cleaned: CleanedNames) -> str:
    name = line.strip(_EDGES)
    if name != line and name:
        _count_edges(line, name, cleaned)
    spaced = _SPACES.sub(" ", name)
    cleaned.doubled += spaced != name
    plain = spaced.translate(_NO_CONTROLS)
    cleaned.controls += plain != spaced
    if not lower:
        return plain
    lowered = unicodedata.normalize("NFC", plain.lower())
    cleaned.lowered += lowered != plain
    return lowered


def _count_edges(line: str, name: str, cleaned: CleanedNames) -> None:
    start = line.index(name)
    edges = set(line[:start] + line[start + len(name) :])
    invisible = edges & set(_INVISIBLE)
    cleaned.edges += bool(edges - invisible)
    for character in sorted(invisible):
        cleaned.invisible[character] = cleaned.invisible.get(character, 0) + 1


def amount_notes(names: Sequence[str]) -> tuple[str, ...]:
    """What to expect of a list that is short, or has repeats."""
    distinct = len(distinct_lines(names))
    repeats = (
        f"{count_in_words(len(names), 'line')}, {count_in_words(distinct, 'different name')}: "
        "repeated names count each time",
    )
    few = (
        f"{count_in_words(distinct, 'name')} {'is' if distinct == 1 else 'are'} few: "
        "expect rough names; a hundred or more give better ones",
    )
    return (*(repeats if distinct < len(names) else ()), *(few if distinct < _FEW_NAMES else ()))


def find_item_separator(lines: Sequence[str], sure: bool) -> str:
    """What parts the names of a list on one line, or on lines that each end in it; "" for none.

    sure: the text is known to be names, so that any separator will do.
    """
    for separator in _ITEM_SEPARATORS:
        if are_wrapped_items(lines, separator):
            items = [item.strip(_EDGES) for line in lines for item in line.split(separator)]
            if sure or _are_names(list(filter(None, items))):
                return separator
    return ""


def are_wrapped_items(lines: Sequence[str], separator: str) -> bool:
    """Whether lines that are not blank are one line of items, or one wrapped after separators."""
    stripped = [line.strip(_EDGES) for line in lines]
    wrapped = all(line.endswith(separator) for line in stripped[:-1])
    return wrapped and separator in "".join(stripped).rstrip(separator)


def split_items(text: str, separator: str) -> list[str]:
    """The items of a text that a separator parts, without blanks at their edges."""
    return [item.strip() for line in text.splitlines() for item in line.split(separator)]


def _are_names(items: Sequence[str]) -> bool:
    """Whether the parts of a line are names rather than those of a sentence."""
    words = [len(item.split()) for item in items]
    return (
        len(items) >= _LEAST_ITEMS
        and sum(words) <= 2.5 * len(items)
        and max(words) <= _MOST_ITEM_WORDS
        and max(map(len, items)) <= _LONGEST_ITEM
        and not any(map(_SENTENCE_END.search, items[:-1]))
    )
