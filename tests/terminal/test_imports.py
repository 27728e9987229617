"""What is imported when, and by whom."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import charplay as package

PACKAGE = Path(package.__file__).parent
PROJECT = PACKAGE.parent
HEAVY = {"numpy", "prompt_toolkit", "safetensors", "rapidfuzz", "jellyfish"}

# Runs charplay and tells, last on standard error, which packages were then imported.
TELL = """
import sys
from charplay.terminal.cli import run
from charplay.environment import Environment
status = run(sys.argv[1:], Environment.of_process())
print(*{name.partition(".")[0] for name in sys.modules}, file=sys.stderr)
sys.exit(status)
"""

# A prompt that is left at once; tells last, on standard error, which modules were then imported.
PROMPT = """
import sys
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from charplay.environment import Environment
from charplay.terminal.repl import run_repl
from charplay.terminal.shell import Shell
shell = Shell(Environment.of_process())
with create_pipe_input() as keys:
    keys.send_text("\\x04")
    run_repl(shell, input=keys, output=DummyOutput())
print(*sys.modules, file=sys.stderr)
"""


def below_the_terminal():
    """The source files that must know no terminal: all of them but those of the terminal."""
    folders = [PACKAGE, PROJECT / "plugins", PROJECT / "corpora" / "charplay_corpora"]
    for folder in folders:
        for path in folder.rglob("*.py"):
            if PACKAGE / "terminal" not in path.parents:
                yield path


def imported(said):
    """The packages that a run which ended well had imported."""
    assert said.status == 0, said.err
    return set(said.err.splitlines()[-1].split())


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("help", "names")])
def test_nothing_heavy_is_imported_to_tell_version_or_help(process, words):
    assert not imported(process(*words, python=["-c", TELL])) & HEAVY


@pytest.mark.parametrize("words", [("--nonsense",), ("nonsense",), ("names", "--nonsense")])
def test_nothing_heavy_is_imported_to_say_that_words_are_wrong(process, words):
    said = process(*words, python=["-c", TELL])
    assert said.status == 2
    assert not set(said.err.splitlines()[-1].split()) & HEAVY


def test_names_do_not_need_the_packages_of_the_prompt(process, with_model):
    assert "prompt_toolkit" not in imported(process("names", python=["-c", TELL]))
    piped = process(python=["-c", TELL], stdin=":names\nTyr\n")
    assert "prompt_toolkit" not in imported(piped)


def test_a_first_prompt_needs_nothing_that_trains_reads_texts_or_samples(process, with_model):
    assert process("--session", "mine", "names", "-n", "2").status == 0
    said = process(python=["-c", PROMPT])
    assert "going on: session mine" in said.out, said.err
    needed = {"numpy", "tomllib", "charplay.plan", "charplay.training", "charplay.text.catalogue"}
    needed |= {"safetensors", "charplay.models.header"}
    assert not imported(said) & needed


def test_nothing_below_the_terminal_prints():
    for path in below_the_terminal():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "input"), f"{path}:{node.lineno}"


def test_nothing_below_the_terminal_reaches_for_the_streams_of_the_process():
    # Two are processes of their own: a worker is told to stop by its input, and what registers
    # plugins sees that these leave its streams alone.
    door = PACKAGE / "__main__.py"  # stands above the terminal
    allowed = {PACKAGE / "environment.py", PACKAGE / "jobs" / "worker.py", door}
    allowed |= {PACKAGE / "plugins" / "registering.py", PACKAGE / "jobs" / "process.py"}
    for path in set(below_the_terminal()) - allowed:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                name = f"{node.value.id}.{node.attr}"
                assert name not in ("sys.stdout", "sys.stderr", "sys.stdin"), f"{path}: {name}"


def test_nothing_below_the_terminal_knows_the_packages_of_the_terminal():
    for path in below_the_terminal():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            for name in names:
                assert name.partition(".")[0] not in ("rich", "prompt_toolkit"), f"{path}: {name}"


def test_the_core_names_no_backend():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert node.value not in ("charplay_numpy", "charplay_keras", "keras"), path


def test_the_import_contracts_hold():
    lint = shutil.which("lint-imports", path=Path(sys.executable).parent)
    if lint is None:
        pytest.skip("import-linter is not installed beside this Python")
    if not (PROJECT / "pyproject.toml").exists():
        pytest.skip("charplay is installed, and its contracts stand in its checkout")
    done = subprocess.run(
        [lint, "--no-cache", "--no-logo"], cwd=PROJECT, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout
