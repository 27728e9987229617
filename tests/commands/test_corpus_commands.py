"""`corpora`: every field of each answer, beside a catalogue of five texts; and texts piped in."""

import hashlib
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest

from charplay.commands.corpora import CorpusChange, CorpusRow
from charplay.commands.corpus_texts import CorpusPage
from charplay.commands.piped_input import (
    given_text,
    input_bytes,
    is_piped,
    piped_file,
    read_named_text,
    store_piped,
    typed_text,
)
from charplay.commands.reader import read_line
from charplay.commands.reading import with_answers
from charplay.commands.streamed_text import (
    check_known,
    first_characters,
    given_pieces,
    text_pieces,
    until_interrupted,
)
from charplay.errors import CharplayError, UsageError
from charplay.interrupts import Interrupts
from charplay.plugins.registry import Origin, Registry
from charplay.text.entry import CorpusEntry, Download
from charplay.text.reading.reader import PackedError
from charplay.text.tables.columns import ColumnsError
from charplay.text.typed.streaming import StreamAdmission
from tests.conftest import installed_plugins
from tests.sessions.conftest import put_model

ORIGIN = Origin("zoo", "charplay-zoo", "1.0")


def entry(name, **more):
    told = {"kind": "names", "summary": f"the {name}", "licence": "CC0", "source": "the wood"}
    return CorpusEntry(name, **told | more)


@pytest.fixture
def registry(tmp_path):
    birds = tmp_path / "birds.offered"
    birds.write_text("Wren\nJay\nOwl\n")
    made = Registry()
    for each in (
        entry("birds", path=birds, size=3, distinct=9),
        entry("poem", kind="prose", download=Download("https://nowhere/poem"), size=50),
        entry("lost"),
    ):
        made.corpora.add(each.name, lambda each=each: each, ORIGIN)
    return made


@pytest.fixture
def at(hand, registry):
    return hand(registry, takes_input=True)


@pytest.fixture
def mine(tmp_path):
    path = tmp_path / "my trees.csv"
    path.write_text("tree;height\nOak;30\nElm;20\nFir;40\n")
    return path


BIRDS = CorpusRow("birds", "names", 3, 9, "the birds", "CC0", "the wood", "shipped", "charplay-zoo")
LOST = replace(BIRDS, corpus="lost", size=None, distinct=None, summary="the lost",
               state="not fetched")  # fmt: skip
POEM = replace(LOST, corpus="poem", kind="prose", size=50, summary="the poem")
TREES = CorpusRow(
    "my-trees", "names", 3, 10, "a list of your own", "your own", "my trees.csv, column tree",
    "own", "",
)  # fmt: skip


def test_the_list_has_what_is_offered_and_what_is_ones_own(at, mine):
    at(f":corpora add '{mine}' --column tree")
    table = at(":corpora")
    assert table.rows == (BIRDS, LOST, POEM, TREES)
    assert table.empty == "there is no text; `train FILE` trains on a file of your own"
    assert table.note == "`corpora fetch NAME` downloads one that is not fetched"
    assert [(c.header, c.format, c.shrink, c.least, c.most) for c in table.columns] == [
        ("corpus", "", "fold", 16, 24),
        ("kind", "", "never", 8, None),
        ("size\nnames or\nchars", ",", "never", 8, None),
        ("distinct\nchars", ",", "drop", 8, None),
        ("state", "", "never", 8, None),
        ("licence", "", "fold", 8, 9),
        ("source", "", "fold", 8, None),
    ]


def test_where_all_is_fetched_there_is_no_note(hand, tmp_path):
    here = Registry()
    (tmp_path / "birds").write_text("Wren\n")
    here.corpora.add("birds", lambda: entry("birds", path=tmp_path / "birds"), ORIGIN)
    assert [row.state for row in hand(here)(":corpora").rows] == ["shipped"]
    assert hand(here)(":corpora").note == ""
    assert hand(Registry())(":corpora").note == ""
    assert hand(Registry())(":corpora").rows == ()


