"""Worlds for the tests: streams in memory, a data home of their own, and a model in it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import settings

from charplay.environment import Environment
from charplay.errors import ExitStatus
from charplay.generation.options import AnswerOptions
from charplay.options import build
from charplay.plan import TextChoice
from charplay.plugins.finder import find_plugins
from charplay.plugins.registry import Registry
from charplay.terminal.cli import run
from charplay.testing.world import PERSONAL, MemoryStream, Said, make_environment, variables_for
from charplay.text.corpus import load_corpus
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer

__all__ = ["MemoryStream", "Said", "make_environment", "variables_for"]

pytest_plugins = ("charplay.testing.fixtures",)

# The processes that tests start would compile every module again, which takes half of their time.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A shell starts what runs beside it deaf to Ctrl-C, which many tests send.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# No luck and no clock: the same examples on every machine, however slow.
settings.register_profile("charplay", deadline=None, derandomize=True, database=None)
settings.load_profile("charplay")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Leave the tests of a file in one process: what they share, often a model, is made once."""
    from xdist.scheduler import LoadFileScheduling  # where there are several processes at all

    return LoadFileScheduling(config, log) if config.getoption("dist") == "load" else None


def seen_by(module, name, monkeypatch, **changed):
    """Have one module see another changed, which threads of other tests go on to use as it is."""
    monkeypatch.setattr(module, name, SimpleNamespace(**{**vars(getattr(module, name)), **changed}))


@cache
def installed_plugins() -> Registry:
    """What the installed plugins offer, found once: it takes as long as many a test."""
    return find_plugins()


@pytest.fixture(scope="session", autouse=True)
def _no_personal_home(tmp_path_factory):
    """A test that forgets to name a data home must not find the person's own."""
    with pytest.MonkeyPatch.context() as patch:
        for name in PERSONAL:
            patch.delenv(name, raising=False)
        patch.setenv("CHARPLAY_HOME", str(tmp_path_factory.mktemp("forgotten")))
        yield


@pytest.fixture(scope="session", autouse=True)
def plugins_found_once() -> Iterator[None]:
    """Commands in this process share what the installed plugins offer.

    To find it takes most of the time of a small command, and there are thousands.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "charplay.terminal.shell.find_plugins", lambda environment: installed_plugins()
        )
        yield


@pytest.fixture
def home(tmp_path) -> Path:
    """An empty data home."""
    return tmp_path / "home"


@pytest.fixture
def world(home) -> Callable[..., Environment]:
    """Makes worlds whose data home is `home`."""

    def make(stdin: str = "", **more) -> Environment:
        return make_environment(more.pop("home", home), stdin, **more)

    return make


@pytest.fixture
def charplay(world) -> Callable[..., Said]:
    """Runs charplay in this process, by the words of a shell."""

    def call(*words: str | Path, stdin: str = "", **more) -> Said:
        environment = world(stdin, **more)
        status = run([str(word) for word in words], environment)
        return Said.of(status, environment)

    return call


@pytest.fixture
def process(home) -> Callable[..., Said]:
    """Runs Python in a process of its own: `python -m charplay` unless other words are given."""

    def call(*words: str, python: Iterable[str] = ("-m", "charplay"), stdin: str = "") -> Said:
        done = subprocess.run(
            [sys.executable, *python, *words],
            input=stdin.encode(),
            capture_output=True,
            env=variables_for(home),
            timeout=120,
        )
        return Said(done.returncode, done.stdout.decode(), done.stderr.decode())

    return call


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory) -> Path:
    """A data home with the model `dinosaurs` in it; not to be written to."""
    home = tmp_path_factory.mktemp("trained") / "home"
    environment = make_environment(home)
    status = run(["train", "dinosaurs", "--epochs", "2"], environment)
    assert status == ExitStatus.DONE, environment.stderr.getvalue()
    return home


@pytest.fixture
def with_model(trained_home, home) -> Path:
    """The test's own data home, with the model `dinosaurs` in it."""
    shutil.copytree(trained_home, home)
    return home


@pytest.fixture(scope="session")
def registry():
    """What the installed plugins offer."""
    return installed_plugins()


@pytest.fixture(scope="session")
def dinos() -> Path:
    """The published exercise's list of names, which is not shipped."""
    folder = os.environ.get("CHARPLAY_REFERENCE")
    if not folder:
        pytest.skip("CHARPLAY_REFERENCE names no folder of reference texts")
    path = Path(folder) / "dinos.txt"
    if not path.is_file():
        pytest.skip(f"there is no dinos.txt in {folder}")
    return path


class Server(ThreadingHTTPServer):
    """Serves `files` by their path, on this machine only; a path in `cut` breaks off half-way."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.files: dict[str, bytes] = {}
        self.cut: set[str] = set()
        self.asked: list[str] = []

    def url(self, path: str, body: bytes | None = None, cut: bool = False) -> str:
        """The address of a path, from now on with that body."""
        if body is not None:
            self.files[path] = body
        if cut:
            self.cut.add(path)
        return f"http://127.0.0.1:{self.server_port}{path}"


class _Answers(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        body = self.server.files.get(self.path)
        if body is None:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.path in self.server.cut else body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server(monkeypatch) -> Iterator[Server]:
    """A web server on this machine, asked directly whatever proxy the person has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.01,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def nobody(monkeypatch) -> str:
    """An address on this machine at which nobody answers."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{asked.getsockname()[1]}/text.txt"


@dataclass(frozen=True)
class Rehearsal:
    """A recipe's run in this process: what it told, and the models of its checkpoints."""

    corpus: object
    events: list
    kept: dict

    def of(self, kind):
        """The events of one kind."""
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture(scope="session")
def rehearse(registry):
    """Trains by a recipe, without files or a clock: on its own text or a file, plan changed."""

    def train(name, file=None, updates=None, **changes) -> Rehearsal:
        recipe = registry.recipes.find(name)
        choice = TextChoice(str(file), kind="names", lower=True) if file else recipe.text
        corpus = load_corpus(choice, registry.corpora)
        plan = recipe.plan.with_length(updates, None).changed(changes)
        backend = registry.backends.find(recipe.backend)
        rng = np.random.Generator(np.random.Philox(plan.seed))
        config = build(backend.Config, recipe.config)
        model = backend.create(corpus.vocabulary, corpus.kind, config, rng)
        kept = {}
        trainer = Trainer(
            backend.learner(model, plan),
            RunTexts.split(corpus, plan.held_out),
            plan,
            save=lambda which, model, arrays, counters: kept.update({which: model}),
            clock=lambda: 0.0,
            sampling=build(AnswerOptions, recipe.sampling),
        )
        return Rehearsal(corpus, list(trainer.train()), kept)

    return train
