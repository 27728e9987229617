"""Readers that go, and homes that cannot be written: each command does what it can, and says so."""

import io
import os
import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charplay.terminal.cli import run
from tests.conftest import make_environment, variables_for


class Pipe(io.RawIOBase):
    """A pipe whose reader goes after so many bytes."""

    def __init__(self, read):
        self.left, self.got = read, b""

    def writable(self):
        return True

    def write(self, data):
        if len(self.got) >= self.left:
            raise BrokenPipeError
        self.got += bytes(data)
        return len(data)


def text_of(pipe):
    return io.TextIOWrapper(pipe, encoding="utf-8", write_through=True)


COMMANDS = [
    ["--version"],
    ["--help"],
    ["models"],
    ["models", "--format", "json"],
    ["names", "-n", "30", "--format", "csv"],
    ["names", "-n", "3"],
    ["help", "names"],
    ["sample", "shakespeare", "--max-chars", "60"],
    ["poem", "--lines", "2", "O"],
    ["-c", "Tyr", "-c", ":tree", "-c", ":nonsense", "-c", ":keep 1"],
]


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(COMMANDS), st.integers(0, 400), st.integers(0, 100))
def test_a_reader_may_go_at_any_moment(trained_home, words, out, err):
    stdout, stderr = Pipe(out), Pipe(err)
    environment = make_environment(trained_home)
    environment = replace(environment, stdout=text_of(stdout), stderr=text_of(stderr))
    assert run(["--no-session", *words] if "-c" in words else words, environment) in (0, 2)
    assert b"Traceback" not in stdout.got + stderr.got
    assert b"broke" not in stderr.got


def test_lines_are_done_though_nobody_reads_the_errors(with_model, home):
    environment = replace(make_environment(home), stderr=text_of(Pipe(0)))
    assert run(["-c", ":nonsense", "-c", ":names -n 1 --seed 5"], environment) == 2
    assert "5/1" in environment.stdout.getvalue()


@pytest.mark.skipif(os.name != "posix", reason="pipes as POSIX has them")
@pytest.mark.parametrize("words", [["--version"], ["models"], ["nonsense"]])
def test_a_process_whose_readers_are_gone_from_the_start_ends_quietly(home, words):
    """Python flushes its streams when it ends; one that fails then is told, and is status 120."""
    for gone, other in (("stdout", "stderr"), ("stderr", "stdout")):
        near, far = os.pipe()
        os.close(near)
        done = subprocess.run(
            [sys.executable, "-m", "charplay", *words],
            **{gone: far, other: subprocess.PIPE},
            stdin=subprocess.DEVNULL,
            env=variables_for(home),
            timeout=120,
        )
        os.close(far)
        assert done.returncode == (2 if words == ["nonsense"] else 0)
        assert b"Exception" not in getattr(done, other)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a disk that is always full")
def test_an_output_that_cannot_be_written_is_told_once(home):
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "charplay", "--version"],
            stdout=full,
            stderr=subprocess.PIPE,
            env=variables_for(home),
            timeout=120,
        )
    assert done.returncode == 1
    assert done.stderr.decode().count("error: the output cannot be written: No space left") == 1


WITHOUT_A_HOME = {
    "names -n 1": 0,
    "sample -n 1": 0,
    "poem --lines 1 O": 0,
    "models": 0,
    "models show drugs": 0,
    "models export drugs {folder}/drugs.safetensors": 0,
    "corpora": 0,
    "corpora show dinosaurs": 0,
    "corpora add {folder}/list.txt": 1,
    "train hihello --quick": 1,
    "model drugs": 1,
    "--session a names -n 1": 0,
    "-c Tyr -c :tree -c :kept -c :undo": 0,
    "-c Tyr -c :model_drugs -c :model": 0,
}


@pytest.mark.parametrize("line", WITHOUT_A_HOME)
def test_in_a_home_that_cannot_be_made_a_command_does_what_it_can(charplay, home, tmp_path, line):
    home.write_text("a file where the folder should be")
    (tmp_path / "list.txt").write_text("".join(f"Zor{c}ville\n" for c in "abcdefghij" * 12))
    words = [word.replace("_", " ").format(folder=tmp_path) for word in line.split()]
    said = charplay(*words)
    assert said.status == WITHOUT_A_HOME[line]
    told = [text for text in said.err.splitlines() if text.startswith(("error: ", "warning: "))]
    assert len(told) == (1 if said.status or "--session" in line else 0), "one line, once"
    assert "broke" not in said.err
    if "drugs" in line and "-c" in line:
        assert "only in this session" in said.told
        assert "drugs (names" in said.lines[-1]