def test_an_own_text_that_a_plugin_hides_and_a_damaged_one_are_listed_as_broken(
    at, hand, mine, home, registry
):
    at(f":corpora add '{mine}' --column tree --name oaks")
    assert at(":corpora list").rows[-1].corpus == "oaks"
    registry.corpora.add("oaks", lambda: entry("oaks"), ORIGIN)
    rows = {(row.corpus, row.state): row for row in hand(registry)(":corpora").rows}
    hidden = rows["oaks", "broken"]
    told = "your own text oaks is hidden by the one that charplay-zoo offers"
    assert hidden == CorpusRow(
        "oaks", "", None, None, "", "", "", "broken", "",
        f"{told}; `corpora remove oaks` removes it",
    )  # fmt: skip
    assert rows["oaks", "not fetched"].fault == ""


def test_a_list_is_added_with_how_it_was_read(at, mine):
    added = at(f":corpora add '{mine}' --column tree")
    assert replace(added, notes=()) == CorpusChange("my-trees", "added", "names", 3, 10)
    assert len(added.notes) >= 1
    assert at.context.corpora["my-trees"].reading.choice.corpus == "my trees.csv"
    assert at.context.corpora["my-trees"].reading.choice.column == "tree"
    assert at(f":corpora add '{mine}' --column tree --name oaks").corpus == "oaks"
    assert at.refused(f":corpora add '{mine}' --column tree --name oaks")[0] == (
        "there is a corpus oaks already"
    )
    assert at.refused(f":corpora add '{mine}' --name birds")[0] == (
        "there is a corpus birds already"
    )
    assert at.refused(":corpora add gone.txt") == (
        "there is no file gone.txt",
        "`corpora add FILE --name NAME` adds a list, a text or a table",
    )
    assert at.refused(f":corpora add '{mine}' --name a/b")[0] == (
        "'a/b' cannot be the name of a text"
    )


def test_a_text_without_a_column_has_its_file_as_its_source(at, tmp_path):
    path = tmp_path / "tale.txt"
    path.write_text("Once upon a time there was a wren. " * 20 + "\n" + "It sang. " * 30)
    added = at(f":corpora add {path} --kind prose")
    assert (added.corpus, added.kind) == ("tale", "prose")
    row = at(":corpora").rows[-1]
    assert (row.summary, row.source, row.licence) == ("a text of your own", "tale.txt", "your own")


def test_a_text_is_removed_once_the_person_agrees(at, mine, home):
    at(f":corpora add '{mine}' --column tree --name oaks")
    assert at.refused(":corpora remove oaks") == (
        "cannot ask for confirmation here: Remove the text oaks?",
        "add --yes to do it",
    )
    asked = at.answering(False)
    assert at(":corpora remove oaks") == CorpusChange("oaks", "kept")
    assert asked == ["Remove the text oaks?"]
    assert "oaks" in [row.corpus for row in at(":corpora").rows]
    assert at(":corpora remove oaks --yes") == CorpusChange("oaks", "removed", "", None, None, ())
    assert "oaks" not in [row.corpus for row in at(":corpora").rows]
    at(f":corpora add '{mine}' --column tree --name oaks")
    at.answering(True)
    assert at(":corpora remove oaks").done == "removed"


def test_what_is_not_ones_own_stays(at):
    assert at.refused(":corpora remove poem") == (
        "poem is not fetched",
        "`corpora fetch poem` downloads it",
    )
    assert at.refused(":corpora remove birds") == (
        "birds comes with charplay-zoo and cannot be removed",
        "`corpora remove NAME` is for texts that you added or fetched",
    )
    assert at.refused(":corpora remove xyzzy")[0] == "there is no corpus of your own 'xyzzy'"


