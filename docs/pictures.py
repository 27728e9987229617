"""Draw the pictures of docs/insight.md: what each command shows, saved by `--save`; needs tmux.

Each is drawn in a data home of its own, with the shipped models.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from picture import Screen

from charplay.terminal.render.pictures import picture_of

FOLDER = Path(__file__).parent / "pictures"
POEM = ":poem --lines 3 --seed 7 Shall I compare thee to a winter's night"
# The lines that are typed before a picture is saved, by its name; {file} is where it is saved.
LINES = {
    "probs": (":probs -m shakespeare --save {file} Shall I compare thee to a winter's ",),
    "why": (POEM, ":why --save {file}"),
    "surprise": (
        ":surprise -m shakespeare --save {file} Shall I compare thee to a summer's phone?",
    ),
    "score": (":score -m dinosaurs --save {file} Brontotyrannosaurus",),
}
PICKED = (":pick -m shakespeare Shall I compare thee to a ", "st")


def draw_saved(name: str, folder: Path) -> None:
    """Type the lines of a picture, the last of which saves it."""
    file = FOLDER / f"{name}.svg"
    file.unlink(missing_ok=True)
    words = [word for line in LINES[name] for word in ("-c", line.format(file=file))]
    variables = {**os.environ, "CHARPLAY_HOME": str(folder / name)}
    done = subprocess.run([sys.executable, "-m", "charplay", *words], env=variables, check=False)
    if done.returncode or not file.exists():
        sys.exit(f"{name}.svg was not drawn")


def draw_picking(folder: Path) -> None:
    """Write by hand in a terminal, and keep what is on the screen."""
    line, typed = PICKED
    screen = Screen(folder)
    try:
        screen.press(line, literally=True)
        screen.press("Enter")
        screen.wait_for("Tab a word")
        screen.press(typed, literally=True)
        screen.wait_for(f"to a {typed}")
        shown = screen.shown(colours=True)
    finally:
        screen.close()
    (FOLDER / "pick.svg").write_text(picture_of(shown), encoding="utf-8")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    names = sys.argv[1:] or [*LINES, "pick"]
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            draw_picking(Path(folder)) if name == "pick" else draw_saved(name, Path(folder))


if __name__ == "__main__":
    main()
