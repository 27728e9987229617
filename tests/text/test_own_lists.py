"""Lists and texts as people have them, each read as it was meant."""

import gzip
import random
import unicodedata

import pytest

from charplay.errors import CorpusError
from charplay.plan import TextChoice
from charplay.text.corpus import load_corpus


def words(text):
    return text.split()


NAMES = words(
    "Aspirol Benzodar Cafexin Dormalix Ebrutan Feltoran Gavirel Hexomab Imbrutol Jantovex "
    "Kelovin Lumirex Monadil Nexavor Oblitan Pelorin Quadrex Rovilan Sematol Tovirex "
)
ACCENTED = words(
    "Zoé Chloé Noé Aimée Renée Inès Hélène Océane Maëlle Anaïs Gaëlle Noël Joël Raphaël Mickaël "
    "Désirée Eugénie Félix Rémy Théo Léon Léa Élise Agnès "
)
PERSIAN = words(
    "می‌نا نی‌لوفر گل‌ناز مه‌سا ماه‌رخ گل‌بانو شاه‌رخ مه‌تاب نی‌ما گل‌رخ ماه‌نوش پری‌ناز پری‌سا شیر‌زاد نیک‌بخت "
)


def lines(*texts):
    return "".join(f"{text}\n" for text in texts)


PACKED = lines("id,name", *(f"{i},{name}" for i, name in enumerate(NAMES, 1)))
TABS = PACKED.replace(",", "\t")
SEMICOLONS = lines("Name;Price", *(f"{name};12,50" for name in NAMES))
BOM = "\ufeff"


@pytest.fixture
def read(tmp_path):
    """Reads a file as `train FILE` does, and once more as it was decided."""

    def read(file, raw, **choice):
        path = tmp_path / file
        path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
        corpus = load_corpus(TextChoice(str(path), **choice), {})
        again = load_corpus(corpus.reading.choice, {})
        assert list(again.pieces()) == list(corpus.pieces())
        assert again.reading.choice == corpus.reading.choice
        return corpus

    return read


def told(corpus, words):
    return any(words in note for note in corpus.reading.notes)


TABLES = {
    "semi.csv": SEMICOLONS,
    "tabs.csv": TABS,
    "tabs.tsv": TABS,
    "packed.csv": PACKED,
    "packed.csv.gz": gzip.compress(PACKED.encode()),
    "title.csv": f"Report 2024\n{PACKED}",
    "sep.csv": f"sep=,\n{PACKED}",
    "bom2.csv": BOM + BOM + lines("name,n", *(f"{name},1" for name in NAMES)),
}


@pytest.mark.parametrize("file", TABLES)
def test_of_a_table_the_one_column_of_text_is_taken_and_that_is_said(read, file):
    corpus = read(file, TABLES[file])
    assert corpus.names == tuple(NAMES)
    assert told(corpus, "the only text column")
    name = corpus.reading.choice.column
    assert name.lower() == "name"
    assert read(file, TABLES[file], column=name).names == tuple(NAMES)


def test_rows_above_a_table_are_left_out_and_that_is_said(read):
    assert told(
        read("title.csv", TABLES["title.csv"]), "left out 1 row above the table: Report 2024"
    )


def test_commas_of_names_in_a_file_of_one_column_stay_in_them(read):
    names = [f"{name}, Inc." for name in NAMES]
    corpus = read("commas.csv", lines("company", *names))
    assert corpus.names == tuple(names)
    assert told(corpus, "the first line, company, looks like a header and was left out")
    assert read("commas.csv", lines(*names)).names == tuple(names)
    assert read("commas.txt", lines(*names)).names == tuple(names)


def test_a_header_over_one_column_is_left_out_and_kept_where_the_person_says_so(read):
    corpus = read("headed.csv", lines("name", *NAMES))
    assert corpus.names == tuple(NAMES)
    assert told(
        corpus,
        "the first line, name, looks like a header and was left out; --header no keeps it",
    )
    assert read("headed.csv", lines("name", *NAMES), header="no").names == ("name", *NAMES)