def test_what_is_here_is_not_fetched_again_and_what_cannot_be_says_why(at, hand, mine, registry):
    assert at(":corpora fetch birds") == CorpusChange("birds", "already here", "names", 3, 9)
    assert at.refused(":corpora fetch lost") == (
        "lost has neither a file nor an address",
        "update charplay-zoo, which offers it",
    )
    assert at.refused(":corpora fetch bird") == ("there is no corpus 'bird'", "did you mean birds?")
    at(f":corpora add '{mine}' --column tree --name oaks")
    offered = entry("oaks", kind="prose", download=Download("https://nowhere/oaks"))
    registry.corpora.add("oaks", lambda: offered, ORIGIN)
    assert hand(registry).refused(":corpora fetch oaks") == (
        "your own text has the name oaks",
        "`corpora remove oaks` makes room for it",
    )


def test_a_text_is_fetched_once_and_then_here(at, hand, server, registry):
    text = "Tyger Tyger, burning bright,\nIn the forests of the night;\n" * 5
    url = server.url("/tyger.txt", text.encode())
    offered = entry("tyger", kind="prose", download=Download(url))
    registry.corpora.add("tyger", lambda: offered, ORIGIN)
    at = hand(registry)
    fetched = at(":corpora fetch tyger")
    assert (fetched.corpus, fetched.done, fetched.kind) == ("tyger", "fetched", "prose")
    assert fetched.size == len(text)
    again = hand(registry)
    assert again(":corpora fetch tyger") == replace(fetched, done="already here")
    (row,) = (row for row in again(":corpora").rows if row.corpus == "tyger")
    assert (row.state, row.size, row.distinct) == ("fetched", len(text), fetched.distinct)
    assert again(":corpora show tyger").state == "fetched"
    assert again(":corpora remove tyger --yes").done == "removed"


def test_the_page_of_an_offered_text_describes_it(at):
    page = at(":corpora show birds")
    assert replace(page, text=None) == CorpusPage(
        corpus="birds",
        kind="names",
        summary="the birds",
        licence="CC0",
        source="the wood",
        state="shipped",
        offered_by="charplay-zoo",
        size=3,
        distinct=len(set("WrenJayOwl\n")),
        url=None,
        text=None,
        notes=page.notes,
        again="train birds",
    )
    assert (page.text.lines, page.text.first) == (3, ("Wren", "Jay", "Owl"))
    assert at(":corpora show poem") == CorpusPage(
        corpus="poem",
        kind="prose",
        summary="the poem",
        licence="CC0",
        source="the wood",
        state="not fetched",
        offered_by="charplay-zoo",
        size=50,
        distinct=None,
        url="https://nowhere/poem",
        text=None,
        notes=(),
        again="train poem",
    )
    assert at.refused(":corpora show birds --kind prose")[0] == (
        "the corpus birds is names, not prose"
    )
    assert at.refused(":corpora show poem --kind prose")[0] == "poem is not fetched yet"


def test_the_page_of_a_file_tells_how_it_would_be_read_and_keeps_nothing(at, mine, home):
    page = at(f":corpora show '{mine}' --column tree")
    assert replace(page, text=None) == CorpusPage(
        corpus=str(mine),
        kind="names",
        summary="a list of your own",
        licence="",
        source="",
        state="a file, not kept",
        offered_by="",
        size=3,
        distinct=10,
        url=None,
        text=None,
        notes=page.notes,
        again=f"train '{mine}' --column tree",
    )
    assert page.text.first == ("Oak", "Elm", "Fir")
    assert page.notes
    assert not (home / "corpora").exists()


def test_a_text_from_standard_input_has_no_name_of_its_own(hand, registry, home):
    piped = hand(registry, takes_input=True, stdin="Oak\nElm\nFir\n")
    assert piped.refused(":corpora add -") == (
        "a text from standard input has no name",
        "give it one: --name NAME",
    )
    assert piped(":corpora add - --name trees").size == 3
    shown = hand(registry, takes_input=True, stdin="Oak\nElm\nFir\n")(":corpora show -")
    assert shown.corpus == "standard input"
    assert shown.again == "train -- -"


