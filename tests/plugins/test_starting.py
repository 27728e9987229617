"""`plugins new`: what it makes installs, passes its own tests, and has its template's types."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest

from charplay.errors import StorageError, UsageError
from charplay.plugins.api_version import API_VERSION
from charplay.plugins.starting import KINDS, LONGEST_NAME, PluginNames, new_distribution
from tests.conftest import variables_for
from tests.plugins.made import PIP, PYTEST

TEMPLATES = Path(str(files("charplay.plugins") / "templates"))
# One of every kind, by its name; a name with a dash is the harder one.
MADE = {
    "backend": "tides",
    "corpus": "old-seas",
    "recipe": "quick-run",
    "command": "charplay-tally",
}
MYPY_SECONDS = 300


def files_below(folder):
    return sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )


def run_python(*words, at, **variables):
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=at,
        env=variables_for(at / "home", **variables),
        capture_output=True,
        encoding="utf-8",
        timeout=MYPY_SECONDS,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@dataclass(frozen=True)
class Made:
    """One distribution of every kind, made in `folder` and installed by pip in `installed`."""

    folder: Path
    installed: Path

    @property
    def distributions(self):
        return sorted(self.folder.glob("charplay-*"))

    def python(self, *words):
        return run_python(*words, at=self.folder, PYTHONPATH=self._path)

    @property
    def _path(self):
        return os.pathsep.join((str(self.installed), os.environ.get("PYTHONPATH", "")))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    made = Made(folder, folder / "installed")
    for kind, name in MADE.items():
        new_distribution(folder, name, kind)
    target = ("--target", made.installed)
    run_python("-m", "pip", *PIP, *target, *made.distributions, at=folder)
    return made


def test_one_of_every_kind_installs_and_passes_its_own_tests(made):
    said = made.python("-m", "pytest", *PYTEST, *made.distributions)
    assert re.search(r"^\d+ passed", said, re.MULTILINE), said
    assert "failed" not in said


def test_what_is_installed_is_used(made):
    lines = (
        ":train dinosaurs --backend tides --updates 3 --name mine",
        ":names mine -n 2 --format lines",
        ":corpora show old-seas",
        ":recipes --format lines",
        ":tally hello --format csv",
    )
    said = made.python("-m", "charplay", *(word for line in lines for word in ("-c", line)))
    assert "mine is in the library" in said
    assert "names of trees" in said
    assert "quick-run" in said
    assert "l,2" in said


@pytest.mark.slow
def test_one_of_every_kind_has_no_fault_of_types(made):
    for folder in made.distributions:
        run_python("-m", "mypy", at=folder)


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_made_is_the_template_by_another_name(tmp_path, kind):
    """`mypy` checks the templates themselves: what is made of one has the same types."""
    paths = new_distribution(tmp_path, "one-two", kind)
    made = tmp_path / "charplay-one-two"
    assert sorted(path.relative_to(made) for path in paths) == files_below(made)
    template = [TEMPLATES / "common", TEMPLATES / kind]
    assert len(paths) == sum(len(files_below(folder)) for folder in template)
    for path in paths:
        text = path.read_text(encoding="utf-8")
        assert not re.search(rf"my{kind}|myplugin|\bMy|TestMy", text), path
    assert (made / "charplay_one_two" / "py.typed").exists()
    assert (made / ".gitignore").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_compiles_and_names_the_interface_that_there_is(kind):
    for path in (TEMPLATES / kind).rglob("*.py"):
        compile(path.read_text(encoding="utf-8"), str(path), "exec")
    (module,) = (TEMPLATES / kind).glob("charplay_*/__init__.py")
    assert f'charplay_api = "{API_VERSION}"' in module.read_text(encoding="utf-8")


def test_a_plugin_has_one_name_in_all_the_forms_that_are_needed():
    names = PluginNames.of("charplay-old-seas", "corpus")
    assert (names.name, names.distribution, names.package) == (
        "old-seas",
        "charplay-old-seas",
        "charplay_old_seas",
    )


def test_a_name_may_be_as_long_as_that():
    assert PluginNames.of("x" * LONGEST_NAME, "corpus").name == "x" * LONGEST_NAME


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("", "tides"),
        ("My Plugin", "my-plugin"),
        ("under_score", "under-score"),
        ("9lives", "lives"),
        ("-x-", "x"),
        ("a--b", "a-b"),
        ("../up", "up"),
        ("über", "ber"),
        ("x" * 41, "x" * LONGEST_NAME),
        ("line\nend", "line-end"),
        ("42", "tides"),
        ("charplay-", "tides"),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_one_that_can(tmp_path, typed, hint):
    with pytest.raises(UsageError) as caught:
        new_distribution(tmp_path, typed, "recipe")
    assert caught.value.hint == f"`plugins new {hint} --kind recipe`"
    assert "\n" not in caught.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("make", [Path.mkdir, Path.touch, lambda path: path.symlink_to("nowhere")])
def test_what_is_there_stays_as_it_is(tmp_path, make):
    make(tmp_path / "charplay-tides")
    with pytest.raises(UsageError, match="is there already") as caught:
        new_distribution(tmp_path, "tides", "backend")
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == ["charplay-tides"]


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    with pytest.raises(StorageError, match="cannot make") as caught:
        new_distribution(tmp_path / "nowhere", "tides", "backend")
    assert caught.value.hint


def test_a_plugin_that_cannot_be_made_whole_is_not_made(tmp_path, monkeypatch):
    def full(self, *_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageError, match="No space left"):
        new_distribution(tmp_path, "tides", "backend")
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_what_it_made_and_what_to_type(charplay, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    said = charplay("plugins", "new", "tides")
    assert said.status == 0
    assert "charplay_tides/__init__.py" in said.out
    assert "  cd charplay-tides\n  pip install -e '.[test]'\n  pytest\n" in said.out
    again = charplay("plugins", "new", "tides")
    assert again.status == 2
    assert "is there already" in again.err


@pytest.mark.parametrize(
    ("kind", "name", "told"),
    [
        ("backend", "numpy", "there is a backend 'numpy' already"),
        ("corpus", "dinosaurs", "there is a corpus 'dinosaurs' already"),
        ("recipe", "hihello", "there is a recipe 'hihello' already"),
        ("command", "train", "there is a command 'train' already"),
        ("recipe", "corpora", "a package charplay_corpora is installed already"),
    ],
)
def test_a_name_that_is_taken_is_refused(charplay, tmp_path, monkeypatch, kind, name, told):
    monkeypatch.chdir(tmp_path)
    said = charplay("plugins", "new", name, "--kind", kind)
    assert said.status == 2
    assert told in said.err
    assert f"charplay plugins new my-{name} --kind {kind}" in said.err
    assert not (tmp_path / f"charplay-{name}").exists()
