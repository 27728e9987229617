"""`corpora`: listing, showing, adding, removing and fetching texts, as a person types it."""

import json
import subprocess
import sys

import pytest
from rich.cells import cell_len

from charplay.commands.corpora import CORPUS_COLUMNS, CorpusChange, CorpusRow
from charplay.commands.corpus_texts import CorpusPage
from charplay.commands.results import Table
from charplay.plugins.registry import Origin, Registry
from charplay.terminal.render.console import make_console, visible
from charplay.terminal.render.corpora import visible_characters
from charplay.terminal.render.views import show
from charplay.terminal.shell import Shell
from charplay.text.catalogue import StoredTexts
from charplay.text.description import TextDescription
from charplay.text.entry import CorpusEntry, Download
from tests.conftest import Said

POEM = "Was it a cat\nI saw?\n"
NASTY = "\x1b[31m[bold]x[/]\x07\u202e"


@pytest.fixture
def products(tmp_path):
    path = tmp_path / "products.txt"
    path.write_text("".join(f"Zor{a}{b}\n" for a in "aeiou" for b in ("x", "nta", "pel", "")))
    return path


@pytest.fixture
def type_to(world, tmp_path):
    """Types words to a charplay that knows the text `birds`, and those of a catalogue."""

    def type_to(*words, catalogue=(), **more):
        birds = tmp_path / "birds.offered"
        birds.write_text("Wren\nJay\n")
        registry = Registry()
        origin = Origin("fake", "charplay-fake", "1.0")
        known = CorpusEntry("birds", "names", "birds", "CC0", "here", birds)
        for entry in (known, *catalogue):
            registry.corpora.add(entry.name, lambda entry=entry: entry, origin)
        environment = world(**more)
        shell = Shell(environment, registry)
        status = shell.perform_words([str(word) for word in ("corpora", *words)])
        shell.close()
        return Said.of(status, environment)

    return type_to


def to_fetch(url, name="poem", **known):
    return CorpusEntry(name, "prose", "a poem", "none", "the web", download=Download(url, **known))


def refused(said, message, hint):
    assert said.status != 0
    assert said.out == ""
    assert said.err == f"error: {message}\n  → {hint}\n"


def rows(said):
    assert (said.status, said.err) == (0, "")
    return {row["corpus"]: row for row in json.loads(said.out)}


def test_a_list_of_ones_own_is_added_trained_on_and_removed(charplay, products, home):
    said = charplay("corpora", "add", products, "--name", "mine")
    assert (said.status, said.err) == (0, "")
    assert said.out == (
        "mine added: 20 names, 13 distinct characters\n  charplay train mine trains on it\n"
    )
    assert said.notes == (
        "note: read as names: 20 lines of 1 word; --kind prose to change\n"
        "note: 20 names are few: expect rough names; a hundred or more give better ones\n"
    )
    products.unlink()
    said = charplay("train", "mine", "--quick")
    assert (said.status, said.err) == (0, "")
    assert "training mine on mine (names)" in said.out
    assert "mine is in the library" in said.out
    said = charplay("corpora", "remove", "mine", "--yes")
    assert (said.status, said.out, said.err) == (0, "mine removed\n", "")
    assert "mine" not in charplay("corpora").out
    said = charplay("train", "mine", "--quick")
    assert (said.status, said.err.splitlines()[0]) == (
        2,
        "error: there is no corpus or file 'mine'",
    )
    assert charplay("names", "mine", "-n", "1").status == 0


def test_in_the_repl_a_text_that_was_just_added_can_be_trained_on(charplay, products):
    said = charplay(stdin=f":corpora add {products}\n:train products --epochs 1\n:corpora\n")
    assert (said.status, said.err) == (0, "")
    assert "products is in the library" in said.out
    rows = [line for line in said.lines if not line.startswith(" ")]
    assert rows[-1].startswith("products ")


def test_the_list_tells_size_licence_and_source_of_each_text(charplay):
    said = charplay("corpora")
    assert (said.status, said.err) == (0, "")
    (line,) = [line for line in said.lines if line.startswith("drugs")]
    assert line.split()[:6] == ["drugs", "names", "6,855", "27", "shipped", "CC0"]
    (line,) = [line for line in said.lines if line.startswith("nietzsche")]
    assert line.split()[:6] == ["nietzsche", "prose", "600,893", "–", "not", "fetched"]
    assert said.notes == "charplay corpora fetch NAME downloads one that is not fetched\n"


def test_the_list_in_json_and_csv_says_what_is_not_fetched(charplay):
    listed = rows(charplay("corpora", "--format", "json"))
    assert listed["dinosaurs"] == {
        "corpus": "dinosaurs",
        "kind": "names",
        "size": 1318,
        "distinct": 27,
        "summary": "names of dinosaurs",
        "licence": "WTFPL",
        "source": "npm dinosaurs 1.2.1",
        "state": "shipped",
        "offered_by": "charplay",
        "fault": "",
    }
    assert listed["tiny-shakespeare"]["state"] == "not fetched"
    csv = charplay("corpora", "--format", "csv").lines
    assert csv[0] == "corpus,kind,size,distinct,summary,licence,source,state,offered_by,fault"
    assert len(csv) == 1 + len(listed)


def test_the_list_reads_no_text(charplay, products, home):
    charplay("corpora", "add", products)
    (home / "corpora" / "products.txt").write_text("changed by hand")
    assert rows(charplay("corpora", "--format", "json"))["products"]["size"] == 20


def test_listing_and_help_import_neither_numpy_nor_what_fetches(process):
    code = (
        "import sys\n"
        "from charplay.terminal.cli import run\n"
        "from charplay.environment import Environment\n"
        "assert run(['corpora'], Environment.of_process()) == 0\n"
        "assert not {'numpy', 'requests'} & set(sys.modules)\n"
    )
    assert process(python=("-c", code)).status == 0


def test_a_page_tells_all_about_a_list(charplay):
    said = charplay("corpora", "show", "dinosaurs")
    assert (said.status, said.err) == (0, "")
    lines = [line.rstrip() for line in said.lines]
    assert lines[:14] == [
        "dinosaurs  names of dinosaurs",
        "",
        "  kind        names",
        "  size        1,318 names, 16,865 characters with their newlines",
        "  distinct    27 characters",
        "  characters  ⏎abcdefghijklmnopqrstuvwxyz",
        "  of them     15,547 Latin letters",
        "  lengths     3 to 23 characters per name, median 12",
        "  licence     WTFPL",
        "  source      npm dinosaurs 1.2.1 (offered by charplay)",
        "  sha256      38e9bcb6e0fa4e74b8788ef331ae755fd879fb55790146309bb488eaf4ff65f8",
        "  state       shipped",
        "",
        "first names",
    ]
    assert lines[14:16] == ["  aachenosaurus", "  aardonyx"]
    assert lines[20] == "random names"
    assert lines[26:] == ["", "  next  charplay train dinosaurs"]


def test_a_page_about_prose_counts_lines_that_are_not_blank(charplay):
    page = json.loads(charplay("corpora", "show", "sonnets", "--format", "json").out)
    text = page["text"]
    assert (page["size"], text["size"], text["lines"]) == (94_653, 94_653, 2_155)
    assert text["shortest"] > 0
    assert text["first"][0] == "From fairest creatures we desire increase,"
    assert text["vocabulary"].startswith("\n !")


def test_random_lines_are_drawn_by_the_seed_and_none_twice(charplay):
    def drawn(seed):
        said = charplay("corpora", "show", "drugs", "--format", "json", seed=seed)
        return json.loads(said.out)["text"]["random"]

    assert drawn(7) == drawn(7) != drawn(8)
    assert len({*drawn(7)}) == 5


def test_a_short_list_has_few_lines_to_draw_from(charplay, tmp_path):
    path = tmp_path / "few.txt"
    path.write_text("\n".join("abcdefg"))
    charplay("corpora", "add", path)
    text = json.loads(charplay("corpora", "show", "few", "--format", "json").out)["text"]
    assert (text["first"], text["random"]) == (list("abcde"), list("fg"))