@pytest.mark.parametrize(
    ("file", "text", "names"),
    [
        ("cat.txt", BOM + lines(*NAMES) + BOM + lines(*(f"{n}a" for n in NAMES)), 40),
        ("zwsp.txt", lines(*(f"{name}\u200b" for name in NAMES)), 20),
        ("dos.txt", lines(*NAMES).replace("\n", "\r\n") + "\x1a", 20),
    ],
)
def test_characters_at_the_edges_that_nobody_sees_are_cleaned_and_that_is_said(
    read, file, text, names
):
    corpus = read(file, text)
    assert len(corpus.names) == names
    assert corpus.names[:20] == tuple(NAMES)
    assert all(name.isalpha() for name in corpus.names)
    assert told(corpus, "cleaned") or told(corpus, "left out")


def test_names_on_one_line_are_a_list_and_that_is_said(read):
    corpus = read("oneline.txt", ", ".join(NAMES) + "\n")
    assert corpus.names == tuple(NAMES)
    assert told(corpus, "read as a list of 20 names on one line")


def test_of_few_names_it_is_said_what_to_expect(read):
    corpus = read("eight.txt", lines(*NAMES[:8]))
    assert corpus.names == tuple(NAMES[:8])
    assert told(corpus, "8 names are few: expect")


def test_repeats_are_kept_counted_and_told(read):
    corpus = read("dups.txt", lines(*NAMES) * 25)
    assert corpus.names == tuple(NAMES) * 25
    assert told(corpus, "500 lines, 20 different names")


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_read_and_that_is_said(read, encoding):
    corpus = read("utf16.txt", lines(*NAMES).encode(encoding))
    assert corpus.names == tuple(NAMES)
    assert told(corpus, "read as UTF-16")


def test_another_encoding_is_refused_with_what_reads_it(read):
    raw = lines(*ACCENTED).encode("cp1252")
    with pytest.raises(CorpusError) as caught:
        read("cp1252.txt", raw)
    assert "is not UTF-8: line 1, byte 3 is 0xe9" in caught.value.message
    assert "--encoding windows-1252 reads Zoé Chloé Noé Aimée Renée Inès" in caught.value.hint
    assert "--encoding windows-1250 reads Zoé Chloé Noé Aimée Renée Inčs" in caught.value.hint
    assert read("cp1252.txt", raw, encoding="windows-1252").names == tuple(ACCENTED)


PROSE = {
    "curly.txt": lines(
        "“It’s late,” said the keeper — “don’t wait.”",
        "“I won’t,” she said; “they’re gone, aren’t they?”",
    )
    * 30,
    "ell.txt": "So he said… and then… no more…\n" * 60,
}


@pytest.mark.parametrize("file", PROSE)
def test_sentences_are_prose_as_they_stand(read, file):
    corpus = read(file, PROSE[file])
    assert (corpus.kind, corpus.text) == ("prose", PROSE[file])


def verse_without_blanks(characters, form):
    draw = random.Random(4)
    return lines(
        *("".join(draw.choice(characters) if c == "x" else c for c in form) for _ in range(60))
    )


@pytest.mark.parametrize(
    "text",
    [
        verse_without_blanks(
            "山水云月风花江雪春秋天地人心日夜星河松竹梅兰菊", "xxxxx，xxxxx。xxxxx，xxxxx。"
        ),
        verse_without_blanks("あいうえおかきくけこさしすせそたちつてとなにぬねの", "x" * 17),
    ],
    ids=["quatrains", "haiku"],
)
def test_verse_in_a_script_without_blanks_is_prose(read, text):
    assert (read("verse.txt", text).kind, read("verse.txt", text).text) == ("prose", text)


