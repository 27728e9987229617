"""Events: what they say where nothing is given, their values, and which lines are none."""

import pytest

from charplay.training.events import (
    EVENT_KINDS,
    NOTHING_LEARNED,
    Failed,
    Finished,
    Kept,
    Measured,
    Progress,
    Reported,
    Started,
    StopAsked,
    event_from_json,
    event_values,
)


@pytest.mark.parametrize(
    ("event", "unsaid"),
    [
        (
            Started("m", "c", "names", 9, 1, 5, 7, 8),
            {"update": 0, "texts": (), "model_size": ""},
        ),
        (
            Progress(1, 2, 1, 3.0, 3.0, 9.0, 1.0, 1.0),
            {"part": 0, "parts": 0, "characters": 0},
        ),
        (Reported(1, "x"), {"names": ()}),
        (Finished(1, "done", 2.0, None, "last", 1.0), {"best_update": None}),
        (Measured(1.5), {"counting_loss": None, "counting_order": None}),
        (
            Kept("m", "d"),
            {
                "replaced": None,
                "replaced_corpus": "",
                "replaced_loss": None,
                "hides_shipped": False,
            },
        ),
        (Failed("why", "what"), {"update": 0}),
    ],
    ids=lambda given: type(given).__name__,
)
def test_what_an_event_does_not_say_is_nothing(event, unsaid):
    values = event_values(event)
    assert {name: values[name] for name in unsaid} == unsaid


def test_a_run_in_which_nothing_was_learned_says_so():
    assert Failed("stopped before anything was learned; nothing kept", "train again") == (
        NOTHING_LEARNED
    )


def test_the_values_of_an_event_begin_with_its_name():
    assert event_values(Reported(1, "x", ("Ty",))) == {
        "event": "reported", "update": 1, "line": "x", "names": ("Ty",),
    }  # fmt: skip
    assert list(event_values(Failed("a", "b"))) == ["event", "message", "hint", "update"]


def test_each_kind_of_event_in_a_file_has_a_name():
    assert sorted(EVENT_KINDS) == [
        "checkpointed", "evaluated", "failed", "finished", "kept", "measured", "progress",
        "reported", "sampled", "started",
    ]  # fmt: skip
    assert "stopasked" not in EVENT_KINDS
    assert StopAsked(3).seconds == 3


@pytest.mark.parametrize(
    "line",
    [
        '{"event": "failed", "message": 3, "hint": "x"}',
        '{"event": "evaluated", "update": "1", "loss": 2.0, "best": true}',
        '{"event": "evaluated", "update": 1, "loss": 2.0, "best": 1}',
        '{"event": "checkpointed", "update": 1, "which": "middle"}',
        '{"event": "evaluated", "update": 1.5, "loss": 2.0, "best": true}',
    ],
)
def test_a_line_with_a_value_of_another_type_is_no_event(line):
    with pytest.raises(ValueError, match=r".*"):
        event_from_json(line)


def test_a_line_that_is_none_is_told_by_its_first_sixty_characters():
    with pytest.raises(ValueError, match=r".*") as told:
        event_from_json('{"event": "' + "x" * 100 + '"}')
    assert str(told.value) == "not an event: '" + '{"event": "' + "x" * 49 + "'"
