"""Distributions as pip leaves them, without pip: a module, and its metadata beside it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import variables_for

BACKEND = """
from dataclasses import dataclass

import numpy as np

from charplay import Backend, Learner, Model, hookimpl, option


@dataclass(frozen=True)
class Config:
    width: int = option(3, "how wide", minimum=1)


class Flat(Model):
    def step(self, state, tokens):
        return np.tile(self.arrays()["bias"], (len(tokens), 1)), state


class FlatLearner(Learner):
    def __init__(self, model):
        self._model = model

    def update(self, batch, learning_rate):
        return 1.0

    def model(self):
        return self._model

    def arrays(self):
        return {}

    def restore(self, arrays):
        pass


class FlatBackend(Backend):
    name, summary, version, Config = "flat", "every character alike", "1", Config

    def create(self, vocabulary, kind, config, rng):
        return self.load(vocabulary, kind, config, {"bias": np.zeros(len(vocabulary), np.float32)})

    def load(self, vocabulary, kind, config, arrays):
        return Flat(vocabulary, kind, config, arrays)

    def learner(self, model, plan):
        return FlatLearner(model)


@hookimpl
def register_backends(register):
    register(FlatBackend())
"""


def install(folder: Path, distribution: str, source: str, record: bool = True, **files: str) -> str:
    """Put a distribution with one module into a folder; the name of its plugin."""
    module = distribution.replace("-", "_")
    install_modules(folder, distribution, {module: source}, record)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return module


def install_modules(
    folder: Path, distribution: str, sources: dict[str, str], record: bool = True
) -> None:
    """Put a distribution with several modules into a folder, each of them a plugin."""
    info = folder / f"{distribution.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True, exist_ok=True)
    for module, source in sources.items():
        (folder / f"{module}.py").write_text(source, encoding="utf-8")
    metadata = f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.0\n"
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    entries = "".join(f"{module} = {module}\n" for module in sources)
    (info / "entry_points.txt").write_text(f"[charplay]\n{entries}", encoding="utf-8")
    if record:
        recorded = "".join(f"{module}.py,,\n" for module in sources)
        (info / "RECORD").write_text(recorded, encoding="utf-8")


@dataclass(frozen=True)
class Ran:
    """What a process of charplay came to."""

    status: int
    out: str
    err: str

    def json(self) -> list[object]:
        """The JSON values that it wrote, a line each."""
        return [json.loads(line) for line in self.out.splitlines()]


def run_charplay(
    folder: Path,
    home: Path,
    *words: str,
    cache: Path | None = None,
    stdin: str = "",
    **variables: str,
) -> Ran:
    """A process of charplay that finds the distributions in a folder, with a cache of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "charplay", *words],
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        env=variables_for(
            home,
            PYTHONPATH=str(folder),
            XDG_CACHE_HOME=str(cache or home.parent / "cache"),
            **variables,
        ),
        timeout=120,
    )
    return Ran(done.returncode, done.stdout, done.stderr)
