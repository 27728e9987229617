"""Tables of every usual form: the right column, whole, or one line that says what to do."""

import csv
import io

import pytest

from charplay.errors import CorpusError, UsageError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus
from charplay.text.tables.cells import is_number
from charplay.text.tables.columns import ColumnsError

NAMES = ["Aspirol", "Benzodar", "Cafexin", "Dormalix", "Ebrutan", "Feltoran", "Gavirel", "Hexomab"]
CITIES = ["Berlin", "Paris", "London", "Rome", "Madrid", "Vienna", "Oslo", "Bern"]


def table(*rows, separator=","):
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator="\n").writerows(rows)
    return text.getvalue()


def pairs(others=CITIES):
    return list(zip(NAMES, others, strict=True))


@pytest.fixture
def read(tmp_path):
    """Reads a file, and once more as it was decided."""

    def read(text, file="t.csv", **choice):
        path = tmp_path / file
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        corpus = load_corpus(TextChoice(str(path), **choice), {})
        again = load_corpus(corpus.reading.choice, {})
        assert list(again.pieces()) == list(corpus.pieces())
        return corpus

    return read


@pytest.fixture
def refusal(read, tmp_path):
    """How a file is refused: message without the folder, and hint."""

    def refusal(text, file="t.csv", **choice):
        with pytest.raises((CorpusError, UsageError)) as caught:
            read(text, file, **choice)
        assert "\n" not in caught.value.message + caught.value.hint
        return caught.value.message.replace(f"{tmp_path}/", ""), caught.value.hint

    return refusal


def notes(corpus):
    return "\n".join(corpus.reading.notes)


SPELLINGS = {
    "plain": lambda name: name,
    "two words": lambda name: f"{name} Forte",
    "a comma": lambda name: f"{name}, Inc.",
    "a comma here and there": lambda name: f"{name}, Inc." if name < "D" else name,
    "an apostrophe": lambda name: f"O'{name}",
    "quotation marks": lambda name: f'{name} "Forte"',
}
BESIDE = {
    "a price": ("Price", [f"{n}.5" for n in range(8)]),
    "decimal commas": ("Preis", [f"{n},50" for n in range(8)]),
    "dates": ("date", [f"0{n}.10.2024" for n in range(1, 9)]),
    "gaps": ("n", ["", "1", "", "", "2", "", "3", ""]),
    "flags": ("sold", ["yes", "no"] * 4),
    "currency": ("cost", [f"€ 1.{n}00,50" for n in range(8)]),
}


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("beside", BESIDE)
def test_the_text_beside_figures_is_found_by_any_separator(read, separator, spelling, beside):
    names = [SPELLINGS[spelling](name) for name in NAMES]
    heading, figures = BESIDE[beside]
    rows = list(zip(names, figures, strict=True))
    for above in ([["name", heading]], [], [["Report 2024"], ["name", heading]]):
        corpus = read(table(*above, *rows, separator=separator))
        assert corpus.names == tuple(names)
        assert corpus.reading.choice.header == ("yes" if above else "no")


@pytest.mark.parametrize("rows", [1, 3, 300])
def test_a_table_may_have_few_rows_or_many(read, rows):
    names = tuple(f"Name{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(rows + 1))
    text = table(["id", "name"], *enumerate(names))
    assert read(text).names == names


def test_of_two_columns_of_text_one_must_be_named(read, refusal):
    text = table(["Name", "City"], *pairs())
    said = "t.csv has 2 columns of text", "choose one with --column Name or City"
    assert refusal(text) == said
    with pytest.raises(ColumnsError) as caught:
        read(text)
    assert caught.value.columns == {1: "Name", 2: "City"}
    assert read(text, column="city").names == tuple(CITIES)
    assert read(text, column="2").names == tuple(CITIES)


def test_without_a_header_columns_have_numbers(read, refusal):
    text = table(*pairs())
    assert refusal(text)[1] == "choose one with --column 1 (Aspirol) or 2 (Berlin)"
    corpus = read(text, column="2")
    assert corpus.names == tuple(CITIES)
    assert "no row looks like a header; --header yes leaves out the first one" in notes(corpus)
    assert read(text, column="2", header="yes").names == tuple(CITIES[1:])


def test_a_column_named_by_its_first_cell_has_a_header(read):
    text = table(["Rufname", "Sitz"], *pairs())
    assert read(text, column="Sitz").names == tuple(CITIES)


def test_headings_that_are_alike_are_told_apart_by_number(read, refusal):
    text = table(["name", "name"], *pairs())
    assert refusal(text, column="name") == (
        "t.csv has several columns name",
        "choose one with --column 1 (name) or 2 (name)",
    )
    assert read(text, column="2").names == tuple(CITIES)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        (table(["a", "b"], [1, 2], [3, 4]), "choose one with --column a or b"),
        (table(["id", "name"], *enumerate(NAMES)), "did you mean name?"),
    ],
)
def test_what_no_column_is_gets_the_columns_shown(refusal, text, hint):
    column = "nam" if "name" in text else None
    assert refusal(text, column=column)[1] == hint


