"""A prompt in a pseudo-terminal: started, typed at, and timed."""

import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CHARPLAY = ("-m", "charplay")
# The prompt's mark and its blank, whatever colours are around them.
MARK = "❯"


@contextmanager
def prompt_in_terminal(home: Path, words: tuple[str, ...] = CHARPLAY) -> Iterator[int]:
    """The near end of a terminal in which Python waits at a prompt; it is ended afterwards."""
    near, far = pty.openpty()
    variables = {**os.environ, "CHARPLAY_HOME": str(home), "TERM": "xterm", "LC_ALL": "C.UTF-8"}
    # As an installed program has its bytecode from the run before.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    process = subprocess.Popen(
        [sys.executable, *words],
        stdin=far, stdout=far, stderr=far, env=variables, start_new_session=True,
    )  # fmt: skip
    try:
        read_until(near, MARK)
        yield near
    finally:
        process.kill()
        process.wait()
        os.close(near)
        os.close(far)


def read_until(terminal: int, text: str) -> None:
    """Read until a text has come."""
    read = ""
    while text not in read:
        read += os.read(terminal, 65536).decode(errors="replace")


def say_line(terminal: int, text: str, answer: str) -> None:
    """Type a line and read until an answer and a quiet moment."""
    os.write(terminal, text.encode() + b"\r")
    read = ""
    while answer not in read or select.select([terminal], [], [], 0.5)[0]:
        read += os.read(terminal, 65536).decode(errors="replace")


def time_keys(terminal: int, keys: int) -> list[float]:
    """Seconds from each key to its echo."""
    seconds = []
    for number in range(keys):
        key = chr(ord("a") + number % 26) if number % 40 else "\x15"
        while select.select([terminal], [], [], 0.03)[0]:
            os.read(terminal, 65536)
        begun = time.perf_counter()
        os.write(terminal, key.encode())
        select.select([terminal], [], [], 5)
        if number % 40:
            seconds.append(time.perf_counter() - begun)
    os.write(terminal, b"\x15")
    return seconds


def at_99(seconds: list[float]) -> float:
    """The 99th percentile."""
    return sorted(seconds)[round(len(seconds) * 0.99) - 1]
