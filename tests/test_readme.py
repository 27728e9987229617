"""README.md: what it says happens is what happens."""

import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from charplay.commands.builtin import all_commands
from charplay.commands.reader import read_leading_options, read_line, read_words
from charplay.commands.words import Word
from charplay.sessions.choice import SessionChoice
from charplay.terminal.cli import CHARPLAY
from charplay.terminal.repl import run_repl
from charplay.terminal.shell import Shell
from tests.conftest import installed_plugins, make_environment

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
PROMPT = "❯ "
LABEL = re.compile(r"\s(\d+)/\d+\s*$", re.MULTILINE)
# How often a run tells of itself depends on the machine's speed.
PROGRESS = re.compile(r"^update [\d,]+ of .*\n(  \S.*\n)?", re.MULTILINE)

# The configuration's path is another one, and may be so long that it is folded anywhere.
CONFIGURATION = re.compile(r"stays, in\s[\s\S]*?t\s?o\s?m\s?l(?=\s)")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def transcripts():
    """Per transcript: what is said before the first line typed, then (line, what comes of it)."""
    for block in blocks("text"):
        if PROMPT in block:
            before, *turns = re.split(rf"^{PROMPT}", block, flags=re.MULTILINE)
            yield before, [tuple(turn.partition("\n")[::2]) for turn in turns]


def shell_examples():
    lines = (line for block in blocks("sh") for line in block.splitlines())
    return [line for line in lines if line.startswith("charplay ")]


def masked(text):
    """What must agree: of rows with a seed their cells' kinds and the seed; of the rest the words,
    but for the folder of the configuration.

    Figures and digests are masked, and names, which begin with a capital; so are line ends that
    only the width of the terminal makes.
    """
    seen = [""]
    for line in CONFIGURATION.sub("stays", PROGRESS.sub("", text)).splitlines():
        label = LABEL.search(line)
        if label:
            cells = re.split(r"\s{2,}", line[: label.start()].strip())
            kinds = ["figure" if re.fullmatch(r"[\d.,]+", cell) else "word" for cell in cells]
            seen += [" ".join([*kinds, label[0].strip()]), ""]
        else:
            line = re.sub(r"\([0-9a-f]{12}\)", "(digest)", line)
            line = re.sub(r"\b[A-Z][a-z]+\b", "Name", line)
            seen[-1] += " " + re.sub(r"\d[\d.,]*(?<=\d)", "0", line)
    return [" ".join(part.split()) for part in seen if part.strip()]


@pytest.fixture
def said(home):
    """What comes of each line typed into one REPL, whose fresh seeds are those of the answers."""
    seeds = []
    terminal = make_environment(home, tty=True, TERM="dumb")
    environment = replace(terminal, fresh_seed=lambda: seeds[-1])
    shell = Shell(environment)
    shell.begin_session(SessionChoice(), last=True)
    shell.context.prompted = True

    def say(line, expected):
        label = LABEL.search(expected)
        seeds.append(int(label[1]) if label else 0)
        for stream in (environment.stdout, environment.stderr):
            stream.seek(0)
            stream.truncate()
        shell.perform_lines([line])
        return environment.stdout.getvalue() + environment.stderr.getvalue()

    yield say
    shell.close()


def test_there_is_a_transcript_and_there_are_examples():
    assert sum(len(turns) for _, turns in transcripts()) > 4
    assert len(shell_examples()) > 4


@pytest.mark.parametrize("turns", [turns for _, turns in transcripts()])
def test_a_transcript_is_what_really_happens(said, turns):
    for line, expected in turns:
        assert (line, masked(said(line, expected))) == (line, masked(expected))


def test_the_greeting_is_the_one_of_a_fresh_home(home):
    environment = make_environment(home, tty=True, TERM="dumb")
    shell = Shell(environment)
    with create_pipe_input() as pipe:
        pipe.close()
        run_repl(shell, input=pipe, output=DummyOutput())
    shell.close()
    greetings = [before for before, _ in transcripts() if before.strip()]
    assert greetings
    assert all(before.split() == environment.stdout.getvalue().split() for before in greetings)


def test_masking_keeps_words_order_and_seeds():
    assert masked("Abc   7/1\nDef   7/2\n") == ["word 7/1", "word 7/2"]
    assert masked("Abc   7/1\n") != masked("Abc   7/2\n")
    assert masked("loss 1.569, kept\nhere\n") == masked("loss 2.1, kept here")
    assert masked("loss 1.569, kept") != masked("loss 1.569, left")


def test_the_install_lines_need_nothing_but_python():
    lines = [line for block in blocks("sh") for line in block.splitlines() if "pip install" in line]
    user, *_, tester = lines
    assert all(re.match(r"python3 -m venv \S+ && ", line) for line in (user, tester))
    assert re.search(r"pip install (--quiet )?\.( |$)", user)
    assert user.endswith("bin/charplay")
    assert re.search(r"pip install .*\[.*test.*\]", tester)
    assert "-m pytest" in tester


@pytest.mark.parametrize("line", shell_examples())
def test_an_example_for_the_shell_can_be_typed(line):
    words = shlex.split(line, comments=True)[1:]
    if "<" in words:
        words = words[: words.index("<")]
    options, rest = read_leading_options(CHARPLAY, words)
    commands = all_commands(installed_plugins())
    for typed in options.get("command", ()):
        assert typed.startswith(":")
        assert read_line(commands, typed.removeprefix(":"))
    if rest:
        assert read_words(commands, list(map(Word, rest)))
