"""The encoding of a file: known by certain signs, named by the person, or refused; never guessed.

The certain signs are those of UTF-8, UTF-16 and UTF-32. Every other encoding gives some text for
nearly any bytes, so the person is shown a few words as the likely ones read them, and decides.
"""

import codecs
import re
import unicodedata
from difflib import get_close_matches
from encodings.aliases import aliases
from itertools import pairwise

from charplay.errors import CorpusError, unknown

UTF8 = "utf-8"
_HEAD = 1 << 16
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# The most frequent first: of those that read a text alike, only the first is shown.
_LIKELY = (
    "windows-1252", "windows-1250", "windows-1251", "windows-1253", "windows-1254",
    "windows-1255", "windows-1256", "shift_jis", "gb18030", "euc-kr", "big5", "koi8-r",
    "cp850", "cp852", "cp437", "mac-roman",
)  # fmt: skip
_MOST_SHOWN = 5
_SAMPLE_WORDS = 8
_SAMPLE_LENGTH = 48
_TYPOGRAPHIC = frozenset("‘’‚“”„‹›«»–—…•·¿¡°§©®™€£ªº´。、，！？：；「」『』（）・ー～")
_JAPANESE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH"})
_FOREIGN_WORD = re.compile(rb"[^\s]*[\x80-\xff][^\s]*")
_LEAST_ZEROS = 2


def certain_encoding(source: str, raw: bytes) -> str:
    """UTF-16 by its byte order mark or its pattern of zero bytes, else UTF-8.

    `raw` is the beginning of the file. Raises CorpusError for UTF-32.
    """
    head = raw[:_HEAD]
    encoding = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), "")
    encoding = encoding or _encoding_by_zeros(head) or UTF8
    if encoding.startswith("utf-32"):
        raise CorpusError(f"{source} is UTF-32", f"save it as UTF-8, or add --encoding {encoding}")
    return encoding


def _encoding_by_zeros(head: bytes) -> str | None:
    """The wide encoding whose units have their zero bytes where these bytes have them."""
    if head.count(0) < _LEAST_ZEROS:
        return None
    for encoding, width in (("utf-32-le", 4), ("utf-32-be", 4), ("utf-16-le", 2), ("utf-16-be", 2)):
        try:
            text = head[: len(head) // width * width].decode(encoding)
        except UnicodeDecodeError as error:
            if error.end < len(head) - width:  # not a character that the head cuts
                continue
            text = error.object[: error.start].decode(encoding)
        whole = not len(head) % width or len(head) == _HEAD
        if whole and _is_written(text):
            return encoding
    return None


def _is_written(text: str) -> bool:
    """Whether a text has ASCII letters or line ends, and no control or unassigned characters."""
    return any(character.isascii() for character in text) and all(
        character in "\n\r\t\x1a" or not unicodedata.category(character).startswith("C")
        or character == "\ufeff"
        for character in set(text)
    )  # fmt: skip


def check_encoding(name: str) -> str:
    """The name of an encoding, if there is one of it; else UsageError with near names."""
    if _is_encoding(name):
        return name
    known = {alias.replace("_", "-") for alias in (*aliases, *aliases.values())}
    close = filter(_is_encoding, get_close_matches(name.lower(), sorted(known)))
    raise unknown("encoding", name, tuple(close) or _LIKELY[:4])


def _is_encoding(name: str) -> bool:
    """Whether it names an encoding of text, which `hex` and the like are not."""
    try:
        " ".encode(name)
    except (LookupError, ValueError):  # a ValueError for a zero byte in the name
        return False
    return True


def is_utf8(encoding: str) -> bool:
    """Whether that name means UTF-8."""
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def encoding_in_words(encoding: str) -> str:
    """An encoding as people write it: UTF-16."""
    name = encoding.lower()
    return name.upper().removesuffix("-LE").removesuffix("-BE") if "utf" in name else name


def wrong_encoding(source: str, encoding: str, place: str, raw: bytes) -> CorpusError:
    """The error for bytes that an encoding does not have.

    `place` says where and what they are; `raw` is the text from the line in which they stand.
    """
    message = f"{source} is not {encoding_in_words(encoding)}: {place}"
    if not is_utf8(encoding):
        return CorpusError(message, "name another encoding: --encoding NAME, or save it as UTF-8")
    shown = [f"--encoding {name} reads {text}" for name, text in likely_readings(raw)]
    if not shown:
        return CorpusError(message, "save it as UTF-8, or name its encoding: --encoding NAME")
    return CorpusError(message, f"type the one that reads it right: {'; '.join(shown)}")


def likely_readings(raw: bytes) -> list[tuple[str, str]]:
    """(encoding, a few words as it reads them) for each encoding by which they look written.

    The words are those with bytes outside ASCII, from the first line that has any.
    """
    words = dict.fromkeys(_FOREIGN_WORD.findall(raw[:_HEAD]))
    readings: dict[str, str] = {}
    for encoding in _LIKELY:
        try:
            read = [word.decode(encoding) for word in words]
        except UnicodeDecodeError:
            continue
        if all(map(_looks_written, read)):
            readings.setdefault(_differing_words(read), encoding)
    return [(encoding, text) for text, encoding in readings.items()][:_MOST_SHOWN]


def _differing_words(words: list[str]) -> str:
    """The first words, as many as fit in a line."""
    shown = ""
    for word in words[:_SAMPLE_WORDS]:
        if shown and len(shown) + len(word) >= _SAMPLE_LENGTH:
            break
        shown += f" {word}" if shown else word[:_SAMPLE_LENGTH]
    return shown


def _looks_written(word: str) -> bool:
    """Whether a word could be one: letters of one script, and capitals before small letters."""
    foreign = [character for character in word if not character.isascii()]
    if not all(c in _TYPOGRAPHIC or unicodedata.category(c)[0] in "LM" for c in foreign):
        return False
    letters = [character for character in word if character.isalpha()]
    scripts = {_script_of(letter) for letter in letters}
    if scripts == {"LATIN"} and len(letters) > 2 and not any(map(str.isascii, letters)):
        return False
    if len(scripts) > 1 and not scripts <= _JAPANESE:
        return False
    pairs = pairwise(word)
    return not any(a.islower() and b.isupper() and not (a + b).isascii() for a, b in pairs)


def _script_of(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]
