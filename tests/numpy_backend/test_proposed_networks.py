"""What a network of NumPy is proposed for a text, and the memory that its training takes."""

import pytest

from charplay.plan import Plan
from charplay.proposal import TextFacts
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig
from charplay_numpy.memory import training_memory

BACKEND = NumpyBackend()
FACTS = TextFacts("names", 100, 1000, 27, longest=12)
PLAN = Plan(batch_size=8, held_out=0, optimiser="sgd")
FLOAT = 4
# A buffer `(T, B, H)` of one layer: 12 steps of 8 rows and 64 units.
BUFFER = 12 * 8 * 64 * FLOAT


def proposed(facts, minutes=None):
    return BACKEND.propose(facts, minutes)


@pytest.mark.parametrize(
    ("names", "hidden", "dropout", "recurrent", "inputs", "averaging", "batch"),
    [
        (100, 128, 0.5, 0.3, 0.1, 0.99, 16),
        (399, 128, 0.5, 0.3, 0.1, 0.99, 16),
        (400, 256, 0.5, 0.3, 0.1, 0.998, 32),
        (2_999, 256, 0.5, 0.3, 0.1, 0.998, 32),
        (3_000, 256, 0.5, 0.2, 0.1, 0.998, 32),
        (12_000, 256, 0.5, 0.2, 0.1, 0.998, 32),
        (12_001, 256, 0.3, 0.2, 0.05, 0.998, 128),
        (49_999, 256, 0.3, 0.2, 0.05, 0.998, 128),
        (50_000, 256, 0.2, 0.1, 0.05, 0.998, 128),
    ],
)
def test_a_longer_list_is_learned_with_less_dropout_and_larger_batches(
    names, hidden, dropout, recurrent, inputs, averaging, batch
):
    proposal = proposed(TextFacts("names", names, 8 * names, 30, longest=12))
    config = proposal.config
    assert (config["hidden"], config["dropout"], config["recurrent_dropout"]) == (
        hidden, dropout, recurrent,
    )  # fmt: skip
    assert (config["input_dropout"], config["averaging"]) == (inputs, averaging)
    assert proposal.plan.batch_size == batch
    assert f"LSTM network of {hidden} units" in proposal.summary
    NumpyConfig(**config)


@pytest.mark.parametrize(("names", "epochs"), [(50, 100), (700, 60), (7_000, 27), (70_000, 12)])
def test_a_longer_list_is_read_fewer_times(names, epochs):
    [stage] = proposed(TextFacts("names", names, 8 * names, 30, longest=12)).plan.stages
    assert stage.epochs == epochs


@pytest.mark.parametrize(
    ("characters", "dropout", "batch", "length", "inner", "epochs"),
    [
        (3, 0.5, 1, 1, 0.1, 100),
        (100, 0.5, 1, 25, 0.1, 100),
        (10_240, 0.5, 8, 64, 0.1, 100),
        (45_000, 0.5, 16, 64, 0.1, 100),
        (299_999, 0.5, 16, 64, 0.1, 15),
        (300_000, 0.2, 32, 64, 0.03, 15),
        (5_000_000, 0.2, 32, 64, 0.03, 8),
    ],
)
def test_a_short_text_is_read_more_often_with_more_dropout(
    characters, dropout, batch, length, inner, epochs
):
    proposal = proposed(TextFacts("prose", characters, characters, 60))
    plan, [stage] = proposal.plan, proposal.plan.stages
    assert proposal.config["dropout"] == dropout
    assert (plan.batch_size, plan.length, plan.inner) == (batch, length, inner)
    assert (plan.cutting, stage.epochs) == ("stream", epochs)
    NumpyConfig(**proposal.config)


def test_the_time_is_what_was_asked_for_or_a_minute_and_a_half():
    assert proposed(FACTS).plan.minutes == 1.5
    assert proposed(FACTS, 7).plan.minutes == 7
    assert proposed(FACTS, 0) is None


def memory(plan=PLAN, facts=FACTS, **config):
    return training_memory(NumpyConfig(**{"hidden": 64, "cell": "lstm", **config}), plan, facts)


def test_each_kind_of_dropout_needs_a_buffer_of_its_own():
    without = memory()
    assert memory(dropout=0.5) - without == BUFFER
    assert memory(recurrent_dropout=0.5) - without == BUFFER
    assert memory(dropout=0.5, recurrent_dropout=0.5) - without == 2 * BUFFER


def test_double_precision_needs_twice_as_much():
    assert memory(precision="float64") == 2 * memory()


def test_buffers_grow_with_the_rows_and_steps_of_a_batch_and_no_further_than_the_text():
    large = TextFacts("names", 100_000, 1_000_000, 27, longest=12)
    rows = [memory(Plan(batch_size=size, held_out=0), large) for size in (256, 512, 1024)]
    assert rows[2] - rows[1] > 1.5 * (rows[1] - rows[0]) > 0
    few = TextFacts("names", 10, 100, 27, longest=12)
    assert memory(Plan(batch_size=16, held_out=0), few) == memory(
        Plan(batch_size=32, held_out=0), few
    )


def test_adam_and_averages_are_kept_and_saved_beside_the_weights():
    adam = memory(Plan(batch_size=8, held_out=0, optimiser="adam"))
    assert adam > memory()
    assert memory(averaging=0.99) > memory()


def test_prose_needs_a_batch_of_its_length():
    prose = TextFacts("prose", 1_000_000, 1_000_000, 60)
    sizes = [
        memory(Plan(cutting="stream", batch_size=64, length=length), prose) for length in (1, 2, 3)
    ]
    assert sizes[2] - sizes[1] == sizes[1] - sizes[0] > 64 * 64 * FLOAT