def test_a_header_may_have_years_and_an_empty_cell(read):
    years = table(["", "name", "2019", "2020"], *((i, n, 1, 2) for i, n in enumerate(NAMES)))
    assert read(years).names == tuple(NAMES)


def test_a_row_with_a_cell_too_many_is_told_with_its_number(refusal):
    text = table(["id", "name"], *enumerate(NAMES)) + "8,Aspirol, Inc.\n"
    message, hint = refusal(text)
    assert message == "t.csv: line 10 has 3 cells where the others have 2"
    assert hint.startswith("put quotation marks around the cell that has a comma of its own")


def test_a_row_that_is_too_short_is_read_and_told_or_refused_where_it_does_not_fit(read, refusal):
    whole = table(["id", "name", "price"], *((i, name, 3) for i, name in enumerate(NAMES)))
    corpus = read(f"{whole}8,Zor\n9\n")
    assert corpus.names == (*NAMES, "Zor")
    assert "2 rows have fewer cells than the others, the first in line 10" in notes(corpus)
    message, _ = refusal(f"{whole}8,Aspi\nrol,3\n")
    assert message.startswith("t.csv: line 11 has 2 cells where the others have 3, and 'rol'")


def test_a_cell_may_be_of_any_length(read):
    long = "x" * 300_000
    text = table(["id", "name", "remark"], *((i, name, 1) for i, name in enumerate(NAMES)))
    assert read(text + f"8,Zor,{long}\n", column="name").names == (*NAMES, "Zor")
    assert read(text + f"8,{long},1\n", column="name").names == (*NAMES, long)


def test_a_quoted_cell_may_hold_marks_separators_and_line_ends(read):
    corpus = read('id,name\n1,"Asp\nirol"\n2,"Ben, ""the"" Zodar"\n3, "Cafexin" \n')
    assert corpus.names == ("Asp irol", 'Ben, "the" Zodar', "Cafexin")
    assert "line ends inside 1 cell were made blanks" in notes(corpus)
    assert read('name\n"Weird Al" Yankovic\n"Bob"\n').names == ('"Weird Al" Yankovic', "Bob")


def test_an_open_quotation_mark_is_told_with_its_line(refusal):
    message, _ = refusal('id,name\n1,Ann\n2,"Bob\n3,Carl\n')
    assert message == "t.csv is not a table: the quotation mark in line 3 is not closed"


@pytest.mark.parametrize("declared", [";", "|", "^", "\t"])
def test_the_separator_that_a_first_line_declares_is_taken(read, declared):
    rows = table(["Name", "Price"], *pairs(["12,50"] * 8), separator=declared)
    corpus = read(f"sep={declared}\n{rows}")
    assert corpus.names == tuple(NAMES)


def test_rows_of_a_title_may_be_as_wide_as_the_table(read):
    rows = table(["Report 2024", ""], ["", ""], ["id", "name"], *enumerate(NAMES))
    assert read(rows).names == tuple(NAMES)


def test_names_with_nothing_beside_them_are_no_title(read):
    rows = table(["Aspirol", ""], ["Benzodar", ""], ["Cafexin", "3"], ["Dormalix", "4"])
    assert read(rows).names == tuple(NAMES[:4])


@pytest.mark.parametrize(
    "text",
    [
        "company\nAspirol, Inc.\nBenzodar\nCafexin, Ltd., Berlin\nDormalix; Sons\n",
        "name\nSmith, John\nDoe, Jane\nMiller, Ann\n",
        "names\nSmith,John\nDoe,Jane\nMiller,Ann\n",
        "Smith, John\nDoe, Jane\nMiller, Ann\n",
        '"Smith, John"\n"Doe, Jane"\n"Miller, Ann"\n',
    ],
)
def test_lines_with_commas_of_their_own_stay_whole(read, text):
    lines = [line.strip('"') for line in text.splitlines()]
    headed = lines[0] in ("company", "name", "names")
    assert read(text).names == tuple(lines[headed:])


