"""Stages end to end, as a table: texts, passes, validations, rates and the inner part."""

import pytest

from charplay.plan import Stage
from charplay.training.schedule import Schedule
from tests.training.test_stage_texts import Numbered

OWN, OTHER, KNOWN = Numbered("own", 4), Numbered("other", 2), Numbered("known", 5)
STAGES = (
    Stage(epochs=2, learning_rate=0.5),
    Stage(updates=3, learning_rate=0.25, corpus="other"),
    Stage(updates=5, learning_rate=1.0, schedule="linear"),
)


def schedule_of(stages=STAGES, **more):
    return Schedule(stages, {"": OWN, "other": OTHER}, **more)


def test_stages_follow_each_other_to_the_end_of_the_run():
    schedule = schedule_of()
    assert (schedule.updates, schedule.last_begin, schedule.last_per_epoch) == (16, 11, 4)
    assert [schedule.stage_end(update) for update in range(16)] == [8] * 8 + [11] * 3 + [16] * 5


def test_each_update_has_its_batch_its_pass_and_its_rate():
    schedule = schedule_of()
    batches = [schedule.batch(update) for update in range(16)]
    assert [batch.inputs for batch in batches] == [
        *(("own", k) for k in range(8)), *(("other", k) for k in range(3)),
        *(("own", k) for k in range(8, 13)),
    ]  # fmt: skip
    fresh = [update for update, batch in enumerate(batches) if batch.fresh]
    assert fresh == [0, 4, 8, 10, 11, 15]
    passes = [schedule.epoch(update) for update in range(16)]
    assert passes == [1, 1, 1, 1, 2, 2, 2, 2, 1, 1, 2, 3, 3, 3, 3, 4]
    rates = [schedule.rate(update) for update in range(16)]
    assert rates == pytest.approx([0.5] * 8 + [0.25] * 3 + [1, 0.8, 0.6, 0.4, 0.2])


def test_a_validation_follows_each_pass_or_so_many_batches_of_a_text():
    schedule = schedule_of()
    after_passes = [schedule.next_validation(update, None) for update in range(16)]
    assert after_passes == [4] * 4 + [8] * 4 + [10, 10, 12] + [15] * 4 + [19]
    after_three = [schedule.next_validation(update, 3) for update in range(16)]
    assert after_three == [3, 3, 3, 6, 6, 6, 9, 9, 11, 11, 11, 12, 15, 15, 15, 18]


def test_a_stage_on_the_same_text_begins_no_new_text():
    schedule = schedule_of((Stage(updates=2), Stage(updates=3)))
    assert [schedule.batch(update).fresh for update in range(5)] == [
        True, False, False, False, True,
    ]  # fmt: skip
    assert [schedule.batch(update).inputs[1] for update in range(5)] == [0, 1, 2, 3, 4]
    assert (schedule.last_begin, schedule.last_per_epoch) == (2, 4)


@pytest.mark.parametrize(
    ("until", "end"), [(0, 1), (0.01, 1), (0.1, 2), (0.5, 8), (0.6, 10), (1, 16)]
)
def test_the_inner_part_is_learned_from_a_share_of_the_run_on(until, end):
    schedule = schedule_of(known=KNOWN, inner_until=until)
    assert schedule.inner_end == end
    learned = [schedule.inner_is_learned(update) for update in range(17)]
    assert learned == [False] * end + [True] * (17 - end)
    known = [update for update in range(16) if schedule.batch(update).inputs[0] == "known"]
    assert known == [update for update in range(end, 16) if not 8 <= update < 11]
    numbers = [schedule.batch(update).inputs[1] for update in known]
    assert numbers == list(range(len(known)))


def test_without_a_known_text_the_inner_part_is_never_learned():
    schedule = schedule_of(inner_until=0.5)
    assert schedule.inner_end is None
    assert not any(schedule.inner_is_learned(update) for update in range(17))
    assert {schedule.batch(update).inputs[0] for update in range(16)} == {"own", "other"}


def test_it_is_never_learned_unless_that_is_asked_for():
    assert schedule_of(known=KNOWN).inner_end == 16


def test_each_text_is_gone_on_with_where_it_was_left_and_its_state_begins_anew():
    stages = tuple(Stage(updates=n, corpus=name) for n, name in (
        (3, ""), (1, "other"), (3, ""), (2, "other"), (2, ""),
    ))  # fmt: skip
    schedule = schedule_of(stages)
    batches = [schedule.batch(update) for update in range(11)]
    assert [(*batch.inputs, batch.fresh) for batch in batches] == [
        ("own", 0, True), ("own", 1, False), ("own", 2, False), ("other", 0, True),
        ("own", 3, True), ("own", 4, True), ("own", 5, False),
        ("other", 1, True), ("other", 2, True), ("own", 6, True), ("own", 7, False),
    ]  # fmt: skip
