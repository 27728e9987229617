"""What the line below the prompt says, and what of it a narrow screen has."""

from dataclasses import replace

import pytest

from charplay.commands.builtin import BUILTIN
from charplay.commands.command import Commands
from charplay.commands.context import Context
from charplay.errors import StorageError
from charplay.sessions.choice import SessionChoice
from charplay.terminal.status_line import state_words, status_lines
from tests.conftest import make_environment
from tests.sessions.conftest import put_model

FRESH = "a new seed each time"


@pytest.fixture
def context(home, registry):
    put_model(home, registry.backends.find("ngram"), "namer", kind="names")
    return Context(make_environment(home), registry, Commands(BUILTIN))


def test_where_nothing_was_said_the_model_is_the_one_that_would_answer(context):
    assert state_words(context) == ["new session", "namer", FRESH]
    context.begin_session(SessionChoice(new=True))
    assert state_words(context) == ["new session", "namer", FRESH]


def test_a_library_that_cannot_be_read_is_told_elsewhere(context, monkeypatch):
    def broken(library):
        raise StorageError("no", "")

    monkeypatch.setattr(type(context.library), "usual", property(broken))
    assert state_words(context) == ["new session", FRESH]


def test_a_branch_is_named_after_its_session_and_the_trunk_is_not(context):
    context.begin_session(SessionChoice("winter"))
    context.talk_with(context.model("namer"))
    assert state_words(context)[0] == "winter"
    session = context.session
    session.record = replace(session.record, branch="darker")
    assert state_words(context) == ["winter/darker", "namer", FRESH]


def test_what_is_set_is_named_as_it_is_typed(context):
    context.settings.sampling.update(temperature=0.5, max_chars=7)
    assert state_words(context)[2:] == ["temperature 0.5, max-chars 7", FRESH]
    context.settings.sampling.update(seed=0)
    assert state_words(context)[2:] == ["seed 0", "temperature 0.5, max-chars 7"]


@pytest.mark.parametrize(
    ("columns", "lines"),
    [
        (20, ["winter · drugs · run"]),
        (19, ["run", "winter · drugs"]),
        (14, ["run", "winter · drugs"]),
        (13, ["run", "winter"]),
        (1, ["run", "winter"]),
    ],
)
def test_a_line_is_full_at_the_last_column(columns, lines):
    assert status_lines(["winter", "drugs"], ["run"], columns) == lines


def test_without_runs_what_matters_least_goes_first():
    assert status_lines(["winter", "drugs", "seed 5"], [], 23) == ["winter · drugs · seed 5"]
    assert status_lines(["winter", "drugs", "seed 5"], [], 22) == ["winter · drugs"]
    assert status_lines(["名" * 4], [], 3) == ["名" * 4]