def test_a_very_long_line_is_cut(charplay, tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("x" * 100_000)
    charplay("corpora", "add", path)
    said = charplay("corpora", "show", "long", tty=True, TERM="dumb")
    assert max(map(cell_len, said.lines)) <= 80
    text = json.loads(charplay("corpora", "show", "long", "--format", "json").out)["text"]
    assert (len(text["first"][0]), text["longest"]) == (200, 100_000)


def test_a_page_about_a_text_that_is_not_fetched_says_how_to_get_it(type_to):
    said = type_to("show", "poem", catalogue=[to_fetch("http://127.0.0.1/poem")])
    assert (said.status, said.err) == (0, "")
    assert [line.split() for line in said.out.splitlines()[-4:]] == [
        ["address", "http://127.0.0.1/poem"],
        ["state", "not", "fetched"],
        [],
        ["next", "charplay", "corpora", "fetch", "poem"],
    ]


def test_characters_are_shown_so_that_each_can_be_seen():
    assert visible_characters("\n\t a\u0301") == "⏎⇥␣a◌\u0301"
    assert visible_characters("x" * 301) == "x" * 300 + " … and 1 more"


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (("shw",), "there is no action of corpora 'shw'", "did you mean charplay corpora show?"),
        (
            ("shw", "birds"),
            "there is no action of corpora 'shw'",
            "did you mean charplay corpora show?",
        ),
        (("show",), "corpora show needs a corpus", "charplay corpora lists what there is"),
        (("show", "brids"), "there is no corpus or file 'brids'", "did you mean birds?"),
        (("fetch", "brids"), "there is no corpus 'brids'", "did you mean birds?"),
        (("fetch",), "corpora fetch needs a corpus", "charplay corpora lists what there is"),
        (("add",), "corpora add needs a file", "charplay help corpora add shows how"),
        (
            ("add", "no.txt"),
            "there is no file no.txt",
            "charplay corpora add FILE --name NAME adds a list, a text or a table",
        ),
        (
            ("show", "birds", "--column", "x"),
            "the corpus birds is read as it is, without --column",
            "leave out --column",
        ),
        (
            ("remove", "birds"),
            "birds comes with charplay-fake and cannot be removed",
            "charplay corpora remove NAME is for texts that you added or fetched",
        ),
        (
            ("remove", "poem"),
            "poem is not fetched",
            "charplay corpora fetch poem downloads it",
        ),
        (
            ("remove", "../x"),
            "there is no corpus of your own '../x'",
            "charplay corpora lists what there is",
        ),
    ],
)
def test_words_that_make_no_sense_are_refused_with_what_to_type(type_to, words, message, hint):
    said = type_to(*words, catalogue=[to_fetch("http://127.0.0.1/poem")])
    assert said.status == 2
    refused(said, message, hint)


@pytest.mark.parametrize("name", ["birds", "Birds", "poem", "mine", "MINE"])
def test_a_name_that_is_taken_is_refused(type_to, products, name):
    type_to("add", products, "--name", "mine")
    said = type_to("add", products, "--name", name, catalogue=[to_fetch("http://127.0.0.1/poem")])
    assert said.status == 2
    assert "already" in said.err
    assert "--name NAME" in said.err


@pytest.mark.parametrize("name", ["", "..", "a/b", "../../x", "x" * 100, "a b"])
def test_a_name_that_cannot_be_kept_is_refused(type_to, products, home, name):
    said = type_to("add", products, "--name", name)
    assert said.status == 2
    assert "cannot be the name of a text" in said.err
    assert not (home / "corpora").exists()