@pytest.fixture
def piping(hand, registry):
    """A context into which a text is piped."""

    def make(text="", takes_input=True, **more):
        return hand(registry, takes_input=takes_input, stdin=text, **more).context

    return make


def request_of(context, line):
    return read_line(context.commands, line)


@pytest.mark.parametrize(
    ("line", "piped", "text", "kept"),
    [
        ("sample --prompt ab", "xy", "ab", {"prompt": "ab"}),
        ("sample", "xy\n", "xy", {"prompt": "xy"}),
        ("sample", "xy\r\n", "xy", {"prompt": "xy"}),
        ("sample", "xy\n\n", "xy\n", {"prompt": "xy\n"}),
        ("sample", "", "", {}),
        ("sample --prompt @-", "xy", "xy", {"prompt": "xy"}),
        ("sample --prompt @-", "\n", "", {"prompt": "@-"}),
    ],
)
def test_a_text_is_as_typed_or_what_is_piped_in(piping, line, piped, text, kept):
    context = piping(piped)
    request, given = given_text(context, request_of(context, line), "prompt")
    assert (given, dict(request.values)) == (text, kept)


def test_a_text_of_a_file_is_read_and_one_that_is_not_there_is_told(piping, tmp_path):
    context = piping("xy")
    (tmp_path / "a.txt").write_text("from a file\n")
    assert typed_text(context, f"@{tmp_path / 'a.txt'}").startswith("from a file")
    assert typed_text(context, "plain @") == "plain @"
    with pytest.raises(CharplayError) as caught:
        typed_text(context, f"@{tmp_path / 'gone'}")
    assert caught.value.hint == "name a text file after the @"
    assert read_named_text(context, "-", "") == "xy"


def test_nothing_on_standard_input_and_what_is_no_utf_8_are_told(piping, home):
    with pytest.raises(UsageError) as caught:
        read_named_text(piping(""), "-", "")
    assert (caught.value.message, caught.value.hint) == (
        "nothing came on standard input",
        "pipe a text into it, or name a file",
    )
    with pytest.raises(UsageError, match="nothing came on standard input"):
        store_piped(piping(""))
    assert not list((home / "piped").iterdir())
    bad = bytes_piped(piping(), b"ab\xff")
    with pytest.raises(CharplayError) as caught:
        read_named_text(bad, "-", "")
    assert (caught.value.message, caught.value.hint) == (
        "standard input cannot be read: byte 3 is not UTF-8",
        "save it as UTF-8",
    )


def bytes_piped(context, data):
    """A context with bytes on standard input."""
    stream = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    context.environment = replace(context.environment, stdin=stream)
    return context


def test_where_the_commands_come_from_standard_input_no_text_does(piping):
    context = piping("xy", takes_input=False)
    with pytest.raises(UsageError) as caught:
        input_bytes(context)
    assert (caught.value.message, caught.value.hint) == (
        "standard input has the commands here, and no text",
        "name a file, or give the command to a shell",
    )
    assert not is_piped(context)
    assert given_pieces(context, request_of(context, "surprise"), "text") is None
    assert given_text(context, request_of(context, "sample"), "prompt")[1] == ""


def test_a_pipe_is_read_once_something_came_and_else_left_alone_with_a_note(piping, monkeypatch):
    monkeypatch.setattr("charplay.commands.piped_input._PATIENCE_SECONDS", 0)
    context = piping()
    reading, writing = os.pipe()
    with os.fdopen(reading) as stream:
        context.environment = replace(context.environment, stdin=stream)
        assert not is_piped(context)
        assert context.take_notes() == (
            "the pipe into charplay was left alone: nothing came in 0 seconds; "
            "a text of @- waits for it",
        )
        os.write(writing, b"x")
        assert is_piped(context)
        assert context.take_notes() == ()
        os.close(writing)


