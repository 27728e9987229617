"""A home in which conversations were kept, and lines typed in it while somebody watches."""

import os
import shutil
import tempfile
from contextlib import closing, contextmanager
from pathlib import Path

from charplay.commands.completion.world import world_of
from charplay.sessions.choice import SessionChoice
from charplay.terminal.cli import run
from charplay.terminal.shell import Shell
from charplay.testing.world import Said, make_environment
from tests.campaign.watching import check_said, raw_controls, watched_work
from tests.sessions.conftest import put_model

# Every command that shows something of a session, and those that change it.
VIEWS = (
    ":session", ":tree", ":sessions", ":sessions search a", ":kept", ":kept --all",
    ":tree --format json", ":sessions --format csv", ":kept --all --format json",
    ":state", ":probs",
)  # fmt: skip
MOVES = (
    "abc", ":undo", ":redo", ":retry", ":goto 1", ":goto main", ":keep 1", ":unkeep", ":branch",
    ":goto 0", ":session canary", ":session namer", "ab", ":model namer", ":names -n 2", ":retry",
)  # fmt: skip
# The endings of files that a session is exported to.
EXPORTED = ("md", "txt", "html", "json", "csv", "jsonl")
CANARY = "bad cab fed"


@contextmanager
def memory_folder():
    """A folder in memory where the system has one: thousands of stores are synced to it."""
    shm = Path("/dev/shm")
    usable = shm.is_dir() and os.access(shm, os.W_OK)
    with tempfile.TemporaryDirectory(prefix="charplay-", dir=shm if usable else None) as folder:
        yield Path(folder)


def talked_home(home, registry):
    """A home with three sessions: of prose with branches, of names, and one that nobody touches."""
    backend = registry.backends.find("numpy")
    put_model(home, backend, "namer", "names", seed=1)
    put_model(home, backend)
    typed_lines(home, registry, [CANARY, "abc"], keeping=SessionChoice("canary"))
    lines = [
        "abc",
        "fed",
        ":undo",
        ":branch darker",
        "bad",
        ":sample -n 2",
        ":keep 1",
        ":goto main",
        "cab",
        ":poem abc",
        ":model namer",
        ":names -n 3",
    ]
    typed_lines(home, registry, lines, keeping=SessionChoice("winter"))
    typed_lines(home, registry, ["ab", ":names -n 3", ":keep 2"], keeping=SessionChoice("namer"))
    return home


def copied_home(of, to):
    """The home again, as it was."""
    shutil.rmtree(to, ignore_errors=True)
    shutil.copytree(of, to, symlinks=True)
    return to


def typed_lines(home, registry, lines, keeping=SessionChoice(), case=""):
    """What a start at a terminal and some lines come to; each of them is watched."""
    environment = make_environment(home, tty=True, TERM="xterm", COLUMNS="80")
    with watched_work((case, "start")):
        shell = Shell(environment, registry)
    with closing(shell):
        with watched_work((case, "begin")):
            shell.begin_session(keeping, last=True)
        for line in lines:
            with watched_work((case, line)):
                shell.perform_line(line)
        with watched_work((case, "completion")):
            world = world_of(shell.context)
            for kind in ("session", "turn"):
                list(world.names(kind, {}))
    said = Said.of(0, environment)
    check_said(said, (case, lines))
    shown = environment.stdout.getvalue() + environment.stderr.getvalue()
    assert not raw_controls(shown), (case, raw_controls(shown))
    return said


def typed_words(home, *words):
    """What the words of a shell come to, in a pipe."""
    environment = make_environment(home)
    with watched_work(words):
        status = run([str(word) for word in words], environment)
    said = Said.of(status, environment)
    check_said(said, words)
    return said
