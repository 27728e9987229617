"""A long visit to the REPL, key by key, with everything that a person does in a conversation."""

import re

import pytest

from charplay import open_session
from tests.sessions.conftest import put_model
from tests.terminal.test_repl import CTRL_C, ENTER, pasted, typed_into

VISIT = (
    "abc\r",
    "fed\r",
    "half a line" + CTRL_C,
    CTRL_C,
    ":undo\r",
    ":redo\r",
    ":redo\r",
    ":retry --temperature 0\r",
    ":keep\r",
    ":keep 1 --turn 1\r",
    ":unkeep 1\r",
    ":branch darker\r",
    pasted("bad\nhag") + ENTER,
    ":tree\r",
    ":set private on\r",
    "a secret\r",
    ":keep\r",
    ":set private off\r",
    ":model namer\r",
    "ab\r",
    ":keep 2-3\r",
    ":kept\r",
    ":models rename namer inventor\r",
    ":retry\r",
    ":models remove lost\r",
    ":session winter\r",
    ":session\r",
    ":session talk-1\r",
    ":sessions delete talk-1\r",
    "n\r",
    ":model poet\r",
    ENTER,
    ":nonsense\r",
    "\\:abc\r",
    ":help undo\r",
    ":tree\r",
    ":quit\r",
    "never said\r",
)
TOLD = """\
charplay #, talking to poet; :help lists the commands
went back before turn 2: session talk-1, after turn 1, in main
went forward to turn 2: session talk-1, after turn 2, in main
note: no seed can change this, the likeliest is always taken; :retry --temperature 1 varies it
kept: … · 8/1
kept: … · 7/1
no longer kept: … · 8/1
the next turn begins the branch darker: session talk-1, after turn 3, in darker
○1 ★ [main] …
├─ 2 …
└─○3 [branch-3] …
  ●4 [darker] …
private is on
note: left out, unknown to this model: s r t
kept: … · 7/1
private is off
namer (names, numpy, # weights)
session talk-1 goes on with it; :session NAME begins another
kept: … · 7/2
kept: … · 7/3
renamed namer (inventor)
note: again at temperature 1
begins with your next words: session winter, at the beginning
current session: session winter, at the beginning
going on: session talk-1, after turn 6, in branch-6
session talk-1 kept
poet (prose, numpy, # weights)
session talk-1 goes on with it; :session NAME begins another
it has read the # characters of the session
note: left out, unknown to this model: :
○1 ★ [main] …
├─ 2 …
└─○3 [branch-3] …
  ○4 [darker] …
  ├─ 5 ★ …
  └─○6 [branch-6] …
    ○7 …
    ●8 …
"""
TEXTS = (
    (r"^([○●├└─ ]+\d (?:★ )?(?:\[[\w-]+\] )?).*", r"\1…"),
    (r"^(kept|no longer kept): .* · ", r"\1: … · "),
    (r"[\d,]+(?= weights| characters)", "#"),
    (r"charplay [\d.]+", "charplay #"),
)


def masked(line):
    """A line without what a model answered, and without figures."""
    for pattern, mask in TEXTS:
        line = re.sub(pattern, mask, line)
    return line.rstrip()


@pytest.fixture
def visited(home, registry):
    backend = registry.backends.find("numpy")
    put_model(home, backend, "namer", kind="names")
    put_model(home, backend, "poet")
    return typed_into(home, *VISIT, COLUMNS="200")


def test_a_whole_visit_is_told_as_it_goes(visited):
    expected = TOLD.splitlines()
    assert [line for line in map(masked, visited.lines) if line in expected] == expected
    assert visited.status == 0


def test_what_went_wrong_in_a_visit_is_a_line_each_and_the_visit_goes_on(visited):
    errors = [line for line in visited.err.split("\n") if line.startswith("error: ")]
    assert errors == [
        "error: there is no turn to redo here",
        "error: there is no model 'lost'",
        "error: there is no command 'nonsense'",
    ]
    assert "go back one turn" in visited.out, "and help comes after them"


def test_what_is_left_of_a_visit_is_what_was_said_in_it(visited, home):
    with open_session("talk-1", home=home) as session:
        turns = session.turns()
        assert [turn.said.prompt for turn in turns] == [
            "abc", "fed", "fed", "bad\nhag", "ab", "ab", "", ":abc",
        ]  # fmt: skip
        assert [turn.parent for turn in turns] == [None, 1, 1, 3, 4, 4, 6, 7]
        assert [turn.said.model for turn in turns] == ["poet"] * 4 + ["inventor"] * 2 + ["poet"] * 2
        kept = [
            (turn.number, reply.number)
            for turn in turns
            for reply in turn.said.replies
            if reply.kept
        ]
        assert kept == [(1, 1), (5, 2), (5, 3)]
    history = (home / "history").read_text()
    assert history.count("\n+") == len(VISIT) - 8
    assert "secret" not in history
    assert "+n\n" not in history, "what answers a question is no line to go back to"
