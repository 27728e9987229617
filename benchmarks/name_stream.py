"""Names as they come: how soon is the first, how much memory do many take, how soon does Ctrl-C end
them, and what do describing and showing them cost beside drawing them?

Whole processes run in a terminal of their own, as a person's does.
"""

import os
import pty
import random
import signal
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO

from benchmarks.memory import peak_memory
from benchmarks.runs import REGISTRY
from benchmarks.timing import Row, time_alternately
from charplay.commands.name_stream import NamesFound, NamesSoFar, NameStream
from charplay.environment import Environment
from charplay.generation.constraints import Shape
from charplay.generation.options import AnswerOptions
from charplay.generation.question import ask_question
from charplay.generation.sampling import draws_of
from charplay.insight.description import describe_names
from charplay.insight.known_names import load_known_names
from charplay.insight.naming import NameDraw, fit_question
from charplay.insight.search import NameSearch, SearchFilters
from charplay.models.library import Library
from charplay.pretrained import shipped_models
from charplay.terminal.render.console import make_console
from charplay.terminal.render.names import show_name_stream

MANY = 1_000_000
_FIRST_ROW = b"7/1\r\n"


def measure(quick: bool) -> list[Row]:
    """The whole program, then its parts."""
    return [
        first_row(quick),
        memory_row(quick),
        interrupt_row(quick),
        streamed_row(quick),
        table_row(quick),
    ]


def first_row(quick: bool) -> Row:
    """The time from the start of the program to the first of very many names."""
    seconds = sorted(_time_to_first() for _ in range(1 if quick else 9))
    return Row(
        f"names -n {MANY:,}: the first name, whole process",
        f"{statistics.median(seconds):.2f} s (at most {seconds[-1]:.2f} s)",
        "–",
        "–",
        "within 0.6 s",
    )


def memory_row(quick: bool) -> Row:
    """Private memory of many names, and of a tenth of them."""
    count = 2_000 if quick else 100_000
    most, fewer = (peak_memory(_words(n), os.environ) / 2**20 for n in (count, count // 10))
    return Row(
        f"names -n {count:,}: memory",
        f"{most:.0f} MB",
        f"names -n {count // 10:,}: {fewer:.0f} MB",
        f"{most / fewer:.2f}",
        "under 300 MB",
    )


def interrupt_row(quick: bool) -> Row:
    """The time from one Ctrl-C, at random moments, to the end of the program."""
    moments = random.Random(7)
    seconds = sorted(_time_to_end(moments.uniform(0, 3)) for _ in range(2 if quick else 20))
    return Row(
        f"names -n {MANY:,}: from Ctrl-C to the prompt, {len(seconds)} moments",
        f"{statistics.median(seconds):.2f} s, at most {seconds[-1]:.2f} s",
        "–",
        "–",
        "at most 0.5 s",
    )


def _words(count: int) -> list[str]:
    return [sys.executable, "-m", "charplay", *f"names -n {count} --seed 7".split()]


def _time_to_first() -> float:
    begun = time.perf_counter()
    with _in_terminal() as (_, terminal):
        _read_first(terminal)
        return time.perf_counter() - begun


def _time_to_end(wait: float) -> float:
    with _in_terminal() as (process, terminal):
        _read_first(terminal)
        until = time.perf_counter() + wait
        while time.perf_counter() < until:
            os.read(terminal, 1 << 16)
        begun = time.perf_counter()
        os.write(terminal, b"\x03")
        for _ in iter(lambda: _read_or_end(terminal), b""):
            pass
        os.waitpid(process, 0)
        return time.perf_counter() - begun


@contextmanager
def _in_terminal() -> Iterator[tuple[int, int]]:
    """(process, its terminal) of a program that gives very many names; it is ended afterwards."""
    process, terminal = pty.fork()
    if not process:
        words = _words(MANY)
        os.execv(words[0], words)
    try:
        yield process, terminal
    finally:
        os.close(terminal)
        try:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        except (ProcessLookupError, ChildProcessError):
            pass  # it has ended


def _read_first(terminal: int) -> None:
    shown = b""
    while _FIRST_ROW not in shown:
        shown += os.read(terminal, 1 << 12)


def _read_or_end(terminal: int) -> bytes:
    """What the program writes next; nothing where it has ended."""
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


class _Draws:
    """Names of the shipped `dinosaurs`, with all that `names` tells of each."""

    def __init__(self, count: int) -> None:
        home = Environment.of_process().home
        library = Library(home / "models", REGISTRY.backends.find, shipped_models())
        opened = library.open("dinosaurs")
        question = ask_question(opened, AnswerOptions.usual("names"), "", count, lambda: 7)
        self.question, shape = fit_question(question, Shape(), limited=False)
        self.known, _ = load_known_names(opened.header, None, REGISTRY.corpora)
        self.filters, self.opened = SearchFilters(shape), opened

    def streamed(self) -> list[object]:
        """The names, described a block at a time."""
        draw = NameDraw(self.question, self.filters, self.known)
        return [name for burst in draw.bursts() for name in burst]

    def collected(self) -> list[object]:
        """The names, all drawn before the first is described."""
        asked, model = self.question, self.opened.model
        draws = draws_of(asked.options, asked.seed)
        search = NameSearch(model, asked.options, draws, self.filters, self.known)
        answers = search.run(asked.numbers)
        return list(describe_names(model, answers, self.known, ()))


def streamed_row(quick: bool) -> Row:
    """Names a second as they come, compared with collecting them first."""
    count = 200 if quick else 20_000
    draws = _Draws(count)
    seconds = time_alternately(draws.streamed, draws.collected, 1 if quick else 5)
    ours, collected = (count / median for median in seconds.medians)
    return Row(
        f"{count:,} names: names a second as they come",
        f"{ours:,.0f}",
        f"all drawn, then described: {collected:,.0f}",
        seconds.spreads,
        "at most 1.05 times as long",
    )


def table_row(quick: bool) -> Row:
    """The time to show a table of many names, compared with the time to find them."""
    count = 200 if quick else 10_000
    draws = _Draws(count)
    names = draws.streamed()

    def show() -> None:
        events = iter([*names, NamesSoFar(count, count), NamesFound(count, count, count)])
        stream = NameStream(events, "dinosaurs", 7, "", count, count)
        show_name_stream(stream, make_console(Environment.of_process(), StringIO()))

    seconds = time_alternately(show, draws.streamed, 1 if quick else 5)
    ours, drawing = seconds.medians
    return Row(
        f"a table of {count:,} names",
        f"{ours:.2f} s",
        f"finding them: {drawing:.2f} s",
        seconds.spread,
        "at most 0.1",
    )
