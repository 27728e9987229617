"""Fixtures for the tests of plugins. In a `conftest.py`:

pytest_plugins = ("charplay.testing.fixtures",)
"""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

from charplay.models.contract import Backend, Model
from charplay.plan import Plan
from charplay.testing.runs import train_with_stop
from charplay.testing.terminal import Terminal
from charplay.testing.texts import make_names, make_prose
from charplay.testing.world import PERSONAL, Said, run_shell
from charplay.text.corpus import Corpus, NameList, Prose


class TrainAndResume(Protocol):
    """What the fixture `train_and_resume` gives."""

    def __call__(
        self, backend: Backend, corpus: Corpus, plan: Plan, stop_after: int = 2, **options: object
    ) -> tuple[Model, Model]:
        """Two models of one plan: of a run that was not stopped, and of one that was.

        The second was stopped after so many updates, saved to a file, and resumed from there.
        options: those of the backend's models.
        """
        ...


@pytest.fixture
def tiny_names() -> NameList:
    """Twenty-four names of two syllables."""
    return make_names()


@pytest.fixture
def tiny_prose() -> Prose:
    """Twelve lines of prose, all alike."""
    return make_prose()


@pytest.fixture
def data_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data home, in which charplay finds nothing of the person who runs the tests."""
    for name in PERSONAL:
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    monkeypatch.setenv("CHARPLAY_HOME", str(home))
    return home


@pytest.fixture
def run(data_home: Path) -> Callable[..., Said]:
    """Runs a command of the shell, in this process: `run("names dinosaurs -n 3 --format json")`.

    It gives what came of it: `status`, `out`, `err`, `notes`, `lines`, `json`.
    """

    def call(line: str, stdin: str = "") -> Said:
        return run_shell(data_home, shlex.split(line), stdin)

    return call


@pytest.fixture
def terminal(data_home: Path) -> Terminal:
    """A person at the REPL: `terminal.type(":names dinosaurs", "Tyr")` gives the transcript."""
    return Terminal(data_home)


@pytest.fixture
def train_and_resume(tmp_path: Path) -> TrainAndResume:
    """Trains a model twice, the second time with a stop: both must be the same."""

    def train(
        backend: Backend, corpus: Corpus, plan: Plan, stop_after: int = 2, **options: object
    ) -> tuple[Model, Model]:
        file = tmp_path / "last.safetensors"
        return train_with_stop(backend, corpus, plan, file, stop_after, options)

    return train
