"""Characters that differ in typography or case alone, and the forms in which texts are compared."""

import unicodedata
from functools import lru_cache

# Each plain character, and those that are typed or printed for it; where a text knows several of
# them, the first is taken for the plain one. A closing quote stands before its opening one.
TWINS = {
    "'": "’‘ʼʻ′‛‚`´ʹ›‹",
    '"': "”“»„«″‟〞〝",
    "-": "‐‑–—‒―−⁃",
    " ": "\u00a0\u202f\u2009\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u200a\u205f\u3000",
    ",": "，、،",
    ".": "．。",
    "?": "？؟",
    ";": "；؛",
}  # fmt: skip
_PLAIN = {twin: plain for plain, twins in TWINS.items() for twin in twins}
# Kinds of decomposition that keep what is read: a raised 2 is no 2, a wide A is an A.
_SAME_READING = (
    "<wide>", "<narrow>", "<small>", "<vertical>", "<noBreak>", "<font>", "<compat>",
    "<initial>", "<medial>", "<final>", "<isolated>",
)  # fmt: skip

JOINERS = "\u200c\u200d"
_DOT_ABOVE = "\u0307"


def compose(text: str) -> str:
    """The text in the one normal form, NFC: an accented letter is one character if there is one."""
    return unicodedata.normalize("NFC", text)


@lru_cache(maxsize=10_000)
def plain_spelling(character: str) -> str:
    """What a character is in the plainest typography: `’` is `'`, `…` is `...`, a letter itself."""
    if character in _PLAIN:
        return _PLAIN[character]
    kind, *codes = unicodedata.decomposition(character).split() or [""]
    plain = "".join(chr(int(code, 16)) for code in codes)
    # An accent alone is a blank with a mark on it, and no blank.
    if kind not in _SAME_READING or plain[0] == " ":
        return character
    return "".join(map(plain_spelling, plain))


def letter_form(text: str) -> str:
    """The text by which its letters are searched: composed, lower case, plain typography.

    It has as many characters as the composed text.
    """
    return "".join(map(_letter_form, compose(text)))


@lru_cache(maxsize=10_000)
def _letter_form(character: str) -> str:
    plain = plain_spelling(character)
    letter = plain if len(plain) == 1 else character
    folded = letter.casefold()
    return folded if len(folded) == 1 else letter.lower()[0]


def comparing_form(text: str) -> str:
    """The text by which whole names are compared: equal for names that read the same.

    Beyond its letter form, what one character or several can spell is alike (ß and ss, … and three
    dots, ﬁ), and characters that nobody sees are left out; joiners are spelling and stay.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    # What is spelled out may have capitals, as № has; in small letters it may be apart again.
    form = unicodedata.normalize("NFKC", letter_form(text)).casefold()
    form = unicodedata.normalize("NFKC", form.replace("i" + _DOT_ABOVE, "i"))
    return "".join(c for c in form if c in JOINERS or unicodedata.category(c) != "Cf")
