"""One Ctrl-C in every phase: charplay comes back, and says what there is or that it was stopped.

How long each takes is told; a clock fails no case, since a neighbour may have the machine.
"""

import os
import random
import signal
import subprocess
import sys
import time

import pytest

from charplay.testing.world import variables_for
from tests.campaign.talking import memory_folder, talked_home

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(os.name != "posix", reason="Ctrl-C as a signal of POSIX"),
]

# Each goes on for long, if nobody stops it.
PHASES = {
    "start": ["models"],
    "names": ["names", "dinosaurs", "-n", "1000000"],
    "rare names": ["names", "dinosaurs", "-n", "50", "--regex", "q.*x.*q.*x.*q"],
    "prose": ["sample", "shakespeare", "--max-chars", "10000000"],
    "many answers": ["sample", "shakespeare", "-n", "1000", "--max-chars", "1000"],
    "poem": ["poem", "--max-chars", "1000000", "--lines", "100000", "O"],
    "a long prompt": ["sample", "shakespeare", "--prompt", "@{folder}/large.txt"],
    "score": ["score", "--model", "shakespeare", "@{folder}/large.txt"],
    "surprise": ["surprise", "--model", "shakespeare", "@{folder}/large.txt"],
    "find": ["neurons", "shakespeare", "--find"],
    "ablate": ["neurons", "shakespeare", "--ablate", "hidden-0:1"],
    "memorised": ["memorised", "shakespeare"],
    "compare": ["compare", "dinosaurs", "drugs", "surnames", "firstnames"],
    "corpora add": ["corpora", "add", "{folder}/large.txt"],
    "training": ["train", "dinosaurs", "--minutes", "10"],
    "script": ["-c", ":names dinosaurs -n 1000000"],
}
SECONDS_TO_RETURN = 60
# By then charplay is loaded, on a busy machine too.
LOADED_SECONDS = 8
# Before its own first line runs, a process of Python is Python's.
BEGUN = """
import sys
from charplay.__main__ import main
sys.stderr.write("begun\\n")
sys.stderr.flush()
main()
"""


@pytest.fixture(scope="module")
def folder(registry):
    with memory_folder() as folder:
        talked_home(folder / "home", registry)
        chosen = random.Random(7)
        words = ("bad", "cab", "fed", "dead", "face", "the", "and", "king")
        lines = (" ".join(chosen.choices(words, k=12)) for _ in range(200_000))
        (folder / "large.txt").write_text("\n".join(lines))
        yield folder


@pytest.mark.parametrize("seconds", [0.2, 2.0, 10.0])
@pytest.mark.parametrize("phase", PHASES)
def test_one_ctrl_c_brings_charplay_back(folder, phase, seconds, capsys):
    words = [word.format(folder=folder) for word in PHASES[phase]]
    process = subprocess.Popen(
        [sys.executable, "-c", BEGUN, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables_for(folder / "home"),
    )
    try:
        assert process.stderr.readline() == b"begun\n"
        out, err = process.communicate(timeout=seconds)
        took = 0.0  # it was done before
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        out, err = process.communicate(timeout=SECONDS_TO_RETURN)
        took = time.monotonic() - pressed
    finally:
        process.kill()
    told = (out + err).decode()
    assert "Traceback" not in told, (phase, told[-2000:])
    assert "charplay broke" not in told, (phase, told[-2000:])
    # Where Ctrl-C came in code that Python made from text, it ends the process by the signal.
    assert process.returncode in (0, 1, 2, 130, -signal.SIGINT), (phase, process.returncode)
    # Nothing is said of what had not begun: charplay itself was still being loaded.
    assert told.strip() or seconds < LOADED_SECONDS, (phase, "it said nothing")
    with capsys.disabled():
        sys.stdout.write(f"{phase}, Ctrl-C after {seconds} s: back in {took:.2f} s\n")
