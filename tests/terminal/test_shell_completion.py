"""Completion in real shells, in a real terminal: keys pressed, screens looked at."""

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.sessions.conftest import put_model
from tests.terminal.test_tmux import Tmux

BIN = Path(sys.executable).parent
MARK = "$"
# Each shell without what its owner set, with a short prompt, then the line of our documentation.
SHELLS = {
    "bash": (
        ("bash", "--norc", "--noprofile"),
        f"PS1='{MARK} '",
        'eval "$(charplay completion bash)"',
    ),
    "zsh": (("zsh", "-f"), f"PROMPT='{MARK} '", 'eval "$(charplay completion zsh)"'),
    "fish": (
        ("fish", "--no-config"),
        f"function fish_prompt; echo -n '{MARK} '; end; set fish_greeting",
        "charplay completion fish | source",
    ),
}  # fmt: skip

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not shutil.which("tmux") or not (BIN / "charplay").exists(),
    reason="tmux or the command charplay is not installed",
)


@pytest.fixture(params=list(SHELLS))
def shell(request, home, registry, tmp_path, monkeypatch):
    name = request.param
    if not shutil.which(name):
        pytest.skip(f"{name} is not installed")
    (tmp_path / "my list.txt").write_text("Ana\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{BIN}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    put_model(home, registry.backends.find("ngram"), "my namer", kind="names")
    command, prompt, line = SHELLS[name]
    # A start of which nothing can be waited for but the prompt that it is told to have.
    terminal = Tmux(tmp_path / "tmux", home, command=("env", "PS1=$ ", *command), mark=MARK,
                    waits=False)  # fmt: skip
    for typed in (prompt, line, "clear"):
        terminal.type_line(typed)
    terminal.wait_for_prompt()
    yield terminal
    terminal.close()


WORDS = {
    "charplay models show my": "charplay models show my\\ namer",
    "charplay names --model=my": "charplay names --model=my\\ namer",
    "charplay --no-s": "charplay --no-session",
    "charplay train my": "charplay train my\\ list.txt",
}


def test_words_are_completed_in_the_shell(shell):
    for typed, completed in WORDS.items():
        shell.type(typed)
        shell.press("Tab")
        line = f"{MARK} {completed}"
        shell.wait_until(lambda rows, line=line: rows[-1].startswith(line), line)
        shell.press("C-u")
        shell.wait_for_prompt()
