"""Splitting a typed line into words."""

from collections.abc import Callable
from dataclasses import dataclass

from charplay.errors import UsageError
from charplay.options import END_OF_OPTIONS


@dataclass(frozen=True)
class Word:
    """One word of a line; what was quoted is never taken for an option."""

    text: str
    quoted: bool = False

    @property
    def is_flag(self) -> bool:
        """Whether it has the form of an option; a negative number has not."""
        text = self.text
        return not self.quoted and len(text) > 1 and text[0] == "-" and not _is_number(text)


def _is_number(text: str) -> bool:
    """Whether a word that begins with a minus is a number: -2, -.5, but not -inf."""
    digits = text[1:].lstrip(".")
    return digits[:1].isdigit()


def split_words(line: str) -> list[Word]:
    """The words of a line, parted by blanks; UsageError for a quote that is not closed.

    A quote counts at the beginning of a word and after `=` only: an apostrophe inside is a letter.
    Inside double quotes `\\"`, `\\\\`, `\\n` and `\\t` stand for what they say.
    """
    words: list[Word] = []
    place = _past_blanks(line, 0)
    while place < len(line):
        word, place = _word(line, place)
        words.append(word)
        place = _past_blanks(line, place)
    return words


def split_before_text(line: str, takes_value: Callable[[str], bool]) -> list[Word]:
    """The options that a line begins with as words, and all after them as one, as it was typed.

    One blank parts an option from the text; any more are the text's own.

    `takes_value` says of an option whether the word after it is its value. Raises UsageError as
    `split_words` does, for the options alone.
    """
    words: list[Word] = []
    text = line
    while (rest := text.lstrip()).startswith("-"):
        word, after = _word(rest, 0)
        if word.text == END_OF_OPTIONS:
            text = rest[after + 1 :]
            break
        if not word.is_flag:
            break
        words.append(word)
        if takes_value(word.text) and (place := _past_blanks(rest, after)) < len(rest):
            value, after = _word(rest, place)
            words.append(value)
        text = rest[after + 1 :]
    return [*words, Word(text, quoted=True)] if text.strip() else words


def split_off(line: str, most: int) -> tuple[list[Word], str]:
    """The first words of a line, at most so many, and all after them as it was typed.

    One blank parts the last of them from the rest. Raises UsageError as `split_words` does, for
    these words alone.
    """
    words: list[Word] = []
    rest, place = line, _past_blanks(line, 0)
    while place < len(line) and len(words) < most:
        word, end = _word(line, place)
        words.append(word)
        rest, place = line[end + 1 :], _past_blanks(line, end)
    return words, rest


def split_unfinished(line: str) -> tuple[list[Word], str]:
    """The words of a line that is being typed, and the last one as it stands, its quote included.

    The last one is empty after a blank: then it is not begun.
    """
    words: list[Word] = []
    place = _past_blanks(line, 0)
    while place < len(line):
        try:
            word, after = _word(line, place)
        except UsageError:  # its quote is still open
            return words, line[place:]
        if after == len(line):
            return words, line[place:]
        words.append(word)
        place = _past_blanks(line, after)
    return words, ""


def unquote(typed: str) -> str:
    """What a word stands for that is being typed; its quote may be still open."""
    for closed in (typed, f'{typed}"', f"{typed}'"):
        try:
            return _word(closed, 0)[0].text if closed else ""
        except UsageError:
            continue
    return typed


def first_word(line: str) -> str:
    """The first word of a line as it stands, its quotes included; empty where there is none."""
    return "".join(line.split()[:1])


def quote_word(text: str) -> str:
    """A text as it is typed as one word of a line: in quotes where it would be read otherwise."""
    return text if not _needs_quotes(text) and text[0] not in "->|" else _in_quotes(text)


def type_word(word: Word) -> str:
    """A word as it is typed, quoted where it must be: `split_words` gives it back."""
    text = word.text
    if not word.quoted and not _needs_quotes(text):
        return text
    name, equals, value = text.partition("=")
    if equals and not word.quoted and not _needs_quotes(name):
        return f"{name}={_in_quotes(value)}"
    return _in_quotes(text)


def _needs_quotes(text: str) -> bool:
    """Whether a text would be parted, or have quotes taken off, without quotes around it."""
    begins = not text or text[0] in "\"'" or '="' in text or "='" in text
    return begins or any(map(str.isspace, text))


def _in_quotes(text: str) -> str:
    escapes = {ord(character): f"\\{letter}" for letter, character in _ESCAPES.items()}
    return f'"{text.translate(escapes)}"'


def _past_blanks(line: str, place: int) -> int:
    while place < len(line) and line[place].isspace():
        place += 1
    return place


def _word(line: str, place: int) -> tuple[Word, int]:
    text, begun = "", place
    while place < len(line) and not line[place].isspace():
        if line[place] in "\"'" and (place == begun or line[place - 1] == "="):
            inner, place = _quoted(line, place)
            text += inner
            continue
        text += line[place]
        place += 1
    return Word(text, quoted=line[begun] in "\"'"), place


_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


def _quoted(line: str, place: int) -> tuple[str, int]:
    """The text inside the quotes that open at `place`, and the place after them."""
    quote, text = line[place], ""
    place += 1
    while place < len(line):
        character = line[place]
        if character == quote:
            return text, place + 1
        if quote == '"' and character == "\\" and line[place + 1 : place + 2] in _ESCAPES:
            place += 1
            character = _ESCAPES[line[place]]
        text += character
        place += 1
    raise UsageError(f"the quote {quote} is not closed", f"end the text with {quote}")
