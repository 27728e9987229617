"""The line below the prompt, and what a screen looks like with it or without."""

import re
from dataclasses import replace

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Commands
from charplay.commands.context import Context
from charplay.sessions.choice import SessionChoice
from charplay.terminal.status_line import state_words, status_lines
from tests.conftest import make_environment
from tests.sessions.conftest import put_model
from tests.terminal.test_tmux import MARK, Tmux, configure, pytestmark  # noqa: F401 - its skip

RUN = "run 3 mine 45%, 20 s left, loss 1.234"
STATE = ["winter", "drugs", "temperature 0.7", "a new seed each time"]


@pytest.fixture
def context(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    return Context(make_environment(home), registry, Commands(BUILTIN))


def test_it_tells_session_model_seeds_and_what_was_set(context):
    context.begin_session(SessionChoice(name="winter"))
    context.talk_with(context.model("namer"))
    assert state_words(context) == ["winter", "namer", "a new seed each time"]
    context.settings.sampling.update(top_p=0.5, seed=7)
    assert state_words(context) == ["winter", "namer", "seed 7", "top-p 0.5"]


def test_it_says_that_nothing_is_kept(context):
    context.begin_session(SessionChoice(new=True))
    assert state_words(context)[0] == "new session"
    context.settings.interface = replace(context.settings.interface, private=True)
    assert state_words(context)[0] == "private"


def test_no_sign_of_a_name_acts_on_the_terminal(context):
    context.begin_session(SessionChoice(new=True))
    context.session.record = replace(context.session.record, name="a\x1b[31mb")
    assert state_words(context)[0] == "a␛[31mb"


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (120, ["winter · drugs · temperature 0.7 · a new seed each time · " + RUN]),
        (80, [RUN, "winter · drugs · temperature 0.7 · a new seed each time"]),
        (40, [RUN, "winter · drugs · temperature 0.7"]),
        (16, [RUN, "winter · drugs"]),
        (5, [RUN, "winter"]),
    ],
)
def test_a_narrow_window_keeps_what_matters_most(columns, lines):
    assert status_lines(STATE, [RUN], columns) == lines


@pytest.fixture
def screen(home, registry, tmp_path):
    """Makes a terminal with charplay in it; closes it at the end."""
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    terminals = []

    def make(columns=80, rows=24, **interface):
        configure(home, **interface)
        terminals.append(Tmux(tmp_path / "tmux", home, columns, rows, waits=False))
        terminals[-1].wait_until(lambda rows: any(MARK in row for row in rows), "the prompt")
        return terminals[-1]

    yield make
    for terminal in terminals:
        terminal.close()


def test_it_stands_in_the_last_row_of_the_terminal_and_goes_while_something_is_shown(screen):
    terminal = screen()
    shown = terminal.wait_until(lambda rows: "a new seed each time" in rows[-1], "the status")
    assert len(shown) == 24
    terminal.type_line(":names namer -n 3 --seed 7")
    shown = terminal.wait_until(lambda rows: rows[-1].startswith("talk-1 · "), "the next status")
    assert sum("a new seed each time" in row for row in shown) == 1
    assert sum(bool(re.search("7/[123]$", row)) for row in shown) == 3


def test_it_can_be_turned_off_and_on_again(screen):
    terminal = screen()
    terminal.type_line(":set status off")
    terminal.wait_until(lambda rows: rows[-1] == MARK, "a prompt without a status")
    terminal.type_line(":set status on")
    terminal.wait_until(lambda rows: "a new seed" in rows[-1], "the status")


def test_plain_has_no_status_no_columns_and_no_frames(screen):
    terminal = screen(plain=True)
    terminal.type_line(":models")
    shown = terminal.wait_until(lambda rows: rows[-1] == MARK and len(rows) > 5, "the models")
    assert "  kind: names" in shown
    assert not any(set("─│╭╰├└") & set(row) for row in shown)


def test_a_long_result_is_shown_page_by_page_and_a_stream_is_not(screen):
    terminal = screen(rows=12)
    terminal.type_line(":help train")
    terminal.wait_until(lambda rows: rows[-1].startswith("-- blank goes on"), "less")
    terminal.press("q")
    terminal.wait_until(lambda rows: "a new seed" in rows[-1], "the prompt")
    terminal.type_line(":names namer -n 40 --seed 7")
    terminal.wait_until(lambda rows: any("7/40" in row for row in rows), "all names")
    terminal.wait_until(lambda rows: "a new seed" in rows[-1], "the prompt")
    terminal.type_line(":set pager off")
    terminal.wait_until(lambda rows: "pager is off" in "".join(rows), "no pager")
    terminal.type_line(":help train")
    terminal.wait_until(lambda rows: "a new seed" in rows[-1], "the prompt")
