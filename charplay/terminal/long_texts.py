"""Texts too long to be edited at the prompt, where one character stands for each of them."""

import re
from functools import partial

from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.input import Input
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

# Drawing a line of more characters anew at each key would be felt.
LONGEST_EDITED = 5_000
_MOST_LINES = 500
# Halves of surrogate pairs, as no text has them: not even bytes that are no text, which Python
# decodes to other halves.
_FIRST, _MOST = 0xD800, 0x400
# As much as a terminal gives at once; the time of a long paste grows with the number of pieces.
_PIECE_BYTES = 4096
_STAND_IN = re.compile("[\ud800-\udbff]")


class LongTexts:
    """The long texts of a prompt; a short one stands for itself."""

    def __init__(self) -> None:
        self._texts: list[str] = []

    def fold(self, text: str) -> str:
        """The text, or the character that stands for it where it is long."""
        if len(text) <= LONGEST_EDITED and text.count("\n") < _MOST_LINES:
            return text
        if text in self._texts:
            return chr(_FIRST + self._texts.index(text))
        if len(self._texts) == _MOST:
            return text
        self._texts.append(text)
        return chr(_FIRST + len(self._texts) - 1)

    def unfold(self, text: str) -> str:
        """What was typed, each long text in its place."""
        return _STAND_IN.sub(lambda found: self._text_of(found[0]), text)

    def label(self, stand_in: str) -> str:
        """What is shown for a long text."""
        return f"[pasted: {len(self._text_of(stand_in)):,} characters]"

    def _text_of(self, stand_in: str) -> str:
        number = ord(stand_in) - _FIRST
        return self._texts[number] if number < len(self._texts) else stand_in


class ShowLongTexts(Processor):
    """Shows for each long text how long it is."""

    def __init__(self, long_texts: LongTexts) -> None:
        self._long_texts = long_texts

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """A line with labels, and where each of its characters is then."""
        line = transformation_input.document.lines[transformation_input.lineno]
        if not _STAND_IN.search(line):
            return Transformation(transformation_input.fragments)
        shown: StyleAndTextTuples = []
        places = [0]
        for style, text, *_ in transformation_input.fragments:
            for character in text:
                label = character
                if _STAND_IN.match(character):
                    style, label = "class:long-text", self._long_texts.label(character)
                shown.append((style, label))
                places.append(places[-1] + len(label))
        return Transformation(
            shown,
            source_to_display=lambda place: places[min(place, len(places) - 1)],
            display_to_source=lambda place: _source_of(place, places),
        )


def _source_of(place: int, places: list[int]) -> int:
    """The character of a line that is shown at a place."""
    return max(number for number, begins in enumerate(places) if begins <= place)


def read_large_pieces(input: Input) -> None:
    """Have a terminal's input read in larger pieces than prompt_toolkit does, which are many."""
    if reader := getattr(input, "stdin_reader", None):
        reader.read = partial(reader.read, count=_PIECE_BYTES)
