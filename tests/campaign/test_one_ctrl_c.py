"""One Ctrl-C in every phase: charplay comes back, and says what there is or that it was stopped.

How long each takes is told; a clock fails no case, since a neighbour may have the machine. What
charplay itself still works after the key is bounded: a neighbour takes none of that.
"""

import os
import random
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from charplay.testing.world import variables_for
from tests.campaign.hostile_server import head, hostile_server, sending
from tests.campaign.talking import memory_folder, talked_home
from tests.terminal.test_repl import Terminal

pytestmark = [
    pytest.mark.campaign,
    pytest.mark.skipif(os.name != "posix", reason="Ctrl-C as a signal of POSIX"),
]

# Each goes on for long, if nobody stops it.
PHASES = {
    "names": ["names", "dinosaurs", "-n", "1000000"],
    "rare names": ["names", "dinosaurs", "-n", "5000", "--pattern", "q.*x.*q.*x.*q"],
    "sorted names": ["names", "dinosaurs", "-n", "1000000", "--sort", "loss"],
    "prose": ["sample", "shakespeare", "--max-chars", "1000000", "--lines", "1000000"],
    "many answers": ["sample", "shakespeare", "-n", "1000", "--max-chars", "1000"],
    "poem": ["poem", "--max-chars", "1000000", "--lines", "100000", "O"],
    "a long prompt": ["sample", "shakespeare", "--prompt", "@{folder}/large.txt"],
    "score": ["score", "--model", "shakespeare", "@{folder}/large.txt"],
    "surprise": ["surprise", "--model", "shakespeare", "@{folder}/large.txt"],
    "find": ["neurons", "--model", "shakespeare", "--find"],
    "ablate": ["neurons", "--model", "shakespeare", "--ablate", "cell.0:41", "-n", "100", "O"],
    "memorised": ["memorised", "shakespeare", "-n", "66"],
    "compare": ["compare", "dinosaurs", "drugs", "-n", "100000"],
    "corpora add": ["corpora", "add", "{folder}/larger.txt"],
    "download": ["models", "add", "{address}/m.safetensors"],
    "training": ["train", "dinosaurs", "--minutes", "10"],
    "script": ["-c", ":names dinosaurs -n 1000000"],
}
# What is typed at the prompt, and what is seen while it works.
TYPED = {
    "names": (":names dinosaurs -n 1000000", "names dinosaurs"),
    "prose": (":sample shakespeare --max-chars 1000000 --lines 1000000", "shakespeare"),
    "a long prompt": (":sample shakespeare --prompt @{folder}/large.txt", "characters read"),
    "training": (":train dinosaurs --minutes 10 --wait", "update"),
    "nothing": ("half a li", "half a li"),
}
SECONDS_TO_RETURN = 60
# Four times what the prompt may take: processors differ, and some are shared by two threads.
WORK_SECONDS = 2.0
# By then charplay is at work, on a busy machine too.
AT_WORK_SECONDS = 2.0
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
        text = "\n".join(lines)
        (folder / "large.txt").write_text(text)
        (folder / "larger.txt").write_text("\n".join([text] * 12))
        yield folder


@pytest.fixture(scope="module")
def address():
    """Of a server that sends a byte now and then, and never ends."""
    with hostile_server(sending(head(), again=b"a", pause=0.05)) as server:
        yield server.address


@pytest.mark.parametrize("seconds", [0.2, AT_WORK_SECONDS])
@pytest.mark.parametrize("phase", PHASES)
def test_one_ctrl_c_brings_charplay_back(folder, address, phase, seconds, capsys):
    words = [word.format(folder=folder, address=address) for word in PHASES[phase]]
    before = children_seconds()
    process = subprocess.Popen(
        [sys.executable, "-c", BEGUN, *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=variables_for(folder / "home", NO_PROXY="127.0.0.1", no_proxy="127.0.0.1"),
    )
    try:
        assert process.stderr.readline() == b"begun\n"
        with pytest.raises(subprocess.TimeoutExpired):  # it does not end by itself
            process.communicate(timeout=seconds)
        worked = worked_seconds(process.pid)
        process.send_signal(signal.SIGINT)
        pressed = time.monotonic()
        out, err = process.communicate(timeout=SECONDS_TO_RETURN)
        took = time.monotonic() - pressed
    finally:
        process.kill()
    told = (out + err).decode()
    assert "Traceback" not in told, (phase, told[-2000:])
    assert "charplay broke" not in told, (phase, told[-2000:])
    assert "error: " not in told, (phase, told[-2000:])
    # Where Ctrl-C came in code that Python made from text, it ends the process by the signal.
    assert process.returncode in (0, 1, 130, -signal.SIGINT), (phase, process.returncode)
    # Nothing is said of what had not begun: charplay itself was still being loaded.
    assert told.strip() or seconds < AT_WORK_SECONDS, (phase, "it said nothing")
    if phase != "training":  # of which a process of its own works
        after = children_seconds() - before - worked
        assert after < WORK_SECONDS, (phase, f"it worked {after:.2f} s more")
    assert not leftovers(folder / "home"), phase
    tell(capsys, f"{phase}, Ctrl-C after {seconds} s: back in {took:.2f} s")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no work is told of a process")
@pytest.mark.parametrize("phase", TYPED)
def test_one_ctrl_c_brings_the_prompt_back(folder, phase, capsys):
    line, at_work = TYPED[phase]
    terminal = Terminal(folder / "home")
    try:
        terminal.wait_for("❯")
        terminal.type(line.format(folder=folder) + ("" if phase == "nothing" else "\r"))
        terminal.wait_for(at_work)
        work_on(terminal)
        worked, pressed = worked_seconds(terminal.process.pid), time.monotonic()
        if phase == "nothing":
            terminal.type("\x03")
        else:
            terminal.ctrl_c()
        terminal.wait_for("❯")
        took = time.monotonic() - pressed
        after = worked_seconds(terminal.process.pid) - worked
        assert after < WORK_SECONDS, (phase, f"it worked {after:.2f} s more")
        terminal.type(":version-of-nothing\r")
        terminal.wait_for("there is no command")
    finally:
        terminal.close()
    tell(capsys, f"{phase} at the prompt: back in {took:.2f} s")


def work_on(terminal, seconds=1):
    """Let it work for a while, and forget what it shows."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        terminal.read_waiting(0.05)
    terminal.seen = ""


def worked_seconds(process):
    """The processor's seconds that a process has had; 0 where the system does not tell."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def children_seconds():
    """The processor's seconds of all processes that this one has waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def leftovers(home):
    """Files that a writer left behind."""
    return [path for path in home.rglob(".*") if re.search(r"\.[0-9a-f]{16}", path.name)]


def tell(capsys, line):
    with capsys.disabled():
        sys.stdout.write(f"{line}\n")
