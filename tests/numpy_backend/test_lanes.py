"""Lanes: what is learned does not depend on how many share the rows, nor on which is done first."""

from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from charplay.blas import blas_threads
from charplay.text.batching import Batch
from charplay.text.tokens import NO_TOKEN
from charplay_numpy import lanes as module
from tests.numpy_backend.test_gradients import NETWORKS, PLAN, VOCABULARY, learner_of, random_arrays

CELLS = {
    "rnn": NETWORKS["stacked rnn"],
    "lstm": replace(NETWORKS["stacked lstm"], averaging=0.9),
    "gru": NETWORKS["stacked gru"],
    "dropped": NETWORKS["dropped gru"],
}
# Seven rows, which neither two nor three lanes can share evenly.
ROWS = 7
NAMES = replace(PLAN, batch_size=ROWS, optimiser="adam", clip_norm=0.5, weight_decay=0.1)
STREAMS = replace(NAMES, cutting="stream", length=5)


@pytest.fixture
def learner_with(monkeypatch):
    """Makes learners of so many lanes, however little work there is for each."""

    def make(lanes, config, plan=NAMES, arrays=None):
        monkeypatch.setattr(module, "blas_threads", lambda: lanes)
        monkeypatch.setattr(module, "_WORK_A_LANE", 1)
        monkeypatch.setattr(module, "_ROWS_A_LANE", 1)
        return learner_of(config, arrays or random_arrays(config), plan)

    return make


@pytest.fixture(params=CELLS)
def config(request):
    return CELLS[request.param]


def stream_batches(count, rows=ROWS):
    """Streams of noise in pieces of five, some of their characters missing or not scored."""
    random = np.random.default_rng(3)
    tokens = random.integers(NO_TOKEN, len(VOCABULARY), (2, count, rows, 5)).astype(np.int32)
    return [
        Batch(inputs, targets, k == 0, int((targets != NO_TOKEN).sum()))
        for k, (inputs, targets) in enumerate(zip(*tokens, strict=True))
    ]


BATCHES = stream_batches(4)
RATES = [0.01] * len(BATCHES)


def assert_same_arrays(ours, theirs):
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_allclose(ours[name], theirs[name], 1e-9, 1e-12, err_msg=name)


@pytest.mark.parametrize("lanes", [2, 3])
def test_losses_gradients_and_carried_states_are_those_of_one_lane(learner_with, config, lanes):
    one, several = learner_with(1, config, STREAMS), learner_with(lanes, config, STREAMS)
    for batch in BATCHES:
        assert several.gradient(batch) == pytest.approx(one.gradient(batch), rel=1e-12)
        assert_same_arrays(several.gradients, one.gradients)
    assert_same_arrays(several.arrays(), one.arrays())


def test_each_lane_corrects_what_is_told_of_its_rows(learner_with, config):
    told = np.random.default_rng(5).normal(size=(*BATCHES[0].inputs.shape, len(VOCABULARY)))
    batch = BATCHES[0]._replace(prior=told.astype(np.float32))
    one, several = learner_with(1, config, STREAMS), learner_with(3, config, STREAMS)
    assert several.gradient(batch) == pytest.approx(one.gradient(batch), rel=1e-10)
    assert_same_arrays(several.gradients, one.gradients)


@pytest.mark.parametrize("lanes", [2, 3])
def test_a_run_ends_where_it_does_in_one_lane(learner_with, config, lanes):
    one, several = learner_with(1, config, STREAMS), learner_with(lanes, config, STREAMS)
    assert several.update_many(BATCHES, RATES) == pytest.approx(
        one.update_many(BATCHES, RATES), rel=1e-10
    )
    assert_same_arrays(several.model().arrays(), one.model().arrays())
    assert_same_arrays(several.arrays(), one.arrays())


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_a_batch_of_fewer_rows_than_the_plans_is_learned_from_alike(learner_with, config, rows):
    one, several = learner_with(1, config), learner_with(3, config)
    whole, part = stream_batches(1)[0], stream_batches(1, rows)[0]
    for batch in (whole, part, whole):
        assert several.update(batch, 0.01) == pytest.approx(one.update(batch, 0.01), rel=1e-10)
    assert_same_arrays(several.model().arrays(), one.model().arrays())


def test_the_same_lanes_give_the_same_run_bit_for_bit(learner_with, config):
    first, second = learner_with(3, config, STREAMS), learner_with(3, config, STREAMS)
    assert first.update_many(BATCHES, RATES) == second.update_many(BATCHES, RATES)
    for name, array in first.arrays().items():
        np.testing.assert_array_equal(array, second.arrays()[name], err_msg=name)


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1), (2, 3)])
def test_a_run_may_be_taken_up_again_in_another_number_of_lanes(
    learner_with, config, before, after
):
    stopped = learner_with(before, config, STREAMS)
    stopped.update_many(BATCHES[:2], RATES[:2])
    resumed = learner_with(after, config, STREAMS, stopped.model().arrays())
    resumed.restore(stopped.arrays())
    assert resumed.update_many(BATCHES[2:], RATES[2:]) == pytest.approx(
        stopped.update_many(BATCHES[2:], RATES[2:]), rel=1e-10
    )
    assert_same_arrays(resumed.arrays(), stopped.arrays())


@pytest.mark.parametrize("row", [0, 3, 6], ids=["first lane", "second lane", "third lane"])
def test_what_goes_wrong_in_a_lane_reaches_the_caller_and_the_next_batch_is_well(
    learner_with, config, row
):
    one, several = learner_with(1, config), learner_with(3, config)
    good = BATCHES[0]
    inputs = good.inputs.copy()
    inputs[row] = len(VOCABULARY)
    bad = good._replace(inputs=inputs)
    for learner in (one, several):
        with pytest.raises(IndexError):
            learner.gradient(bad)
    assert several.gradient(good) == pytest.approx(one.gradient(good), rel=1e-12)
    assert_same_arrays(several.gradients, one.gradients)


@pytest.mark.parametrize("lanes", [1, 2, 3])
def test_an_explosion_is_told_by_the_loss_and_by_no_warning(learner_with, lanes):
    config = replace(CELLS["rnn"], precision="float32")
    learner = learner_with(lanes, config, STREAMS)
    losses = learner.update_many(BATCHES, [1e38] * len(BATCHES))
    assert np.isfinite(losses[0])
    assert not np.isfinite(losses[-1])


@pytest.mark.parametrize("lanes", [1, 3])
def test_training_leaves_the_threads_of_matrix_products_as_they_were(learner_with, config, lanes):
    learner = learner_with(lanes, config, STREAMS)
    with threadpool_limits(2, user_api="blas"):
        learner.update_many(BATCHES, RATES)
        assert blas_threads() == 2
        with pytest.raises(IndexError):
            learner.update_many([BATCHES[0]._replace(inputs=BATCHES[0].inputs + 9)], [0.01])
        assert blas_threads() == 2
