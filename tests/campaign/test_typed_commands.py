"""Commands of the table with words of every kind: each is done or told, in bounds."""

from random import Random

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.errors import StorageError
from charplay.jobs.job import Job
from tests.campaign.typed_commands import draw_words, leaf_commands
from tests.campaign.watching import chunks, watched_call

EACH = 100
# What a person asks for takes its time: so many names, so long a text.
SLOW = {"mix", "memorised"}


@pytest.fixture(scope="module")
def leaves():
    commands = [command for command in BUILTIN if command.name not in SLOW]
    return leaf_commands(commands)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("words") / "home"
    watched_call(home, ["models"])
    return home


def no_run(*arguments, **more):
    """A run is planned to its last option, and not begun: it would take its time."""
    raise StorageError("no run is begun here", "`jobs` lists the runs")


@pytest.mark.parametrize("seed", chunks(3_000, 20_000, EACH))
def test_no_words_break_anything(leaves, home, tmp_path, monkeypatch, seed):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Job, "create", no_run)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    random = Random(f"words {seed}")
    for number in range(EACH):
        words = draw_words(random, leaves)
        if words[:2] == ["corpora", "fetch"]:
            continue
        said = watched_call(home, words, stdin="an\n", tty=random.random() < 0.3)
        if said.status:
            told = said.told
            assert "error: " in told or not told or words[0] == "plugins", (
                seed,
                number,
                words,
                told,
            )
            assert len(told) < 20_000, (seed, number, words, len(told))
