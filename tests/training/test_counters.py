"""What a run counts: losses, their running mean, its history, and what of it a file keeps."""

import math

import pytest

from charplay.errors import ModelFileError
from charplay.models.header import Header
from charplay.training.counters import RunCounters, running_mean

FRESH = {
    "update": 0, "loss": None, "smoothed": 0.0, "weight": 0.0, "summed": 0.0, "scored": 0,
    "reported": None, "best": None, "waited": 0, "characters": 0, "seconds": 0.0,
}  # fmt: skip


def header_of(progress, history=()):
    return Header("numpy", "1", "names", "ab", {}, history=history, progress=progress)


def test_a_run_begins_with_nothing_counted():
    counters = RunCounters()
    assert counters.to_dict() == FRESH
    assert counters.history == ()
    assert counters.smoothed_loss == 0.0
    assert counters.best_update is None


def test_each_update_counts_its_loss_and_its_characters():
    counters = RunCounters()
    counters.count_update(3.0, 10)
    assert counters.smoothed == pytest.approx(0.06)
    assert counters.weight == pytest.approx(0.02)
    counters.count_update(2.0, 30)
    assert (counters.update, counters.loss, counters.characters) == (2, 2.0, 40)
    assert (counters.summed, counters.scored) == (90.0, 40)
    assert counters.smoothed == pytest.approx(0.98 * 0.06 + 0.02 * 2)
    assert counters.weight == pytest.approx(0.98 * 0.02 + 0.02)
    assert counters.smoothed_loss == pytest.approx(0.0988 / 0.0396)


def test_the_history_has_the_mean_loss_a_character_since_the_last_note():
    counters = RunCounters()
    counters.count_update(3.0, 10)
    counters.count_update(2.0, 30)
    counters.note_losses(None)
    counters.count_update(1.5, 8)
    counters.note_losses(1.75)
    assert counters.history == ((2, 2.25, None), (3, 1.5, 1.75))
    counters.count_update(1.25, 8)
    counters.note_losses(None)
    assert counters.noted_loss == 1.25
    assert (counters.summed, counters.scored) == (0.0, 0)
    assert counters.characters == 56


def test_the_best_update_is_that_of_the_least_held_out_loss_and_of_equal_ones_the_first():
    history = ((1, 3.0, None), (2, 2.9, 2.5), (3, 2.8, 2.25), (4, 2.7, 2.25), (5, 2.0, 2.75))
    assert RunCounters(history=history).best_update == 3
    assert RunCounters(history=history[:1]).best_update is None


def test_counters_come_back_from_a_file_with_their_history():
    counters = RunCounters(7, 2.0, 0.5, 0.2, 0.0, 0, 2.2, 1.9, 1, 300, 4.5, ((7, 2.0, 1.9),))
    kept = header_of(counters.to_dict(), [[7, 2.0, 1.9]])
    assert RunCounters.from_header(kept) == counters


def test_a_note_of_losses_that_are_still_counted_is_left_out():
    notes = ((3, 2.5, 2.0), (5, 2.2, 1.8), (7, 2.0, 1.9))
    for scored, update, history in (
        (40, 7, notes[:2]), (0, 7, notes), (40, 8, notes), (40, 5, notes),
    ):  # fmt: skip
        values = {**FRESH, "update": update, "scored": scored, "history": notes}
        assert RunCounters.from_dict(values).history == history
    assert RunCounters.from_dict({**FRESH, "scored": 40, "history": ()}).history == ()


def test_counters_that_are_unknown_are_told_as_those_of_a_newer_charplay():
    with pytest.raises(ModelFileError, match="counters that this charplay does not know") as told:
        RunCounters.from_header(header_of({**FRESH, "more": 1}))
    assert told.value.hint == "install a newer charplay, or train again"


def test_a_running_mean_keeps_its_share():
    assert running_mean(2.0, 4.0, 0.75) == 2.5
    assert running_mean(2.0, 4.0, 1.0) == 2.0
    assert math.isclose(running_mean(-1.0, 1.0, 0.5), 0.0)