def test_that_lines_stay_whole_is_said_and_can_be_changed(read):
    text = "Smith, John\nDoe, Jane\nMiller, Ann\n"
    assert "each line is one name with its commas" in notes(read(text))
    assert read(text, separator="comma", column="2").names == ("John", "Jane", "Ann")
    whole = table(*pairs())
    assert read(whole, separator="line").names == tuple(",".join(pair) for pair in pairs())


def test_a_separator_that_there_is_not_is_refused(refusal):
    assert refusal("a,b\n", separator="colon") == (
        "there is no separator 'colon'",
        "did you mean semicolon?",
    )


PLAIN_TABLES = {
    "tabs": table(*pairs(range(8)), separator="\t"),
    "semicolons": table(["Name", "Price"], *pairs(["12,50"] * 8), separator=";"),
    "bars": table(*pairs(range(8)), separator="|"),
    "commas": table(["id", "name"], *enumerate(NAMES)),
}


@pytest.mark.parametrize("name", PLAIN_TABLES)
def test_a_plain_file_may_be_a_table(read, name):
    assert read(PLAIN_TABLES[name], "t.txt").names == tuple(NAMES)
    assert read(PLAIN_TABLES[name], "t.txt", kind="prose").text == PLAIN_TABLES[name]


@pytest.mark.parametrize(
    "text",
    [
        "\tIt was a dark night.\n\tThe rain fell in torrents.\n\tHe said nothing at all.\n",
        "The rain came; the sun went.\nA cloud rose; the moon set.\nI wept; you laughed.\n" * 9,
        "He came, he saw, he left.\nShe came, she saw, she stayed.\n" * 9,
        "In 1999, he left.\nIn 2001, he came.\nIn 2010, he died.\n",
        "Call me Ishmael.\tSome years ago\nI thought I would sail about a little.\n",
    ],
)
def test_prose_is_never_cut_into_cells(read, text):
    assert read(text, "t.txt").text == text


@pytest.mark.parametrize(
    ("first", "rest", "file", "left_out"),
    [
        ("name", NAMES, "t.txt", True),
        ("product name", NAMES, "t.txt", True),
        ("BRAND", NAMES, "t.txt", True),
        ("Name", NAMES, "t.csv", True),
        ("Handelsname", NAMES, "t.csv", False),
        ("Name", NAMES, "t.txt", False),
        ("brand", ["city", "company", "drug"], "t.csv", False),
        ("name", ["nap", "nape", "napkin", "name"], "t.csv", False),
        ("adidas", NAMES, "t.csv", False),
        ("Kaname", NAMES, "t.csv", False),
        ("van der Berg", NAMES, "t.csv", False),
    ],
)
def test_only_what_can_be_no_name_is_left_out_as_a_header(read, first, rest, file, left_out):
    corpus = read("\n".join([first, *rest]), file)
    assert corpus.names == tuple(rest if left_out else [first, *rest])


def test_of_a_first_line_that_may_be_a_header_it_is_said_how_to_leave_it_out(read):
    assert "Name, may be a header; --header yes leaves it out" in notes(
        read("\n".join(["Name", *NAMES]), "t.txt")
    )


def test_a_column_of_sentences_is_prose(read):
    rows = [
        (i, f"It was good, and I liked the {name}.\nWould buy.") for i, name in enumerate(NAMES)
    ]
    corpus = read(table(["id", "review"], *rows))
    assert (corpus.kind, corpus.text) == ("prose", "\n".join(text for _, text in rows))


def test_a_table_in_another_encoding_is_read_as_the_person_says(read):
    text = table(["Name", "Größe"], ("Zoé", 1), ("Noé", 2), ("Æsop", 3))
    assert read(text.encode("cp1252"), encoding="windows-1252").names == ("Zoé", "Noé", "Æsop")
    assert read(text.encode("utf-16")).names == ("Zoé", "Noé", "Æsop")


@pytest.mark.parametrize(
    ("cell", "number"),
    [("5 g", True), ("12 kg", True), ("5 kg", False), ("1200 EUR", True), ("12 seconds", False),
     ("1999-12-31", True), ("abc", False), ("3rd", False), ("A4", False)],
)  # fmt: skip
def test_a_cell_is_a_number_where_its_unit_is_no_longer_than_its_digits(cell, number):
    assert is_number(cell) is number
