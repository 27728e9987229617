"""Every command under every encoding: what an output lacks is replaced, and nothing breaks."""

import codecs
import io
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charplay.commands.builtin import all_commands
from charplay.streams import accept_any_text
from charplay.terminal.cli import run
from charplay.terminal.render.console import make_console
from tests.conftest import installed_plugins, make_environment, variables_for

ENCODINGS = ["cp1252", "cp437", "iso-8859-1", "ascii", "shift_jis"]
NOW = datetime(2026, 1, 2, tzinfo=UTC)
NAMES = ["恐竜", "Ünnür", "Ελλάδα", "ツノ🦖", "naïve–Œuvre", "é\u0301a\u200dñ"]
# What each command is asked; one that is not here is asked without arguments.
ASKED = [
    "names 恐竜 -n 3 --seed 7",
    "names 恐竜 -n 2 --seed 7 --starts 恐 --against {list}",
    "names 恐竜 --starts 無",
    "sample 恐竜 -n 2 --seed 7 --prompt 恐é",
    "sample shakespeare --seed 7 --prompt “Œuvre” --max-chars 40",
    "poem --seed 7 --lines 2 Shall I – “compare”",
    "goto 1",
    "goto 恐",
    "branch darker",
    "keep 1",
    "kept",
    "sessions",
    "sessions search 恐",
    "session 恐竜",
    "models show 恐竜",
    "models add {model} --name ツノ",
    "models remove ツノ",
    "corpora show {list}",
    "corpora add {list} --name 竜",
    "corpora show 竜",
    "corpora remove 竜",
    "model 恐竜",
    "plot 恐竜",
    "set stop 恐",
    "set stop default",
    "help names",
    "nothing–like–恐",
    "names 無",
]


@dataclass(frozen=True)
class Written:
    """What a run wrote, as bytes."""

    status: int
    out: bytes
    err: bytes


def stream_of(encoding, data=b""):
    """A stream as Python opens it: one that refuses what its encoding lacks."""
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, write_through=True)