def test_a_column_of_a_table_is_kept_as_a_list(charplay, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("maker,name\nAnn,Zorvex\nBob,Plinta\n")
    said = charplay("corpora", "add", path)
    assert (said.status, "choose one with --column maker or name" in said.err) == (2, True)
    assert charplay("corpora", "add", path, "--column", "name").status == 0
    row = rows(charplay("corpora", "--format", "json"))["stock"]
    assert (row["kind"], row["size"], row["state"]) == ("names", 2, "own")
    assert (row["source"], row["offered_by"]) == ("stock.csv, column name", "")
    page = json.loads(charplay("corpora", "show", "stock", "--format", "json").out)
    assert page["text"]["first"] == ["Zorvex", "Plinta"]


TWO_COLUMNS = "Name,City\n" + "".join(f"Zor{c},{c.upper()}ville\n" for c in "abcdefghij")


def test_how_a_file_would_be_read_is_shown_and_nothing_is_kept(charplay, tmp_path, home):
    path = tmp_path / "stock list.csv"
    path.write_text("Name;Price\n" + "".join(f"Zor{c};1,50\n" for c in "abcdefghij") + "Zorß ;2\n")
    said = charplay("corpora", "show", path)
    assert (said.status, said.err) == (0, "")
    lines, notes = [line.rstrip() for line in said.lines], said.notes.splitlines()
    assert lines[0].endswith("stock list.csv  a list of your own")
    assert "  size        11 names, 55 characters with their newlines" in lines
    assert "  of them     44 Latin letters" in lines
    assert "note: took column Name of 2, the only text column (separator: semicolon)" in notes
    assert "note: read as names: 11 lines of 1 word; --kind prose to change" in notes
    assert lines[lines.index("first names") + 1] == "  Zora"
    assert lines[-1] == f"  next  charplay train '{path}'"
    assert not (home / "corpora").exists()
    assert not (home / "models").exists()


def test_the_preview_in_json_has_every_decision_and_takes_every_switch(charplay, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text(TWO_COLUMNS + "Zork,Aville\n")
    words = ("corpora", "show", path, "--column", "City", "--kind", "names", "--format", "json")
    page = json.loads(charplay(*words).out)
    assert (page["kind"], page["size"], page["state"]) == ("names", 11, "a file, not kept")
    assert page["text"]["repeats"] == 1
    assert page["text"]["by_kind"] == [{"characters": "Latin letters", "count": 66}]
    assert page["again"].endswith("stock.csv --column City --kind names")
    assert page["notes"] == [
        "took column City of 2 (separator: comma)",
        "11 lines, 10 different names: repeated names count each time",
        "10 names are few: expect rough names; a hundred or more give better ones",
    ]


def test_what_looks_odd_in_a_text_is_shown(charplay, tmp_path):
    path = tmp_path / "odd.txt"
    path.write_text("Zorvex\nPlinta\n" * 60 + "Q\u200bx\nZorvex Plinta Zorvex Plinta\n", "utf-8")
    text = json.loads(charplay("corpora", "show", path, "--format", "json").out)["text"]
    assert text["oddities"] == [
        "characters seen once: Q U+200B",
        "characters that cannot be seen: U+200B",
        "far longer than the others: Zorvex Plinta Zorvex Plinta",
    ]


def test_a_text_that_was_added_says_how_its_file_was_read(charplay, tmp_path, home):
    path = tmp_path / "stock.csv"
    path.write_text("Report\n" + TWO_COLUMNS)
    charplay("corpora", "add", path, "--column", "2")
    record = json.loads((home / "corpora" / "stock.json").read_text())
    assert record["text"] == {
        "column": "City",
        "kind": "names",
        "header": "yes",
        "encoding": "utf-8",
        "separator": "comma",
        "corpus": "stock.csv",
        "lower": False,
        "large": False,
    }
    shown = charplay("corpora", "show", "stock")
    assert "note: left out 1 row above the table: Report" in shown.notes
    said = charplay("train", "stock", "--updates", "1", "--format", "json")
    started = json.loads(said.lines[0])
    *read, chosen = started["notes"]
    assert (started["event"], read) == ("started", record["notes"])
    assert chosen.startswith("makes ")


@pytest.mark.parametrize("typed", ["City", "city", "2"])
def test_on_a_terminal_the_column_is_asked_for(charplay, tmp_path, typed):
    path = tmp_path / "stock.csv"
    path.write_text(TWO_COLUMNS)
    said = charplay("train", path, "--updates", "1", stdin=f"{typed}\n", tty=True, TERM="dumb")
    assert said.out.startswith("Which column: 1 Name, 2 City? ")
    assert said.status == 0
    page = json.loads(charplay("models", "show", "stock", "--format", "json").out)
    assert page["read_as"] == "column City, separator comma, without its header"
    assert page["again"] == "train stock.csv --updates 1 --column City"


def test_a_column_is_asked_for_by_the_number_that_it_has_in_the_table(charplay, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text("id,Name,City\n1,Aspirol,Bonn\n2,Zetifan,Berlin\n")
    said = charplay("corpora", "show", path, stdin="3\n", tty=True, TERM="dumb")
    assert said.out.startswith("Which column: 2 Name, 3 City? ")
    assert "note: took column City of 3" in said.out


def test_who_names_no_column_is_told_how(charplay, tmp_path):
    path = tmp_path / "stock.csv"
    path.write_text(TWO_COLUMNS)
    said = charplay("corpora", "show", path, stdin="\n", tty=True, TERM="dumb")
    assert said.status == 2
    assert "choose one with --column Name or City" in said.err


def test_the_kind_that_was_said_is_the_kind_that_is_kept(charplay, products):
    assert charplay("corpora", "add", products, "--kind", "prose", "--name", "text").status == 0
    assert charplay("corpora", "add", products, "--name", "list").status == 0
    listed = rows(charplay("corpora", "--format", "json"))
    assert (listed["text"]["kind"], listed["list"]["kind"]) == ("prose", "names")


def test_a_text_that_cannot_be_read_is_not_kept(charplay, tmp_path, home):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"Wren\n\xff\n")
    said = charplay("corpora", "add", path, "--name", "bad")
    assert (said.status, "line 2, byte 1" in said.err) == (1, True)
    assert not (home / "corpora").exists()


def test_a_damaged_text_is_listed_with_what_to_do_and_can_be_removed(charplay, products, home):
    charplay("corpora", "add", products)
    (home / "corpora" / "products.json").write_text("{")
    said = charplay("corpora")
    assert (said.status, said.err) == (0, "")
    assert "dinosaurs" in said.out
    fault = "the record of the text products cannot be read"
    assert f"{fault}; charplay corpora remove products removes it" in said.notes
    assert charplay("corpora", "add", products).status == 2
    assert charplay("corpora", "remove", "products", "--yes").status == 0
    assert charplay("corpora", "add", products).status == 0


def test_an_own_text_whose_name_a_plugin_has_taken_is_not_lost_without_a_word(
    type_to, home, products
):
    type_to("add", products, "--name", "poem")
    catalogue = [to_fetch("http://127.0.0.1/poem")]
    said = type_to(catalogue=catalogue)
    assert "your own text poem is hidden by the one that charplay-fake offers" in said.notes
    refused(
        type_to("fetch", "poem", catalogue=catalogue),
        "your own text has the name poem",
        "charplay corpora remove poem makes room for it",
    )
    assert type_to("remove", "poem", "--yes", catalogue=catalogue).status == 0
    assert "hidden" not in type_to(catalogue=catalogue).told


def test_an_entry_is_fetched_listed_trained_on_and_removed(type_to, charplay, server):
    body = (POEM * 100).encode()
    entry = to_fetch(server.url("/poem.txt", body), characters=len(body))
    said = type_to("fetch", "poem", catalogue=[entry])
    assert (said.status, said.err) == (0, "")
    counts = "2,000 characters, 11 distinct characters\n  charplay train poem trains on it\n"
    assert said.out == f"poem fetched: {counts}"
    assert rows(type_to("--format", "json", catalogue=[entry]))["poem"]["state"] == "fetched"
    said = type_to("fetch", "poem", catalogue=[entry])
    assert said.out == f"poem already here: {counts}"
    assert server.asked == ["/poem.txt"]
    said = charplay("train", "poem", "--updates", "2")
    assert (said.status, said.err) == (0, "")
    assert type_to("remove", "poem", "--yes", catalogue=[entry]).out == "poem removed\n"
    assert rows(type_to("--format", "json", catalogue=[entry]))["poem"]["state"] == "not fetched"


def test_training_on_an_entry_that_is_not_fetched_says_how_to_get_it(charplay, home):
    refused(
        charplay("train", "nietzsche"),
        "nietzsche is not fetched yet",
        "charplay corpora fetch nietzsche",
    )
    assert not (home / "jobs").exists()


def test_a_plugin_that_offers_neither_file_nor_address_is_named(type_to):
    said = type_to("fetch", "bare", catalogue=[CorpusEntry("bare", "prose", "", "", "")])
    refused(
        said,
        "bare has neither a file nor an address",
        "update charplay-fake, which offers it",
    )


@pytest.mark.parametrize("how", ["gone", "wrong", "cut", "nobody"])
def test_a_text_that_cannot_be_fetched_leaves_nothing_half_written(
    type_to, server, nobody, home, how
):
    entry = {
        "gone": to_fetch(server.url("/gone")),
        "wrong": to_fetch(server.url("/wrong", b"another"), sha256="0" * 64),
        "cut": to_fetch(server.url("/cut", POEM.encode() * 1000, cut=True)),
        "nobody": to_fetch(nobody),
    }[how]
    said = type_to("fetch", "poem", catalogue=[entry])
    assert said.status == 1
    assert said.out == ""
    assert said.err.startswith("error: poem was not fetched: ")
    assert said.err.count("\n") == 2
    assert not (home / "corpora").exists()


def test_a_text_that_is_fetched_anew_for_a_newer_catalogue_replaces_the_older(
    type_to, server, home
):
    old = to_fetch(server.url("/old", b"Old poem\n" * 9))
    new = to_fetch(server.url("/new", b"New poem\n" * 8))
    type_to("fetch", "poem", catalogue=[old])
    assert rows(type_to("--format", "json", catalogue=[new]))["poem"]["state"] == "not fetched"
    assert type_to("fetch", "poem", catalogue=[new]).status == 0
    (kept,) = StoredTexts(home).all()
    assert kept.entry.size == 72
    assert kept.entry.path.read_text() == "New poem\n" * 8


def test_a_data_home_that_cannot_be_written_is_one_clear_error(charplay, products, tmp_path):
    (tmp_path / "file").write_text("in the way")
    said = charplay("corpora", "add", products, home=tmp_path / "file" / "home")
    assert said.status == 1
    assert said.err.startswith("error: cannot ")
    assert said.err.count("\n") == 2


TEXT = TextDescription(2, 9, 5, NASTY, NASTY, 2, 1, 1.5, 2, (NASTY,), (NASTY, "\t"))
FOREIGN = {
    "a page": CorpusPage(
        NASTY, "names", NASTY, NASTY, NASTY, "own", NASTY, 2, 5, NASTY, TEXT,
    ),
    "a text added": CorpusChange(NASTY, "added", "names", 2, 3),
    "a text removed": CorpusChange(NASTY, "removed"),
    "a row": Table(
        (CorpusRow(NASTY, "names", 2, 3, NASTY, NASTY, NASTY, "own", NASTY, NASTY),),
        CORPUS_COLUMNS,
        note=NASTY,
    ),
}  # fmt: skip


@pytest.mark.parametrize("value", FOREIGN.values(), ids=FOREIGN.keys())
def test_nothing_foreign_acts_on_the_terminal(world, value):
    environment = world()
    show(value, make_console(environment))
    shown = environment.stdout.getvalue()
    assert "␛[31m[bold]x[/]" in shown.replace("\n", "")
    assert all(character == "\n" or visible(character) == character for character in shown)


@pytest.mark.parametrize("name", ["dinosaurs", "shakespeare", "hihello", "tiny-shakespeare"])
def test_no_page_is_wider_than_80_columns(charplay, name):
    said = charplay("corpora", "show", name, tty=True, TERM="dumb")
    assert max(map(cell_len, said.lines)) <= 80


def test_the_longest_name_leaves_the_list_80_columns_wide(charplay, products):
    charplay("corpora", "add", products, "--name", "x" * 64)
    said = charplay("corpora", tty=True, TERM="dumb")
    assert max(map(cell_len, said.lines)) <= 80
    assert "".join(said.lines).count("x") >= 64
    assert "6,855" in said.out
    assert "CC0 1.0" in said.out


def test_importing_the_command_imports_no_numpy():
    code = "import charplay.commands.corpora, sys; assert 'numpy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
