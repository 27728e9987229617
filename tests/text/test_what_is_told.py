"""All that is decided of a file and told of it, word by word, for files of every form."""

import pytest

from charplay.options import option_values
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus

NAMES = ("Aspirol", "Benzodar", "Cafexin", "Dormalix", "Ebrutan", "Feltoran", "Gavirel", "Hexomab")
ANN = ("Ann", "Bob", "Cy", "Di")
HUNDRED = tuple(f"Name{chr(97 + i // 10)}{chr(97 + i % 10)}" for i in range(100))


def lines(*texts):
    return "".join(f"{text}\n" for text in texts)


TABLE = lines("id,name", *(f"{i},{name}" for i, name in enumerate(NAMES, 1)))
TWO = lines("Aspirol,Rome", *(f"{name},Oslo" for name in NAMES))
LONG = "Report " + "x" * 60

TOOK = "took column name of 2, the only text column (separator: comma)"
EIGHT = "read as names: 8 lines of 1 word; --kind prose to change"
THREE = "read as names: 3 lines of 1 word; --kind prose to change"
COMMAS = "each line is one name with its commas; --separator comma makes columns"


def few(count):
    return f"{count} names are few: expect rough names; a hundred or more give better ones"


def shorter(count):
    return f"so short a text ({count} characters) makes a model that repeats it"


OF_TABLE = {"column": "name", "header": "yes", "separator": "comma"}
OF_LIST = {"header": "no", "separator": "line"}
ITEMS = {"header": "no", "separator": "comma"}

