"""Events survive the line of JSON that carries them from the training process."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.training.events import (
    Checkpointed,
    Evaluated,
    Failed,
    Finished,
    Kept,
    Progress,
    Reported,
    Sampled,
    Started,
    event_from_json,
    event_to_json,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
counts = st.integers(0, 2**53)
losses = st.floats(allow_nan=False)
lists = st.lists(texts, max_size=4).map(tuple)
EVENTS = st.one_of(
    st.builds(
        Started, texts, texts, st.sampled_from(["names", "prose"]), counts, counts, counts, counts,
        counts, counts,
    ),
    st.builds(Progress, counts, counts, counts, losses, losses, losses, losses, losses),
    st.builds(Evaluated, counts, losses, st.booleans()),
    st.builds(Sampled, counts, lists),
    st.builds(Reported, counts, texts, lists),
    st.builds(Checkpointed, counts, st.sampled_from(["last", "best"])),
    st.builds(
        Finished, counts, st.sampled_from(["done", "patience", "stopped"]), losses,
        st.none() | losses, st.sampled_from(["last", "best"]), losses,
    ),
    st.builds(Kept, texts, texts),
    st.builds(Failed, texts, texts, counts),
)  # fmt: skip


@given(EVENTS)
def test_every_event_comes_back_as_it_was(event):
    back = event_from_json(event_to_json(event))
    assert back == event
    assert type(back) is type(event)
    assert hash(back) == hash(event), "lists must have come back as tuples"


@given(EVENTS)
def test_an_event_is_one_line_however_lines_are_told_apart(event):
    """Some readers end a line at U+0085 or U+2028 too, and a model may draw those."""
    assert len(event_to_json(event).splitlines()) == 1


@given(EVENTS)
def test_a_line_can_be_written_as_utf_8_and_read_by_any_json_reader(event):
    values = json.loads(event_to_json(event).encode().decode())
    assert values["event"] == type(event).__name__.lower()


@pytest.mark.parametrize(
    "line",
    ["", "{", "[]", "7", "null", '"text"', "{}", '{"event": "surprise"}', '{"event": "kept"}',
     '{"event": "kept", "name": "a", "digest": "b", "more": 1}', '{"event": ["kept"]}',
     '{"event": "sampled", "update": 1, "texts": 7}'],
)  # fmt: skip
def test_a_line_that_is_no_event_is_refused(line):
    with pytest.raises(ValueError, match=r".*"):
        event_from_json(line)
