"""Draw the pictures of docs/insight.md and docs/insight-units.md, by `--save`; needs tmux.

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
    "neurons": (
        ":neurons -m shakespeare --unit cell.0:41 --unit cell.0:281 --save {file} @{verse}",
    ),
    "find": (":neurons -m shakespeare --find --save {file}",),
    "ablate": (
        ":neurons -m shakespeare --ablate cell.0:41 --seed 7 -n 1 --lines 6 --save {file} O ",
    ),
    "compare": (
        ":compare shakespeare:0.5 shakespeare --seed 7 --lines 5 --prompt 'O ' --save {file}",
    ),
    "classify": (":classify --models dinosaurs,drugs,surnames --save {file} brontozepam",),
    "confusion": (":classify --models dinosaurs,drugs,firstnames,surnames --test --save {file}",),
    "state": (POEM, ":state --array cell.0 --save {file}"),
    "memorised": (":memorised dinosaurs --save {file}",),
    "score": (":score -m dinosaurs --save {file} Brontotyrannosaurus",),
}
# Lines of a play, with a stage direction in brackets.
VERSE = "The king is come. [Enter Lord.] What now?\nHe sleeps; the night is long, and cold.\n"
PICKED = (":pick -m shakespeare Shall I compare thee to a ", "st")


def draw_saved(name: str, folder: Path) -> None:
    """Type the lines of a picture, the last of which saves it."""
    file, verse = FOLDER / f"{name}.svg", folder / "verse.txt"
    verse.write_text(VERSE, encoding="utf-8")
    file.unlink(missing_ok=True)
    words = [word for line in LINES[name] for word in ("-c", line.format(file=file, verse=verse))]
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