PLACES = words(
    "Aberlan Brynmor Cwmdare Dolgarth Efailwen Ffairbach Glanrhyd Hirwaunt Llanfarth Maesgwyn "
    "Nantgarw Penarlag Rhoslan Talsarn "
)
LISTS = {
    "apos": [f"O’{name}in" for name in NAMES[:14]],
    "dash": [f"Anna–{name[:3]}ita" for name in NAMES[:12]],
    "nbsp": [f"Dr\u00a0{name}" for name in NAMES[:12]],
    "nfc": ACCENTED,
    "fa": PERSIAN,
    "places": [*PLACES * 2, "Llanfairpwllgwyngyllgogerychwyrndrobwllll"],
    "paints": [
        f"{a} {b} {c}"
        for a in ("Old", "New", "Soft", "Deep")
        for b in ("Sea", "Oak", "Clay")
        for c in ("Grey", "Blue")
    ],
    "streets": [
        f"{a}{b} {c}"
        for a in ("Oak", "Elm", "Mill", "Rose", "Kings", "Marsh", "Stone")
        for b in ("field", "wood", "ton", "ley", "brook")
        for c in ("Street", "Road", "Lane", "Park Drive", "Close", "Old Mill Way", "Gardens")
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_one_whatever_its_names_are(read, name):
    corpus = read(f"{name}.txt", lines(*LISTS[name]))
    assert corpus.names == tuple(LISTS[name])
    assert told(corpus, "read as names: ")


def test_the_guess_is_told_with_its_reason_and_what_changes_it(read):
    corpus = read("streets.txt", lines(*LISTS["streets"]))
    assert (
        "read as names: 245 lines of 2 to 4 words; --kind prose to change" in corpus.reading.notes
    )
    assert read("streets.txt", lines(*LISTS["streets"]), kind="prose").kind == "prose"


@pytest.mark.parametrize("kind", ["names", "prose"])
def test_composed_and_decomposed_are_the_same_text(read, kind):
    texts = [
        read("form.txt", unicodedata.normalize(form, lines(*ACCENTED)), kind=kind)
        for form in ("NFC", "NFD")
    ]
    assert [list(text.pieces()) for text in texts] == [[lines(*ACCENTED)]] * 2
    assert told(texts[1], "joined (NFC)")


def test_what_lower_changes_is_told(read):
    corpus = read("list.txt", lines(*NAMES), lower=True)
    assert corpus.names == tuple(map(str.lower, NAMES))
    assert told(corpus, "--set lower=off keeps them")
    assert not told(read("list.txt", lines(*NAMES).lower(), lower=True), "lower=off")


def test_one_giant_line_is_prose_with_what_to_expect(read):
    corpus = read("giant.txt", "abcde " * 20_000)
    assert corpus.kind == "prose"
    assert told(corpus, "120,000 characters in 1 line: expect a model that hardly ever ends a line")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("  Ann  Lee \nBob\t\n", ("Ann Lee", "Bob")),
        ("\u200fAnn\u2060\n\u200bBob\u00a0\n", ("Ann", "Bob")),
        ("Ann\u00a0Lee\nB\u0001ob\n", ("Ann\u00a0Lee", "Bob")),
        ("Ann\u200bLee\nB\u00adob\n", ("Ann\u200bLee", "B\u00adob")),
        ("کتاب\u200cها\nबि\u200dल\n", ("کتاب\u200cها", "बि\u200dल")),
        ("Ann\tLee\nBob\x0bCarl\n", ("Ann Lee", "Bob", "Carl")),
    ],
)
def test_a_name_is_cleaned_at_its_edges_and_its_spelling_is_kept(read, text, names):
    assert read("list.txt", text, kind="names", separator="line").names == names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Ann; Bob; Carl; Dave", ("Ann", "Bob", "Carl", "Dave")),
        ("Ann|Bob|Carl|Dave", ("Ann", "Bob", "Carl", "Dave")),
        ("Lee, A; May, B; Ray, C; Kay, D", ("Lee, A", "May, B", "Ray, C", "Kay, D")),
        ("山田、鈴木、佐藤、高橋", ("山田", "鈴木", "佐藤", "高橋")),
        ("Ann, Bob,\nCarl, Dave,\nEve", ("Ann", "Bob", "Carl", "Dave", "Eve")),
        ("Ann,\nBob,\nCarl,\nDave", ("Ann", "Bob", "Carl", "Dave")),
    ],
)  # fmt: skip
def test_names_that_stand_in_a_row_are_taken_apart(read, text, names):
    assert read("row.txt", text).names == names


@pytest.mark.parametrize(
    "text",
    [
        "To be, or not to be, that is the question.",
        "I came, I saw, I conquered, and then I went home again.",
        "Red, white, and blue are the colours of the flag; they have been so for ages.",
    ],
)
def test_a_sentence_with_commas_is_no_list(read, text):
    assert (read("sentence.txt", text).kind, read("sentence.txt", text).text) == ("prose", text)


def test_names_on_one_line_are_taken_apart_where_the_person_says_that_they_are_names(read):
    assert read("two.txt", "Ann, Bob", kind="names").names == ("Ann", "Bob")
    assert read("list.txt", ", ".join(NAMES), kind="prose").text == ", ".join(NAMES)