def test_a_file_is_piped_in_and_a_terminal_or_a_device_is_not(piping, tmp_path):
    context = piping()
    (tmp_path / "a").write_text("x")
    for name, piped in ((tmp_path / "a", True), (os.devnull, False)):
        with Path(name).open() as stream:
            context.environment = replace(context.environment, stdin=stream)
            assert is_piped(context) is piped
    tty = type("Tty", (io.StringIO,), {"isatty": lambda self: True})
    context.environment = replace(context.environment, stdin=tty("x"))
    assert not is_piped(context)


def test_a_piped_file_does_not_last_and_its_errors_speak_of_standard_input(piping):
    context = piping("Oak\nElm\n")
    with piped_file(context, "-") as file:
        assert Path(file).read_text() == "Oak\nElm\n"
        assert Path(file).name.startswith("stdin-")
    assert not Path(file).exists()
    with piped_file(context, "own.txt") as file:
        assert file == "own.txt"
    seen = []

    def fail():
        with piped_file(piping("x"), "-") as file:
            seen.append(file)
            raise CharplayError(f"{file} is odd", f"mend {file}")

    with pytest.raises(CharplayError) as caught:
        fail()
    assert (caught.value.message, caught.value.hint) == ("standard input is odd", "mend -")
    assert not Path(seen[0]).exists()


def test_what_is_stored_of_a_pipe_is_named_by_its_checksum(piping, home):
    data = "Oak\nElm\n" * 300_000
    path = Path(store_piped(piping(data)))
    digest = hashlib.sha256(data.encode()).hexdigest()
    assert path == home / "piped" / f"stdin-{digest[:12]}.txt"
    assert path.read_text() == data
    assert store_piped(piping(data)) == str(path)
    assert list(path.parent.iterdir()) == [path]


def pieces(context, line, name="text"):
    found = given_pieces(context, request_of(context, line), name)
    return None if found is None else list(found)


def test_pieces_of_a_text_are_as_typed_of_a_file_or_of_standard_input(piping, tmp_path):
    long = "ö" * 40_000
    (tmp_path / "a.txt").write_text("\ufeff" + long + "\n")
    (tmp_path / "empty").write_text("")
    assert pieces(piping("xy"), "surprise  ab") == [" ab"]
    assert pieces(piping("xy\n"), "surprise") == ["xy"]
    assert pieces(piping("\n"), "surprise") is None
    assert pieces(piping(""), "surprise") is None
    assert pieces(piping("xy"), "surprise @-") == ["xy"]
    assert pieces(piping("\ufeffxy"), "surprise @-") == ["xy"]
    read = pieces(piping(), f"surprise @{tmp_path / 'a.txt'}")
    assert ("".join(read), len(read)) == (long + "\n", 3)
    assert pieces(piping(), f"surprise @{tmp_path / 'empty'}") == []
    read = pieces(piping(long + "\n\n"), "surprise @-")
    assert ("".join(read), len(read)) == (long + "\n", 3)


