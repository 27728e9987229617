"""Does a session stay fast when it grows, and how much disk space does it take?

Each turn has a typed line, an answer of 400 characters and the state of an LSTM with two layers of
256 units. A long session is compared with a short one.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, time_alternately
from charplay.generation.options import AnswerOptions
from charplay.generation.place import Place
from charplay.models.library import Library
from charplay.options import option_values
from charplay.sessions.session import Session
from charplay.sessions.states import pack_place
from charplay.sessions.store import Store
from charplay.sessions.tree import Reply, SessionRecord, Utterance
from charplay.workspace import SESSIONS_FILE

LAYERS, UNITS = 2, 256
DIGEST = "5" * 64
OPTIONS = option_values(AnswerOptions())
# Without a model: moving about opens none.
LIBRARY = Library(Path("no-models"), REGISTRY.backends.find)
# Starts the REPL up to its first prompt, where the closed input ends it.
REPL = """
import sys
from pathlib import Path
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from charplay.sessions.choice import SessionChoice
from charplay.environment import Environment
from charplay.terminal.repl import run_repl
from charplay.terminal.shell import Shell
shell = Shell(Environment.of_process())
with create_pipe_input() as pipe:
    pipe.close()
    choice = SessionChoice(nowhere="nowhere" in sys.argv)
    run_repl(shell, choice, input=pipe, output=DummyOutput())
shell.close()
"""


def measure(quick: bool) -> list[Row]:
    """Speed and size of a session of 10,000 turns."""
    turns = 200 if quick else 10_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store, writes = fill_store(home, turns)
        rows = [_write_row(writes), _move_row(store, home, turns, quick)]
        store.close()
        size = sum(path.stat().st_size for path in home.glob(f"{SESSIONS_FILE}*"))
        rows += [_size_row(size, turns), _resume_row(home, turns, quick)]
    return rows


def fill_store(home: Path, turns: int) -> tuple[Store, list[float]]:
    """A store with one session of so many turns, and the seconds that each write took."""
    store = Store(home / SESSIONS_FILE, lambda: datetime.now(UTC))
    random = np.random.default_rng(7)
    found, turn = SessionRecord(name="long", model="poet", digest=DIGEST), None
    seconds = []
    for number in range(turns):
        said, place = _random_utterance(random, number), _random_place(random)

        begun = time.perf_counter()
        found, turn = store.turns.add(found, said, turn, pack_place(place, DIGEST))
        seconds.append(time.perf_counter() - begun)
    return store, seconds


def _random_utterance(random: np.random.Generator, number: int) -> Utterance:
    letters = random.integers(97, 123, 440, dtype=np.uint8).tobytes().decode()
    answer = Reply(letters[40:], 1, "length")
    return Utterance(letters[:40], (answer,), number, "poet", DIGEST, OPTIONS, moves=True)


def _random_place(random: np.random.Generator) -> Place:
    names = [f"{kind}.{layer}" for layer in range(LAYERS) for kind in ("hidden", "cell")]
    state = {name: np.tanh(random.normal(size=(1, UNITS))).astype(np.float32) for name in names}
    return Place(state, 3)


def _write_row(seconds: list[float]) -> Row:
    late = sorted(seconds[-1000:])
    return Row(
        "writing a turn at the end of a long session",
        f"{statistics.median(late) * 1000:.2f} ms",
        f"99th percentile: {late[len(late) * 99 // 100] * 1000:.1f} ms",
        "–",
        "under 5 ms",
    )


def _move_row(store: Store, home: Path, turns: int, quick: bool) -> Row:
    short, _ = fill_store(home / "short", 100)
    seconds = time_alternately(
        lambda: _move_about(store), lambda: _move_about(short), 3 if quick else 51
    )
    short.close()
    return Row(
        f"goto, undo and branch in {turns:,} turns",
        f"{statistics.median(seconds.a) * 1000:.2f} ms",
        f"in 100: {statistics.median(seconds.b) * 1000:.2f} ms",
        seconds.spread,
        "independent of the length",
    )


def _move_about(store: Store) -> None:
    found = store.sessions.latest()
    assert found is not None
    session = Session(store, LIBRARY, found)
    for _ in range(3):
        session.goto("main")
        session.undo()
        session.begin_branch()
        session.goto("50")
        session.goto("main")


def _size_row(size: int, turns: int) -> Row:
    return Row(
        f"the store, {turns:,} turns of 440 characters and an LSTM of {LAYERS} × {UNITS}",
        f"{size / 1e6:.1f} MB",
        f"states alone: {turns * LAYERS * 2 * UNITS * 4 / 1e6:.1f} MB",
        "–",
        "under 60 MB for 10,000",
    )


def _resume_row(home: Path, turns: int, quick: bool) -> Row:
    seconds = time_alternately(
        lambda: _run_repl(home), lambda: _run_repl(home, "nowhere"), 1 if quick else 15
    )
    return Row(
        f"start of the REPL with a session of {turns:,} turns, whole process",
        f"{statistics.median(seconds.a) * 1000:.0f} ms",
        f"without sessions: {statistics.median(seconds.b) * 1000:.0f} ms",
        seconds.more,
        "under 30 ms more",
    )


def _run_repl(home: Path, *words: str) -> None:
    variables = os.environ | {"CHARPLAY_HOME": str(home), "TERM": "dumb"}
    subprocess.run(
        [sys.executable, "-c", REPL, *words],
        check=True,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
