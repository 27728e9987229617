"""What is proposed for a text where a backend knows nothing better."""

import pytest

from charplay.plan import Plan, Stage
from charplay.proposal import Proposal, TextFacts, one_pass_plan, usual_plan


def names(characters=5000):
    return TextFacts("names", 700, characters, 27)


def prose(characters):
    return TextFacts("prose", characters, characters, 60)


def test_facts_and_proposals_say_little_where_nothing_is_given():
    assert names().longest == 0
    assert Proposal() == Proposal(Plan(), {}, "", 1)
    assert usual_plan(names()) == usual_plan(TextFacts("names", 700, 5000, 27, 0))


def test_names_are_read_often_until_that_no_longer_helps():
    stages = (Stage(epochs=40, learning_rate=0.005),)
    assert usual_plan(names()) == Plan(clip_norm=5, patience=5, inner=0.1, stages=stages)


@pytest.mark.parametrize(
    ("characters", "rows"),
    [(10, 1), (1279, 1), (2559, 1), (2560, 2), (40_959, 31), (40_960, 32), (10**9, 32)],
)
def test_prose_is_read_in_as_many_streams_as_are_long_enough(characters, rows):
    stages = (Stage(epochs=20, learning_rate=0.003, schedule="linear"),)
    assert usual_plan(prose(characters)) == Plan(
        cutting="stream", batch_size=rows, clip_norm=5, patience=3, inner=0.1, stages=stages
    )


def test_in_one_pass_many_names_are_read_at_once():
    assert one_pass_plan(names()) == Plan(
        batch_size=256, checkpoint_seconds=600, stages=(Stage(epochs=1),)
    )


@pytest.mark.parametrize(
    ("characters", "length"),
    [(10, 1), (999, 1), (1000, 2), (500_000, 1000), (4_095_999, 8191), (4_096_000, 8192),
     (10**9, 8192)],
)  # fmt: skip
def test_in_one_pass_prose_is_read_in_long_pieces(characters, length):
    assert one_pass_plan(prose(characters)) == Plan(
        cutting="stream", batch_size=1, length=length, checkpoint_seconds=600,
        stages=(Stage(epochs=1),),
    )  # fmt: skip
