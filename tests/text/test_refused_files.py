"""What cannot be read is told in one line, with what to do."""

import pytest

from charplay.errors import CharplayError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus

NAMES = ("Aspirol", "Benzodar", "Cafexin", "Dormalix", "Ebrutan", "Feltoran", "Gavirel", "Hexomab")


def lines(*texts):
    return "".join(f"{text}\n" for text in texts)


TABLE = lines("id,name", *(f"{i},{name}" for i, name in enumerate(NAMES, 1)))

REFUSED = {
    "a column that a list has not": (
        "t.txt", "Ann\nBob\n", {"column": "name"},
        "t.txt is not a table, so it has no columns", "leave out --column",
    ),
    "a column that the only one is not": (
        "t.csv", "Name\nBob\n", {"column": "town"}, "there is no column of t.csv 'town'",
        "there is Name",
    ),
    "nothing": ("t.txt", "\n", {}, "t.txt is empty", "give a text with some characters in it"),
    "one name": (
        "t.txt", "Ann\n", {"kind": "names"},
        "t.txt has only one line, and a list of names needs two or more",
        "put one name on each line, or read it as a text with --kind prose",
    ),
    "an open quotation mark": (
        "t.csv", 'name,n\nAnn,1\n"Bob,2\n', {},
        "t.csv is not a table: the quotation mark in line 3 is not closed",
        "close it, or remove it from that line",
    ),
    "a cell too many": (
        "t.csv", TABLE.replace(",", ";") + "9;Zor;Inc.\n", {},
        "t.csv: line 10 has 3 cells where the others have 2",
        "put quotation marks around the cell that has a semicolon of its own, or keep each line "
        "whole with --separator line",
    ),
    "a cell missing": (
        "t.csv", lines("id,name,price", *(f"{i},{n},5" for i, n in enumerate(NAMES)), "Cy,5"), {},
        "t.csv: line 10 has 2 cells where the others have 3, and 'Cy' where they have numbers",
        "put the cells of that row in their columns",
    ),
    "an encoding of a spreadsheet": (
        "t.xlsx", "", {"encoding": "utf-8"}, "t.xlsx is a spreadsheet and has no encoding",
        "leave out --encoding",
    ),
    "an encoding that the file has not": (
        "t.txt", b"Ann\nB\xc3\xb6\n\x81", {"encoding": "cp1252"},
        "t.txt is not cp1252: line 3, byte 1 is 0x81",
        "name another encoding: --encoding NAME, or save it as UTF-8",
    ),
    "an encoding that nobody knows": (
        "t.txt", b"\xff\xfa \xe9\xff\x80\x81", {},
        "t.txt is not UTF-8: line 1, byte 1 is 0xff",
        "save it as UTF-8, or name its encoding: --encoding NAME",
    ),
    "half a character of UTF-16": (
        "t.txt", "Ann".encode("utf-16-le") + b"\0\xd8", {"encoding": "utf-16-le"},
        "t.txt is not UTF-16: line 1, byte 7 is 0x00",
        "name another encoding: --encoding NAME, or save it as UTF-8",
    ),
    "a packed file that is none": (
        "t.txt.gz", "Ann\n", {}, "t.txt.gz is not a whole .gz file", "give the text decompressed",
    ),
    "a zero byte": (
        "t.txt", "Ann\n\0", {}, "t.txt is not a text: line 2 has a zero byte",
        "give a plain text file, or a table as .csv or .xlsx",
    ),
    "UTF-32": (
        "t.txt", "Ann\n".encode("utf-32"), {}, "t.txt is UTF-32",
        "save it as UTF-8, or add --encoding utf-32",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_told_with_what_to_do(tmp_path, what):
    file, text, choice, message, hint = REFUSED[what]
    path = tmp_path / file
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(CharplayError) as caught:
        load_corpus(TextChoice(str(path), **choice), {})
    assert caught.value.message.replace(f"{tmp_path}/", "") == message
    assert caught.value.hint == hint
