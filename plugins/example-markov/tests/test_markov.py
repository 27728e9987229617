"""What charplay asks of every backend, corpus and command, and what this plugin answers."""

from typing import Any

from charplay_markov import RIVERS, SUCCESSORS, MarkovBackend

from charplay.testing import BackendContract, CommandContract, CorpusContract

pytest_plugins = ("charplay.testing.fixtures",)


class TestMarkov(BackendContract):
    backend = MarkovBackend()


class TestRivers(CorpusContract):
    entry = RIVERS


class TestSuccessors(CommandContract):
    command = SUCCESSORS


def test_after_a_text_come_the_characters_that_came_in_the_list(run: Any) -> None:
    run("train rivers --backend markov --name chain")
    assert "n" in run("successors ma -m chain --format json").json
    assert run("successors ma -m dinosaurs").status == 2
