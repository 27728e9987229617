"""What of a text a person can read off at each of its characters: position, vowels, quotes, …"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.kind import Kind
from charplay.text.typed.typography import letter_form

Numbers = NDArray[np.float64]

_VOWELS = frozenset("aeiou")
_OPENING, _CLOSING, _TOGGLING = "“«„", "”»", '"'
_OPENING_BRACKETS, _CLOSING_BRACKETS = "([{", ")]}"
# A line's end is near so many characters before it.
_NEAR_END = {"names": 1, "prose": 5}
# A yes or no that is nearly always the same tells nothing.
_LEAST_SHARE = 0.003


@dataclass(frozen=True, eq=False)
class Feature:
    """Something readable at each character of a text; graded: a number, not a yes or no."""

    name: str
    values: Numbers
    graded: bool = False

    @property
    def varies(self) -> bool:
        """Whether the text tells it apart often enough."""
        if self.graded:
            return bool(len(self.values)) and bool(np.ptp(self.values) > 0)
        return _LEAST_SHARE <= float(np.mean(self.values)) <= 1 - _LEAST_SHARE


def read_features(text: str, kind: Kind) -> tuple[Feature, ...]:
    """The features of each character of a text, in which each name of a list is a line.

    They are what holds when the character has been read: after a newline the next line begins, at
    position 0. An unended last line counts as if it ended there.
    """
    line = "name" if kind == "names" else "line"
    begun, left = _line_places(text)
    near = _NEAR_END[kind]
    graded = {
        f"position in the {line}": begun,
        "position in the word": _word_places(text),
        f"characters to the {line}'s end": left,
    }
    if kind == "names":
        graded["length of the name"] = begun + left - 1
    near_name = "the name ends next" if kind == "names" else f"the line ends within {near}"
    switches = {
        "a vowel": _marked(text, _is_vowel),
        "a capital": _marked(text, str.isupper),
        near_name: (left <= near).astype(np.float64),
        "inside quotes": _inside_quotes(text),
        "inside brackets": _inside_brackets(text),
    }
    return (
        *(Feature(name, values, graded=True) for name, values in graded.items()),
        *(Feature(name, values) for name, values in switches.items()),
    )


def character_table(text: str, value: Callable[[str], float]) -> Numbers:
    """A value for each character of a text, worked out once for each different one."""
    points = _code_points(text)
    distinct, places = np.unique(points, return_inverse=True)
    values = np.array([value(chr(point)) for point in distinct], np.float64)
    found: Numbers = values[places]
    return found


def _marked(text: str, holds: Callable[[str], bool]) -> Numbers:
    return character_table(text, lambda character: float(holds(character)))


def _is_vowel(character: str) -> bool:
    return unicodedata.normalize("NFD", letter_form(character))[:1] in _VOWELS


def _code_points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def _line_places(text: str) -> tuple[Numbers, Numbers]:
    """(characters read of a line, characters to its newline) after each character."""
    places = np.arange(len(text))
    ends = np.flatnonzero(_code_points(text) == ord("\n"))
    which = np.searchsorted(ends, places, side="right")
    before = np.concatenate([[-1], ends])[which]
    after = np.concatenate([ends, [len(text)]])[which]
    return (places - before).astype(np.float64), (after - places).astype(np.float64)


def _word_places(text: str) -> Numbers:
    """The position of each letter in its word, from 1; 0 between words."""
    places = np.arange(len(text))
    outside = np.flatnonzero(_marked(text, str.isalpha) == 0)
    before = np.concatenate([[-1], outside])[np.searchsorted(outside, places, side="right")]
    found: Numbers = (places - before).astype(np.float64)
    return found


def _inside_quotes(text: str) -> Numbers:
    """1 from an opening quote up to the closing one; straight quotes open and close in turn."""
    steps: Mapping[str, int] = dict.fromkeys(_OPENING, 1) | dict.fromkeys(_CLOSING, -1)
    typographic = _depth(text, steps)
    straight = np.cumsum(_marked(text, _TOGGLING.__contains__)) % 2
    return np.maximum(typographic > 0, straight).astype(np.float64)


def _inside_brackets(text: str) -> Numbers:
    steps = dict.fromkeys(_OPENING_BRACKETS, 1) | dict.fromkeys(_CLOSING_BRACKETS, -1)
    return (_depth(text, steps) > 0).astype(np.float64)


def _depth(text: str, steps: Mapping[str, int]) -> NDArray[Any]:
    """How deep each character is; one that closes what was never opened changes nothing."""
    walked = np.cumsum(character_table(text, lambda each: steps.get(each, 0)))
    return walked - np.minimum(0, np.minimum.accumulate(walked)) if len(text) else walked