@pytest.mark.parametrize(
    ("line", "data", "message", "hint"),
    [
        ("surprise @-", b"", "nothing came on standard input", None),
        (
            "surprise @-", b"\xff", "standard input cannot be read: it is not UTF-8",
            "save it as UTF-8",
        ),
        ("surprise @gone", b"", "gone cannot be read: there is no such file", None),
        ("surprise @bad", b"", "bad cannot be read: it is not UTF-8", None),
        ("surprise @.", b"", ". cannot be read: it is a folder", None),
    ],
)  # fmt: skip
def test_pieces_that_cannot_be_read_are_told(
    piping, tmp_path, monkeypatch, line, data, message, hint
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad").write_bytes(b"ab\xff")
    context = bytes_piped(piping(), data)
    with pytest.raises(CharplayError) as caught:
        pieces(context, line)
    assert caught.value.message == message
    expected = {"surprise @-": "pipe a text into it, or name a file"}.get(
        line, "name a text file after the @"
    )
    assert caught.value.hint == (hint or expected)
    assert not context.environment.stdin.closed


@pytest.mark.skipif(not os.path.exists("/dev/fd"), reason="a pipe has no name here")
def test_a_text_may_come_through_a_pipe_that_a_shell_names(piping):
    reader, writer = os.pipe()
    os.write(writer, b"ab\n")
    os.close(writer)
    try:
        assert pieces(piping(), f"surprise @/dev/fd/{reader}") == ["ab\n"]
    finally:
        os.close(reader)


def test_pieces_are_read_until_ctrl_c():
    interrupts = Interrupts()
    read = until_interrupted(iter(["a", "b", "c"]), interrupts)
    assert next(read) == "a"
    interrupts.count = 1
    assert list(read) == []


def test_a_text_without_a_known_character_is_an_error_unless_it_was_cut_off(hand, home):
    put_model(home, installed_plugins().backends.find("numpy"))
    opened = hand().context.library.open("poet")

    def admission(text):
        read = StreamAdmission(opened.model.vocabulary)
        list(read.admit([text]))
        return read

    check_known(opened, 1, admission("xyz"))
    check_known(opened, 0, admission("xyz"), interrupted=True)
    with pytest.raises(UsageError) as caught:
        check_known(opened, 0, admission("xyz"))
    assert caught.value.message == "poet knows none of these characters: x y z"
    with pytest.raises(UsageError) as caught:
        check_known(opened, 0, admission(""))
    assert (caught.value.message, caught.value.hint) == (
        "there is no text",
        "type one, or name a file that has one: @FILE",
    )


def test_a_command_that_needs_a_text_says_how_to_give_one(piping):
    context = piping("", takes_input=False)
    with pytest.raises(UsageError) as caught:
        text_pieces(context, request_of(context, "surprise"), "text")
    assert (caught.value.message, caught.value.hint) == (
        "surprise needs a text",
        "`surprise Shall I compare thee`, or `surprise @FILE`",
    )
    assert list(text_pieces(context, request_of(context, "surprise ab"), "text")) == ["ab"]


@pytest.mark.parametrize(
    ("parts", "most", "expected"),
    [
        ([], 3, ("", False)),
        (["ab"], 3, ("ab", False)),
        (["ab", "c"], 3, ("abc", False)),
        (["ab", "cd"], 3, ("abc", True)),
        (["abcd"], 3, ("abc", True)),
        (["a"], 0, ("", True)),
    ],
)
def test_the_beginning_of_a_text_says_whether_there_is_more(parts, most, expected):
    assert first_characters(parts, most) == expected
    if expected[1]:
        endless = iter([*parts, *("never read",) * 3])
        first_characters(endless, most)
        assert next(endless) == "never read"


def test_what_could_be_read_in_several_ways_is_asked_of_a_person(hand):
    at = hand()
    tried = []

    def read(reading):
        tried.append(reading)
        if "large" not in reading:
            raise PackedError("it holds 5 GB")
        if "column" not in reading:
            raise ColumnsError("two columns", "name one", {1: "bird", 2: "tree"})
        return "read"

    def refused():
        with pytest.raises(CharplayError) as caught:
            with_answers(at.context, {}, read)
        return type(caught.value)

    assert refused() is PackedError
    questions = at.answering(False)
    assert refused() is PackedError
    assert questions == ["it holds 5 GB: read all of it?"]
    at.answering(True)
    assert refused() is ColumnsError
    typed = at.choosing("2")
    assert with_answers(at.context, {"kind": "names"}, read) == "read"
    assert typed == ["Which column: 1 bird, 2 tree? "]
    assert tried[-1] == {"kind": "names", "large": True, "column": "tree"}
    at.choosing("neither")
    assert refused() is ColumnsError
