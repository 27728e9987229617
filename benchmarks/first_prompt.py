"""How soon is the prompt there, and how soon does it answer a key or Tab?

A bare program imports what a prompt, tables, arrays and plugins need, and prompts; charplay has
found its plugins by then, and goes on in a session that was begun before.
"""

import os
import select
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks.prompts import (
    CHARPLAY,
    MARK,
    at_99,
    prompt_in_terminal,
    read_until,
    say_line,
)
from benchmarks.runs import REGISTRY
from benchmarks.sessions import fill_store
from benchmarks.timing import Row, time_alternately
from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Commands
from charplay.commands.completion.suggesting import suggest
from charplay.commands.completion.world import world_of
from charplay.commands.context import Context
from charplay.environment import Environment
from charplay.sessions.choice import SessionChoice

BARE = (
    "-c",
    "import rich, numpy, pluggy; from prompt_toolkit import PromptSession; "
    f"PromptSession().prompt('{MARK} ')",
)
_TURNS, _MODELS, _COMMANDS = 1000, 100, 50
# Each asks for another kind of name.
_LINES = (
    ":",
    ":model ",
    ":goto ",
    ":session ",
    ":plugged-1 ",
    ":train ",
    ":train --set ",
    ":jobs ",
)


def measure(quick: bool) -> list[Row]:
    """The first prompt; a key while samples stream; Tab where there is much to be named."""
    if os.name != "posix":
        return []
    return [start_row(quick), key_row(quick), completion_row(quick)]


def start_row(quick: bool) -> Row:
    """From the start to the prompt, compared with a bare program."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        with prompt_in_terminal(home) as terminal:
            say_line(terminal, ":names dinosaurs -n 2 --seed 7", "7/2")

        def wait_for(words: tuple[str, ...]) -> None:
            with prompt_in_terminal(home, words):
                pass

        seconds = time_alternately(
            lambda: wait_for(CHARPLAY), lambda: wait_for(BARE), 1 if quick else 15
        )
    ours, bare = seconds.medians
    return Row(
        "the first prompt, the last session resumed",
        f"{ours * 1000:.0f} ms",
        f"a bare program with prompt_toolkit, rich, numpy and pluggy: {bare * 1000:.0f} ms",
        seconds.spread,
        "at most 1.3",
    )


def key_row(quick: bool) -> Row:
    """How long a key takes while the samples of a run stream above the prompt."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home,
        prompt_in_terminal(Path(home)) as terminal,
    ):
        say_line(terminal, ":set watch on", "on")
        train = b":train dinosaurs --backend numpy --updates 1000000 --name streams"
        os.write(terminal, train + b" --set validate-every=50 sample-every=50\r")
        read_until(terminal, "streams 0%")
        seconds = at_99(_time_echoes(terminal, 20 if quick else 300))
    return Row(
        "a key at the prompt while text streams above it, 99th percentile",
        f"{seconds * 1000:.0f} ms", "–", "–", "within 30 ms",
    )  # fmt: skip


def _time_echoes(terminal: int, keys: int) -> list[float]:
    """Seconds from each key to the moment at which its own letter is written."""
    seconds = []
    for number in range(keys):
        letter = "QXZ"[number % 3]
        while select.select([terminal], [], [], 0.02)[0]:
            os.read(terminal, 65536)
        begun = time.perf_counter()
        os.write(terminal, letter.encode())
        read_until(terminal, letter)
        seconds.append(time.perf_counter() - begun)
        os.write(terminal, b"\x15")
    return seconds


def completion_row(quick: bool) -> Row:
    """Tab where there are many models, turns and commands of plugins: what takes longest."""
    turns, models, commands = (20, 5, 3) if quick else (_TURNS, _MODELS, _COMMANDS)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        fill_store(home, turns)
        context = _fill_world(home, models, commands)
        longest, line = max((_time_tab(context, line), line) for line in _LINES)
        context.close()
    return Row(
        f"Tab among {models} models, {turns:,} turns and {commands} plugins' commands",
        f"{longest * 1000:.1f} ms (`{line}`)", "–", "–", "within 50 ms",
    )  # fmt: skip


def _fill_world(home: Path, models: int, commands: int) -> Context:
    """A context in a home with many models and a long session, and with commands of plugins."""
    environment = replace(Environment.of_process(), home=home)
    offered = [replace(BUILTIN[1], name=f"plugged-{number}") for number in range(commands)]
    context = Context(environment, REGISTRY, Commands([*BUILTIN, *offered]))
    names = home / "models" / "names"
    names.mkdir(parents=True)
    for number in range(models):
        (names / f"model-{number}").write_text("5" * 64)
    context.begin_session(SessionChoice(), last=True)
    return context


def _time_tab(context: Context, line: str) -> float:
    """Seconds that the first Tab of a prompt takes."""
    begun = time.perf_counter()
    assert suggest(line, world_of(context)), line
    return time.perf_counter() - begun
