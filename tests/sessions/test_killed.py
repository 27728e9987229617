"""Killed at random moments, hundreds of times: every committed turn is there, whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from charplay.sessions.choice import SessionChoice
from tests.conftest import variables_for
from tests.sessions.kill_often import TURNS_OF_IMPORTED

SCRIPT = Path(__file__).parent / "kill_often.py"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes fork on POSIX alone")
@pytest.mark.parametrize("kills", [40, pytest.param(220, marks=pytest.mark.campaign)])
def test_whatever_moment_it_is_killed_at_every_committed_turn_is_there(
    home, poet, talk, start, kills
):
    """CHARPLAY_KILLS says how many, for a run as long as one likes."""
    kills = int(os.environ.get("CHARPLAY_KILLS", kills))
    carried = talk("carried")
    for seed in range(TURNS_OF_IMPORTED):
        carried.say("ab", seed=seed, max_chars=3)
    carried.close()
    start(f":export {home / 'carried.json'}", keeping=SessionChoice("carried"))
    assert len(json.loads((home / "carried.json").read_text())["turns"]) == TURNS_OF_IMPORTED
    (home / "sessions.db").unlink()
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(home), str(kills), "7"],
        env=variables_for(home),
        cwd=Path(__file__).parent.parent.parent,
        capture_output=True,
        text=True,
        timeout=60 + kills,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert done.stdout.startswith(f"{kills} kills")