def written(home, *words, encoding="utf-8", stdin=b"", **more):
    """What charplay writes to streams of an encoding."""
    streams = {name: stream_of(encoding) for name in ("stdout", "stderr")}
    environment = replace(make_environment(home), stdin=stream_of(encoding, stdin), **streams)
    status = run(list(words), replace(environment, **more))
    return Written(status, *(streams[name].buffer.getvalue() for name in ("stdout", "stderr")))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a list of names in many scripts, and a home with a model of it."""
    folder = tmp_path_factory.mktemp("encodings")
    (folder / "恐竜.txt").write_text("\n".join(f"{n}{n[::-1]}" for n in NAMES * 3), "utf-8")
    assert written(folder / "home", "train", str(folder / "恐竜.txt"), "--quick").status == 0
    exported = written(folder / "home", "models", "export", "恐竜", str(folder / "m.safetensors"))
    assert exported.status == 0
    return folder


@pytest.fixture(scope="module")
def asked(folder):
    """Lines for every command of the table."""
    places = {"list": folder / "恐竜.txt", "model": folder / "m.safetensors"}
    lines = [line.format(**places) for line in ASKED]
    known = {line.split()[0] for line in lines} | {"quit", "train", "mix", "export"}
    rest = [name for name in all_commands(installed_plugins()) if name not in known]
    return ["恐竜", *(f":{line}" for line in (*lines, *rest))]


def lines_as_words(lines):
    return [word for line in lines for word in ("-c", line)]


@pytest.fixture(scope="module")
def under_utf_8(folder, asked, tmp_path_factory):
    """What all lines come to under UTF-8, by format, and the home where they were asked."""

    @cache
    def ask(format):
        home = shutil.copytree(folder / "home", tmp_path_factory.mktemp("utf-8") / "home")
        return home, written(home, "--format", format, *lines_as_words(asked), now=lambda: NOW)

    return ask


@pytest.mark.parametrize(
    ("format", "encoding"),
    [
        *(("text", e) for e in ENCODINGS),
        ("json", "cp1252"),
        ("json", "shift_jis"),
        ("csv", "ascii"),
    ],
)
def test_every_command_does_under_any_encoding_what_it_does_under_utf_8(
    folder, asked, under_utf_8, encoding, format, tmp_path
):
    words = ["--format", format, *lines_as_words(asked)]
    home = shutil.copytree(folder / "home", tmp_path / "b" / "home")
    expected_home, expected = under_utf_8(format)
    said = written(home, *words, encoding=encoding, now=lambda: NOW)
    assert b"broke" not in said.err
    assert b"Traceback" not in said.err + said.out
    assert said.status == expected.status
    assert said.err.count(b"\nerror: ") == expected.err.count(b"\nerror: ")
    assert len(said.out.splitlines()) == len(expected.out.splitlines())
    if format == "json":
        there = str(home), str(expected_home)
        for line, utf8 in zip(said.out.splitlines(), expected.out.splitlines(), strict=True):
            assert json.loads(line.decode(encoding).replace(*there)) == json.loads(utf8)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_training_ends_well_where_its_names_cannot_be_shown(folder, encoding, home):
    words = ["train", str(folder / "恐竜.txt"), "--quick"]
    said = written(home, *words, "--name", "é", encoding=encoding)
    assert (said.status, b"error" in said.err) == (0, False)
    assert b"is in the library" in said.out
    assert written(home, *words, "--format", "json", encoding=encoding).status == 0


def test_what_cannot_be_shown_is_replaced_in_as_many_columns():
    for encoding in ENCODINGS:
        codecs.lookup(encoding)
    stream = stream_of("ascii")
    accept_any_text(stream)
    stream.write("恐 é · a… – \udcff\ud800 →")
    assert stream.buffer.getvalue() == rb"?? ? - a~ - \xff\ud800 >"


def test_a_character_that_cannot_be_written_does_not_spoil_the_next_command(home):
    """A console keeps what it could not write, unless it is told to forget it."""
    stdout = stream_of("ascii")
    console = make_console(replace(make_environment(home), stdout=stdout))
    with pytest.raises(UnicodeEncodeError):
        console.print("恐")
    console.print("after it")
    assert stdout.buffer.getvalue() == b"after it\n"


def test_the_error_stream_and_the_words_of_the_shell_may_hold_any_bytes(folder):
    for words in (
        ["names", "Ze\udcff"],
        ["\udcfe"],
        ["--\udcff"],
        ["sample", "恐竜", "--prompt", "\udcff恐"],
        ["-c", ":nothing\udcff", "-c", "恐\udcff"],
        ["--session", "\udcff", "tree"],
        ["export", "x.\udcff"],
        ["set", "stop", "\udcff"],
        ["help", "\udcff"],
        ["corpora", "add", "\udcff", "--name", "\udcff"],
    ):
        for encoding in ("utf-8", "ascii"):
            for written_as in ("text", "json"):
                said = written(folder / "home", "--format", written_as, *words, encoding=encoding)
                assert b"broke" not in said.err, words
                shown = said.err + said.out
                assert rb"\xff" in shown or rb"\xfe" in shown, words
                shown.decode(encoding)


SCRIPT = b"""Ze\xffb
:keep 1
:sessions search Ze\xffb
:export {file}
:names --starts Ze\xff -n 1
:nothing\xfe
:names -n 1 --seed 5
"""


@pytest.mark.parametrize("encoding", ["utf-8", "ascii", "cp1252", "shift_jis"])
def test_bytes_that_are_no_text_are_shown_kept_exported_imported_and_found(
    with_model, home, tmp_path, encoding
):
    file = tmp_path / "x.json"
    script = SCRIPT.replace(b"{file}", os.fsencode(file))
    words = ["--session", "odd"]
    said = written(home, *words, encoding=encoding, stdin=script)
    assert b"broke" not in said.err
    assert b"5/1" in said.out, "the lines after it are done"
    prompt = json.loads(file.read_text("utf-8"))["turns"][0]["said"]["prompt"]
    assert prompt == (rb"Ze\xffb".decode() if encoding in ("utf-8", "ascii") else prompt)
    assert written(home, "sessions", "import", str(file), "--name", "again").status == 0
    found = written(home, "sessions", "search", prompt, "--format", "json")
    assert [row["session"] for row in json.loads(found.out)] == ["again", "odd"]
    for ending in ("md", "txt", "html"):
        path = tmp_path / f"x.{ending}"
        assert written(home, "--session", "odd", "export", str(path)).status == 0
        path.read_text("utf-8")


def test_a_byte_that_is_no_text_is_left_out_with_a_note_that_shows_it(with_model, home):
    said = written(home, stdin=b"Ze\xffb\n")
    assert rb"note: left out, unknown to this model: \xff" in said.err
    assert all(name.startswith("Zeb") for name in said.out.decode().splitlines())


@pytest.fixture(scope="module")
def lasting_home(trained_home, tmp_path_factory):
    """A home with a model, for scripts that keep nothing in it."""
    return shutil.copytree(trained_home, tmp_path_factory.mktemp("lasting") / "home")


BEGINNINGS = st.sampled_from(
    [b"", b":", b":names --starts ", b":sample --prompt ", b":set stop ", b":model ", b":goto ",
     b":sessions search ", b":help ", b":corpora show ", b":names --against ", b"\\:"]
)  # fmt: skip
LINES = st.lists(st.tuples(BEGINNINGS, st.binary(max_size=12)).map(b"".join), max_size=4)


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(LINES, st.sampled_from(["utf-8", "ascii", "cp1252", "shift_jis"]))
def test_no_script_of_bytes_ends_the_repl_or_breaks_it(lasting_home, lines, encoding):
    script = b"\n".join([*lines, b":recipes", b""])
    said = written(lasting_home, encoding=encoding, stdin=script)
    assert b"broke" not in said.err
    assert b"Traceback" not in said.err
    assert said.err.count(b"error: ") == said.err.count(b"\n  ")
    assert b"course-dinosaurs" in said.out or b":q" in script


@pytest.mark.skipif(os.name != "posix", reason="locales as POSIX has them")
@pytest.mark.parametrize("variables", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONUTF8": "0"}])
def test_a_process_in_the_c_locale_takes_any_bytes(with_model, home, variables):
    given = variables_for(home, PYTHONCOERCECLOCALE="0", **variables)
    del given["PYTHONIOENCODING"]
    done = subprocess.run(
        [sys.executable, "-m", "charplay", "-c", b"Ze\xffb", "-c", ":names 恐竜".encode()],
        capture_output=True,
        env=given,
        timeout=120,
    )
    assert done.returncode == 2
    assert b"broke" not in done.stderr
    assert rb"left out, unknown to this model: \xff" in done.stderr


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_the_tree_has_lines_in_encodings_without_them(home, encoding):
    lines = [":names -n 1 --seed 7", ":keep", ":undo", ":names -n 1 --seed 8", ":tree"]
    words = [word for line in lines for word in ("-c", line)]
    rows = written(home, *words, encoding=encoding).out.decode(encoding).splitlines()[-3:]
    assert rows[0] == "o"
    assert rows[1].startswith("|- 1 + [main] ")
    assert rows[2].startswith("`-*2 [branch-2] ")
