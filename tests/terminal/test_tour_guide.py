"""The tour at the prompt: told, tried, praised, and left."""

import pytest

from charplay.commands.tour import GOODBYE, STEPS
from tests.terminal.test_repl import CTRL_D, typed_into


@pytest.fixture
def repl(with_model):
    # The tour is left before the prompt is.
    return lambda *keys: typed_into(with_model, *keys, CTRL_D)


def test_it_tells_a_step_praises_it_and_tells_the_next(repl):
    said = repl(":help tour\r", ":names dinosaurs -n 1\r")
    begun, done = said.out.index(f"1 of {len(STEPS)}"), said.out.index(f"2 of {len(STEPS)}")
    assert begun < said.out.index(STEPS[0].praise[:20]) < done
    assert f"→ {STEPS[1].line}" in said.out


def test_other_lines_and_mistakes_do_not_move_it(repl):
    said = repl(":help tour\r", ":backends\r", ":names --nonsense\r", ":names no-such-model\r")
    assert said.out.count("\n1 of 9") == 1
    assert said.out.count("still 1 of 9, Enter alone tells it again") == 3
    assert "2 of 9" not in said.out


def test_a_step_without_its_colon_is_told_what_it_lacks(repl):
    said = repl(":help tour\r", ":names dinosaurs -n 1\r", ":names dinosaurs --temperature 0.3\r",
                "model dinosaurs\r", ":model dinosaurs\r")  # fmt: skip
    assert said.out.count("a command begins with a colon; still 3 of 9") == 1
    assert f"→ {STEPS[3].line}" in said.out


def test_a_step_that_was_asked_about_and_done_is_a_step(repl):
    said = repl(":help tour\r", "names dinosaurs -n 1\r", "y\r")
    assert f"→ {STEPS[1].line}" in said.out


def test_an_empty_line_tells_the_step_again(repl):
    assert repl(":help tour\r", "\r").out.count("1 of 9") == 2


def test_ctrl_d_leaves_the_tour_and_not_the_prompt(repl):
    said = repl(":help tour\r", CTRL_D, ":set lines 3\r")
    assert "you left the tour; :help tour begins it again" in said.out
    assert "lines is 3" in said.out
    assert "2 of 9" not in said.out


def test_its_end_is_told(repl, monkeypatch):
    monkeypatch.setattr("charplay.commands.tour.STEPS", STEPS[:1])
    said = repl(":help tour\r", ":names dinosaurs -n 1\r", ":names dinosaurs -n 1\r")
    assert said.out.count(GOODBYE.partition(".")[0]) == 1


def test_a_script_has_no_tour(charplay):
    said = charplay("-c", ":help tour")
    assert said.status == 2
    assert "start charplay without a command" in said.err
