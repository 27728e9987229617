"""Does a session stay as quick as it grows, and how much room does it take?

A line of turns, each with a typed line, an answer of 400 characters and the state of an LSTM of
two layers of 256 units, beside the same with far fewer turns.
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

from benchmarks.timing import Row, alternate
from charplay.generation.options import Sampling
from charplay.generation.place import Place
from charplay.options import written
from charplay.sessions.session import Session
from charplay.sessions.states import pack_place
from charplay.sessions.store import FILE, Store
from charplay.sessions.tree import Reply, SessionRecord, Utterance

LAYERS, UNITS = 2, 256
DIGEST = "5" * 64
OPTIONS = written(Sampling())
# What the REPL does before its first prompt, which a closed input then ends.
REPL = """
import sys
from pathlib import Path
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput
from charplay.commands.context import SessionChoice
from charplay.environment import Environment
from charplay.terminal.repl import run_repl
from charplay.terminal.shell import Shell
shell = Shell(Environment.of_process())
with create_pipe_input() as pipe:
    pipe.close()
    run_repl(shell, SessionChoice(nowhere="nowhere" in sys.argv), pipe, DummyOutput())
shell.close()
"""


def measure(quick: bool) -> list[Row]:
    """Time and weigh a session of 10,000 turns."""
    turns = 200 if quick else 10_000
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store, writes = grown(home, turns)
        rows = [_written(writes), _moved(store, home, turns, quick)]
        store.close()
        size = sum(path.stat().st_size for path in home.glob(f"{FILE}*"))
        rows += [_sized(size, turns), _resumed(home, turns, quick)]
    return rows


def grown(home: Path, turns: int) -> tuple[Store, list[float]]:
    """A store with one session of so many turns; the seconds that each took to write."""
    store = Store(home / FILE, lambda: datetime.now(UTC))
    random = np.random.default_rng(7)
    found, turn = SessionRecord(name="long", model="poet", digest=DIGEST), None
    seconds = []
    for number in range(turns):
        said, place = _said(random, number), _place(random)

        begun = time.perf_counter()
        found, turn = store.turns.add(found, said, turn, pack_place(place, DIGEST))
        seconds.append(time.perf_counter() - begun)
    return store, seconds


def _said(random: np.random.Generator, number: int) -> Utterance:
    letters = random.integers(97, 123, 440, dtype=np.uint8).tobytes().decode()
    answer = Reply(letters[40:], 1, "length")
    return Utterance(letters[:40], (answer,), number, "poet", DIGEST, OPTIONS, moves=True)


def _place(random: np.random.Generator) -> Place:
    names = [f"{kind}.{layer}" for layer in range(LAYERS) for kind in ("hidden", "cell")]
    state = {name: np.tanh(random.normal(size=(1, UNITS))).astype(np.float32) for name in names}
    return Place(state, 3)


def _written(seconds: list[float]) -> Row:
    late = sorted(seconds[-1000:])
    return Row(
        "a turn's write, the last of a long session",
        f"{statistics.median(late) * 1000:.2f} ms",
        f"the slowest in a hundred: {late[len(late) * 99 // 100] * 1000:.1f} ms",
        "–",
        "under 5 ms",
    )


def _moved(store: Store, home: Path, turns: int, quick: bool) -> Row:
    short, _ = grown(home / "short", 100)
    seconds = alternate(lambda: _move_about(store), lambda: _move_about(short), 3 if quick else 51)
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
    session = Session(store, None, found)  # type: ignore[arg-type]
    for _ in range(3):
        session.goto("main")
        session.undo()
        session.branch()
        session.goto("50")
        session.goto("main")


def _sized(size: int, turns: int) -> Row:
    return Row(
        f"the store, {turns:,} turns of 440 characters and an LSTM of {LAYERS} × {UNITS}",
        f"{size / 1e6:.1f} MB",
        f"states alone: {turns * LAYERS * 2 * UNITS * 4 / 1e6:.1f} MB",
        "–",
        "under 60 MB for 10,000",
    )


def _resumed(home: Path, turns: int, quick: bool) -> Row:
    seconds = alternate(lambda: _start(home), lambda: _start(home, "nowhere"), 1 if quick else 15)
    return Row(
        f"the REPL's start, resuming {turns:,} turns, whole process",
        f"{statistics.median(seconds.a) * 1000:.0f} ms",
        f"without sessions: {statistics.median(seconds.b) * 1000:.0f} ms",
        seconds.more,
        "under 30 ms more",
    )


def _start(home: Path, *words: str) -> None:
    variables = os.environ | {"CHARPLAY_HOME": str(home), "TERM": "dumb"}
    subprocess.run(
        [sys.executable, "-c", REPL, *words],
        check=True,
        env=variables,
        stdout=subprocess.DEVNULL,
    )