# file, text, what is chosen; names, what is decided, what is told
LISTS = {
    "a table": ("t.csv", TABLE, {}, NAMES, OF_TABLE, (TOOK, EIGHT, few(8))),
    "a plain table": ("t.txt", TABLE, {}, NAMES, OF_TABLE, (TOOK, EIGHT, few(8))),
    "a table with a title": (
        "t.csv", "Report 2024\n\n" + TABLE, {}, NAMES, OF_TABLE,
        ("left out 1 row above the table: Report 2024", TOOK, EIGHT, few(8)),
    ),
    "a table with two titles": (
        "t.csv", "Report 2024\nof all\n" + TABLE, {}, NAMES, OF_TABLE,
        ("left out 2 rows above the table: Report 2024", TOOK, EIGHT, few(8)),
    ),
    "a table with a long title": (
        "t.csv", f"{LONG}\n{TABLE}", {}, NAMES, OF_TABLE,
        (f"left out 1 row above the table: {LONG[:60]}…", TOOK, EIGHT, few(8)),
    ),
    "a table with a title as long as is shown": (
        "t.csv", f"{LONG[:60]}\n{TABLE}", {}, NAMES, OF_TABLE,
        (f"left out 1 row above the table: {LONG[:60]}", TOOK, EIGHT, few(8)),
    ),
    "a table whose header is to be kept": (
        "t.csv", TABLE, {"header": "no", "column": "2"}, ("name", *NAMES),
        {"column": "2", "header": "no", "separator": "comma"},
        (
            "took column 2 of 2, the only text column (separator: comma)",
            "read as names: 9 lines of 1 word; --kind prose to change",
            few(9),
        ),
    ),
    "a table without a header": (
        "t.csv", TWO, {"column": "2"}, ("Rome", *["Oslo"] * 8),
        {"column": "2", "header": "no", "separator": "comma"},
        (
            "took column 2 of 2 (separator: comma)",
            "no row looks like a header; --header yes leaves out the first one: Aspirol, Rome",
            "read as names: 9 lines of 1 word; --kind prose to change",
            "9 lines, 2 different names: repeated names count each time",
            few(2),
        ),
    ),
    "a table whose first row has a number": (
        "t.csv", lines(*(f"{i},{name}" for i, name in enumerate(NAMES))), {}, NAMES,
        {"column": "2", "header": "no", "separator": "comma"},
        ("took column 2 of 2, the only text column (separator: comma)", EIGHT, few(8)),
    ),
    "a table with gaps": (
        "t.csv", TABLE + "9\n10,\n11,Zor,\n", {"column": "NAME"}, (*NAMES, "Zor"), OF_TABLE,
        (
            TOOK,
            "1 row is empty in that column and left out",
            "1 row has fewer cells than the others, the first in line 10; "
            "without the column a row is left out",
            "read as names: 9 lines of 1 word; --kind prose to change",
            few(9),
        ),
    ),
    "a table with more gaps": (
        "t.csv", TABLE + "9,\n10\n11,\n12\n", {}, NAMES, OF_TABLE,
        (
            TOOK,
            "2 rows are empty in that column and left out",
            "2 rows have fewer cells than the others, the first in line 11; "
            "without the column a row is left out",
            EIGHT,
            few(8),
        ),
    ),
    "a table with line ends in a cell": (
        "t.csv", 'id,name\n1,"Asp\nirol"\n2,Ben\n3,"Caf\nex"\n', {}, ("Asp irol", "Ben", "Caf ex"),
        OF_TABLE,
        (
            TOOK,
            "line ends inside 2 cells were made blanks",
            "read as names: 3 lines of 1 to 2 words; --kind prose to change",
            few(3),
        ),
    ),
    "a table with other separators": (
        "t.tsv", TABLE.replace(",", "\t"), {"kind": "names"}, NAMES,
        OF_TABLE | {"separator": "tab"},
        ("took column name of 2, the only text column (separator: tab)", few(8)),
    ),
    "a list": ("t.txt", lines(*NAMES[:3]), {}, NAMES[:3], OF_LIST, (THREE, few(3))),
    "a list of two": (
        "t.txt", "Ann\nAnn\n", {"kind": "names"}, ("Ann", "Ann"), OF_LIST,
        (
            "2 lines, 1 different name: repeated names count each time",
            "1 name is few: expect rough names; a hundred or more give better ones",
        ),
    ),
    "a list to be lower-cased": (
        "t.txt", lines(*NAMES[:3]), {"lower": True}, tuple(map(str.lower, NAMES[:3])), OF_LIST,
        (THREE, "capitals were made small letters; --set lower=off keeps them", few(3)),
    ),
    "a list of as many as are enough": (
        "t.txt", lines(*HUNDRED), {"kind": "names"}, HUNDRED, OF_LIST, (),
    ),
    "a list of one less": (
        "t.txt", lines(*HUNDRED[1:]), {"kind": "names"}, HUNDRED[1:], OF_LIST, (few(99),),
    ),
    "a list with a heading": (
        "t.txt", lines("name", *NAMES), {"kind": "names"}, NAMES, OF_LIST | {"header": "yes"},
        (
            "the first line, name, looks like a header and was left out; --header no keeps it",
            few(8),
        ),
    ),
    "a list that may have a heading": (
        "t.txt", lines("Name", *NAMES), {"kind": "names"}, ("Name", *NAMES), OF_LIST,
        ("the first line, Name, may be a header; --header yes leaves it out", few(9)),
    ),
    "a list without its heading": (
        "t.txt", lines("Name", *NAMES), {"kind": "names", "header": "yes"}, NAMES,
        OF_LIST | {"header": "yes"}, (few(8),),
    ),
    "a table of one column": (
        "t.csv", lines("Name", *NAMES), {}, NAMES, OF_LIST | {"header": "yes"},
        (
            "the first line, Name, looks like a header and was left out; --header no keeps it",
            EIGHT,
            few(8),
        ),
    ),
    "a table of one column that is named": (
        "t.csv", lines("Drug", *NAMES), {"column": "DRUG", "kind": "names"}, NAMES,
        OF_LIST | {"header": "yes"}, (few(8),),
    ),
    "a table of one column by its number": (
        "t.csv", lines("Aspirol", *NAMES[1:]), {"column": "1", "kind": "names"}, NAMES, OF_LIST,
        (few(8),),
    ),
    "a table of one column with commas": (
        "t.csv", lines("Smith, John", "Doe, Jane", "Ray, Al"), {"kind": "names"},
        ("Smith, John", "Doe, Jane", "Ray, Al"), OF_LIST, (COMMAS, few(3)),
    ),
    "a table of one column with semicolons": (
        "t.csv", lines("Smith; John", "Doe; Jane", "Ray; Al"), {"kind": "names"},
        ("Smith; John", "Doe; Jane", "Ray; Al"), OF_LIST,
        (COMMAS.replace("comma", "semicolon"), few(3)),
    ),
    "a table of one column with a comma in one of five lines": (
        "t.csv", lines("Smith, John", *NAMES[:4]), {"kind": "names"}, ("Smith, John", *NAMES[:4]),
        OF_LIST, (few(5),),
    ),
    "lines that are to stay whole": (
        "t.csv", lines("Smith, John", "Doe, Jane"), {"kind": "names", "separator": "line"},
        ("Smith, John", "Doe, Jane"), OF_LIST, (few(2),),
    ),
    "names on one line": (
        "t.txt", "Ann, Bob, Cy, Di\n", {}, ANN, ITEMS,
        (
            "read as a list of 4 names on one line (separator: comma); --kind prose to change",
            few(4),
        ),
    ),
    "names on one line, as is said": (
        "t.txt", "Ann, Bob, Cy, Di\n", {"kind": "names"}, ANN, ITEMS,
        (
            "read as a list of 4 names on one line (separator: comma); --kind prose to change",
            few(4),
        ),
    ),
    "names on one line by a separator": (
        "t.txt", "Ann; Bob; Cy; Di\n", {"separator": ";"}, ANN, ITEMS | {"separator": "semicolon"},
        (
            "read as a list of 4 names on one line (separator: semicolon); --kind prose to change",
            few(4),
        ),
    ),
    "names on one line, all of it said": (
        "t.txt", "Ann, Bob, Cy, Di\n", {"kind": "names", "separator": "comma"}, ANN, ITEMS,
        (few(4),),
    ),
    "names on two lines": (
        "t.txt", "Ann, Bob,\nCy, Di\n", {}, ANN, ITEMS,
        ("read as a list of 4 names (separator: comma); --kind prose to change", few(4)),
    ),
    "names of a program": (
        "t.txt", "'Ann', 'Bob', 'Cy', 'Di'", {"kind": "names", "separator": ","}, ANN, ITEMS,
        ("left out the quotation marks around each name", few(4)),
    ),
    "a JSON list": (
        "t.txt", '["Ann", "Bob", "Cy", "Di"]', {}, ANN, {"header": "no"},
        ("read as a JSON list of 4 names; --kind prose to change", few(4)),
    ),
    "a JSON list, as is said": (
        "t.txt", '["Ann", "Bob", "Cy", "Di"]', {"kind": "names"}, ANN, {"header": "no"}, (few(4),),
    ),
    "bullets": (
        "t.txt", "- Ann\n- Bob\n- Cy\n- Di\n", {"kind": "names"}, ANN, OF_LIST,
        ("left out the bullet before each name", few(4)),
    ),
    "numbers": (
        "t.txt", "1. Ann\n2. Bob\n3. Cy\n4. Di\n", {"kind": "names"}, ANN, OF_LIST,
        ("left out the number before each name", few(4)),
    ),
    "unclean names": (
        "t.txt", " Ann\n\u200bBob  Lee\nC\x01y\u200d\nDi\n", {"kind": "names"},
        ("Ann", "Bob Lee", "Cy", "Di"), OF_LIST,
        (
            "cleaned blanks at the edges of 1 name, invisible characters (U+200B, U+200D) at the "
            "edges of 2 names, doubled blanks in 1 name, control characters in 1 name",
            few(4),
        ),
    ),
    "marks within": (
        "t.txt", "\ufeffAnn\n\ufeffBob\nCy\nDi\ufeff\x1a", {"kind": "names"}, ANN, OF_LIST,
        (
            "left out 2 byte order marks (U+FEFF) inside the text",
            "left out the end mark of a DOS file (^Z)",
            few(4),
        ),
    ),
    "one mark within a table, and accents": (
        "t.csv", "id,name\n1,Zoe\u0301\n2,Bo\ufeffb\n3,Cy\n", {"kind": "names"},
        ("Zoé", "Bob", "Cy"), OF_TABLE,
        (
            TOOK,
            "left out 1 byte order mark (U+FEFF) inside the text",
            "accents that stood apart from their letters were joined (NFC)",
            few(3),
        ),
    ),
    "one mark within names on one line": (
        "t.txt", "Ann, Bob\ufeff, Cy, Di", {"kind": "names", "separator": "comma"}, ANN, ITEMS,
        ("left out 1 byte order mark (U+FEFF) inside the text", few(4)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", LISTS)
def test_of_a_list_is_told_what_was_decided_and_no_more(tmp_path, form):
    file, text, choice, names, decided, told = LISTS[form]
    path = tmp_path / file
    path.write_bytes(text.encode())
    corpus = load_corpus(TextChoice(str(path), **choice), {})
    assert corpus.names == names
    assert corpus.reading.notes == told
    base = {"column": None, "header": None, "separator": None, "lower": False, "large": False}
    expected = base | choice | {"column": None, "kind": "names", "encoding": "utf-8"} | decided
    assert option_values(corpus.reading.choice) == {"corpus": str(path)} | expected


SENTENCE = "It was the best of times, it was the worst of times.\n"
SHORT = "read as prose: a single line; --kind names to change"

PROSE = {
    "a line": ("x" * 36, {}, "x" * 36, (SHORT, shorter(36))),
    "a letter": (
        "x", {}, "x", (SHORT, "so short a text (1 character) makes a model that repeats it"),
    ),
    "as short as is told of": ("x\n" * 999 + "x", {"kind": "prose"}, None, (shorter("1,999"),)),
    "just long enough": ("x\n" * 1000, {"kind": "prose"}, None, ()),
    "of many words": (
        "word " * 20 + "\n" + "word " * 20, {}, None,
        ("read as prose: lines of over 8 words; --kind names to change", shorter(201)),
    ),
    "lower-cased": (
        "To Be\n", {"kind": "prose", "lower": True}, "to be\n",
        ("capitals were made small letters; --set lower=off keeps them", shorter(6)),
    ),
    "small already": ("to be\n", {"kind": "prose", "lower": True}, None, (shorter(6),)),
    "a line as long as may be": ("x" * 5_000 + "\n", {"kind": "prose"}, None, (
        "5,001 characters in 1 line: expect a model that hardly ever ends a line",
    )),
    "a line that is not too long": ("x" * 5_000, {"kind": "prose"}, None, ()),
    "two long lines": ("x" * 5_000 + "\n" + "y" * 5_000, {"kind": "prose"}, None, (
        "10,001 characters in 2 lines: expect a model that hardly ever ends a line",
    )),
    "marks and an end": ("To\ufeff be\x1a", {"kind": "prose"}, "To be", (
        "left out 1 byte order mark (U+FEFF) inside the text",
        "left out the end mark of a DOS file (^Z)",
        shorter(5),
    )),
}  # fmt: skip


@pytest.mark.parametrize("form", PROSE)
def test_of_prose_is_told_what_was_decided_and_what_to_expect(tmp_path, form):
    text, choice, read, told = PROSE[form]
    path = tmp_path / "t.txt"
    path.write_bytes(text.encode())
    corpus = load_corpus(TextChoice(str(path), **choice), {})
    assert corpus.text == (text if read is None else read)
    assert corpus.reading.notes == told
    assert corpus.reading.choice == TextChoice(
        str(path), kind="prose", encoding="utf-8", lower=choice.get("lower", False)
    )


def test_a_column_of_prose_is_told_and_lower_cased(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(f'id,review\n1,"{SENTENCE.strip()}"\n2,"{SENTENCE.strip()}"\n')
    corpus = load_corpus(TextChoice(str(path), lower=True), {})
    assert corpus.text == (SENTENCE * 2).lower().rstrip()
    assert corpus.reading.notes == (
        "took column review of 2, the only text column (separator: comma)",
        "read as prose: lines of over 8 words; --kind names to change",
        "capitals were made small letters; --set lower=off keeps them",
        shorter(105),
    )


def test_an_encoding_is_told_where_it_was_found_and_not_where_it_was_given(tmp_path):
    path = tmp_path / "t.txt"
    path.write_bytes(lines(*ANN).encode("utf-16-be"))
    found = load_corpus(TextChoice(str(path), kind="names"), {})
    assert found.reading.notes == ("read as UTF-16", few(4))
    assert found.reading.choice.encoding == "utf-16-be"
    given = load_corpus(TextChoice(str(path), kind="names", encoding="utf-16-be"), {})
    assert (given.names, given.reading.notes) == (ANN, (few(4),))


def test_a_few_giant_cells_do_not_decide_what_the_others_are(tmp_path):
    path = tmp_path / "t.csv"
    short, long = [f"{name} Forte" for name in NAMES[:3]], "far too long for a name " * 5
    for giants, kind in ((2, "names"), (3, "prose")):
        rows = enumerate([*short, *[long] * giants])
        path.write_text(lines("id,name", *(f"{i},{name}" for i, name in rows)))
        assert load_corpus(TextChoice(str(path)), {}).kind == kind


@pytest.mark.parametrize(("length", "kind"), [(100, "prose"), (101, "names")])
def test_a_cell_is_giant_beyond_a_hundred_characters(tmp_path, length, kind):
    path = tmp_path / "t.csv"
    cells = [*NAMES[:3], *[" ".join("abcdefghi") + "x" * (length - 17)] * 2]
    path.write_text(lines("id,name", *(f"{i},{name}" for i, name in enumerate(cells))))
    assert load_corpus(TextChoice(str(path)), {}).kind == kind
