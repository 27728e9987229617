"""Draw docs/prompt.svg: the prompt as it looks in a terminal; needs tmux.

charplay is started in a terminal of its own, typed at, and what the screen shows is written as SVG.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.text import Text

PICTURE = Path(__file__).parent / "prompt.svg"
COLUMNS, ROWS = 80, 30
# What is typed, and what is on the screen when it is done.
FIRST = (":set temperature 0.9", "temperature is 0.9")
LINES = (
    (":names drugs -n 3 --starts Ze --ends ine --seed 7", "7/15"),
    (":train firstnames --quick --name mine", "is done"),
    (":poem --lines 4 --seed 7 Shall I compare thee to a winter's night", "7/1"),
)
UNFINISHED = (":names drugs --s", "--sounds")
_PATIENCE_SECONDS = 60


class Screen:
    """A terminal that charplay runs in."""

    def __init__(self, folder: Path) -> None:
        self._tmux = ("tmux", "-u", "-S", str(folder / "tmux"), "-f", os.devnull)
        variables = {**os.environ, "CHARPLAY_HOME": str(folder / "home"), "TERM": "xterm-256color"}
        size = ("-x", str(COLUMNS), "-y", str(ROWS))
        self._call("new-session", "-d", *size, sys.executable, "-m", "charplay", env=variables)
        self.wait_for("❯")

    def _call(self, *words: str, env: dict[str, str] | None = None) -> str:
        done = subprocess.run(
            (*self._tmux, *words), capture_output=True, encoding="utf-8", env=env, check=True
        )
        return done.stdout

    def shown(self, colours: bool = False) -> str:
        """What is on the screen."""
        return self._call("capture-pane", "-p", *(["-e"] if colours else []))

    def wait_for(self, text: str) -> None:
        """Wait until a text is on the screen."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while text not in self.shown():
            if time.monotonic() > end:
                sys.exit(f"{text!r} did not come:\n{self.shown()}")
            time.sleep(0.1)

    def press(self, *keys: str, literally: bool = False) -> None:
        """Press keys by tmux's names, or type a text to the letter."""
        self._call("send-keys", *(["-l"] if literally else []), *keys)

    def say(self, line: str, done: str) -> None:
        """Type a line, and wait until something is on the screen that tells its end."""
        self.press(line, literally=True)
        self.press("Enter")
        self.wait_for(done)
        time.sleep(0.5)  # until the next prompt is there

    def close(self) -> None:
        """End the terminal with all in it."""
        self._call("kill-server")


def draw_picture() -> None:
    """Type the lines, and write what is seen."""
    with tempfile.TemporaryDirectory() as folder:
        screen = Screen(Path(folder))
        try:
            screen.say(*FIRST)
            screen.press("C-l")
            for line, done in LINES:
                screen.say(line, done)
            line, offered = UNFINISHED
            screen.press(line, literally=True)
            time.sleep(1)
            screen.press("Tab")
            screen.wait_for(offered)
            shown = screen.shown(colours=True)
        finally:
            screen.close()
    with open(os.devnull, "w", encoding="utf-8") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(Text.from_ansi(shown.rstrip("\n")))
    PICTURE.write_text(console.export_svg(title="charplay"), encoding="utf-8")


if __name__ == "__main__":
    draw_picture()
