"""What the backend of NumPy offers, declares, proposes, and reckons that it needs."""

from dataclasses import replace

import numpy as np
import pytest

from charplay.plan import Plan, Stage
from charplay.proposal import Proposal, TextFacts
from charplay.text.batching import Batch
from charplay.text.vocabulary import Vocabulary
from charplay.training.evaluation import negative_log_likelihood
from charplay_numpy import register_backends, register_corpora, register_recipes
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig
from charplay_numpy.former import current_learner
from charplay_numpy.memory import training_memory
from charplay_numpy.weights import array_shapes, first_weights
from tests.declared import declared

BACKEND = NumpyBackend()


def test_a_backend_a_word_and_the_recipes_of_the_folder_are_offered():
    offered = []
    register_backends(offered.append)
    register_corpora(offered.append)
    backend, word = offered
    assert isinstance(backend, NumpyBackend)
    assert (word.name, word.kind, word.size, word.distinct) == ("hihello", "prose", 7, 5)
    assert word.summary == "the word of the hihello exercise"
    assert (word.licence, word.source) == ("none needed", "the exercise")
    text = word.path.read_text()
    assert (text, len(set(text))) == ("hihello", 5)
    offered.clear()
    register_recipes(offered.append)
    assert "hihello" in [recipe.name for recipe in offered]
    assert len(offered) > 3


def test_a_network_is_declared_with_its_bounds():
    share = {"minimum": 0, "maximum": 0.95}
    assert declared(NumpyConfig) == {
        "cell": ("rnn", {"choices": ("rnn", "lstm", "gru")}),
        "layers": (1, {"minimum": 1, "maximum": 16}),
        "hidden": (128, {"minimum": 1, "maximum": 8192}),
        "embedding": (0, {"minimum": 0}),
        "dropout": (0, share),
        "recurrent_dropout": (0, share),
        "input_dropout": (0, share),
        "averaging": (0, {"minimum": 0, "maximum": 0.99999}),
        "output_layer": (True, {}),
        "precision": ("float32", {"choices": ("float32", "float64")}),
        "initialiser": ("glorot", {"choices": ("glorot", "uniform", "course")}),
    }


def test_the_whole_proposal_for_a_list():
    facts = TextFacts("names", 700, 5600, 30, longest=12)
    stage = Stage(epochs=60, learning_rate=0.005, schedule="linear")
    assert BACKEND.propose(facts, 3) == Proposal(
        Plan(batch_size=32, clip_norm=5, inner=0.1, inner_until=0.7, minutes=3, stages=(stage,)),
        {
            "cell": "lstm", "hidden": 256, "dropout": 0.5, "recurrent_dropout": 0.3,
            "input_dropout": 0.1, "averaging": 0.998,
        },
        "an LSTM network of 256 units",
        0.99,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("characters", "config", "epochs", "inner", "batch"),
    [
        (100_000, (0.5, 0.3, 0.05, 0.995), 45, 0.1, 16),
        (600_000, (0.2, 0.0, 0.0, 0.99), 8, 0.03, 32),
    ],
)
def test_the_whole_proposal_for_prose(characters, config, epochs, inner, batch):
    facts = TextFacts("prose", characters, characters, 60)
    stage = Stage(epochs=epochs, learning_rate=0.004, schedule="linear")
    names = ("dropout", "recurrent_dropout", "input_dropout", "averaging")
    assert BACKEND.propose(facts, 3) == Proposal(
        Plan(
            cutting="stream", batch_size=batch, length=64, clip_norm=1, inner=inner,
            inner_until=0.75, minutes=3, stages=(stage,),
        ),
        {"cell": "lstm", "hidden": 256, **dict(zip(names, config, strict=True))},
        "an LSTM network of 256 units",
        0.99,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("characters", "batch", "length"),
    [(4, 1, 1), (8, 1, 2), (256, 1, 64), (300, 1, 64), (2560, 2, 64)],
)
def test_a_tiny_text_is_read_in_short_pieces(characters, batch, length):
    plan = BACKEND.propose(TextFacts("prose", characters, characters, 60), 1).plan
    assert (plan.batch_size, plan.length) == (batch, length)


@pytest.fixture(autouse=True)
def two_threads(monkeypatch):
    """A machine of two threads."""
    monkeypatch.setattr("charplay_numpy.lanes.blas_threads", lambda: 2)


NAMES = TextFacts("names", 100, 1000, 27, longest=12)
PLAN = Plan(batch_size=8, optimiser="sgd")
# Rows of 64 units, four gates: input, recurrence and bias; output and bias.
WEIGHTS = 27 * 256 + 64 * 256 + 256 + 64 * 27 + 27
# A model twice, each scaled too, their gradients and one lane.
KEPT = 6
# Of each step and unit: four gates, two states, a gradient, and the cell's own.
BUFFERS = 8
# A hundred names of twelve steps: four gates and the units, and six times the logits.
MEASURED = 100 * 12 * (64 * 5 + 6 * 27)


def memory(config=None, plan=PLAN, facts=NAMES):
    return training_memory(config or NumpyConfig(hidden=64, cell="lstm"), plan, facts)


def test_what_a_small_network_takes_is_its_weights_its_buffers_and_a_measured_loss():
    assert memory() == 4 * (KEPT * WEIGHTS + 8 * 12 * 64 * BUFFERS + MEASURED)


def test_adam_keeps_two_numbers_beside_each_weight_and_an_average_one_more():
    adam, averaged = (
        replace(PLAN, optimiser="adam"),
        NumpyConfig(hidden=64, cell="lstm", averaging=0.9),
    )
    assert memory(plan=adam) - memory() == 4 * 2 * WEIGHTS
    assert memory(averaged) - memory() == 4 * WEIGHTS


def test_where_a_save_is_larger_than_a_loss_that_counts():
    """All arrays as bytes and joined, and a learner's as copies: two of Adam, two of an average."""
    few = TextFacts("names", 2, 20, 27, longest=12)
    steps = 2 * 12 * 64 * BUFFERS
    assert memory(facts=few) == 4 * (KEPT * WEIGHTS + steps + 2 * WEIGHTS)
    adam = replace(PLAN, optimiser="adam")
    assert memory(plan=adam, facts=few) == 4 * (
        (KEPT + 2) * WEIGHTS + steps + (2 + 2 * 3) * WEIGHTS
    )
    averaged = NumpyConfig(hidden=64, cell="lstm", averaging=0.9)
    assert memory(averaged, adam, few) == 4 * ((KEPT + 3) * WEIGHTS + steps + (4 + 2 * 5) * WEIGHTS)


def test_where_an_updates_logits_are_the_largest_they_count():
    prose = TextFacts("prose", 5000, 5000, 2000)
    plan = Plan(cutting="stream", batch_size=512, length=64, optimiser="sgd")
    config = NumpyConfig(hidden=4, cell="lstm")
    weights = 2000 * 16 + 4 * 16 + 16 + 4 * 2000 + 2000
    steps = 512 * 64
    assert memory(config, plan, prose) == 4 * (
        KEPT * weights + steps * 4 * BUFFERS + steps * 2 * 2000
    )


def test_of_prose_a_loss_is_measured_on_a_part():
    for characters, measured in ((500, 500), (100_000, 3200)):
        prose = TextFacts("prose", characters, characters, 27)
        plan = Plan(cutting="stream", batch_size=1, length=2, optimiser="sgd")
        assert memory(plan=plan, facts=prose) == 4 * (
            KEPT * WEIGHTS + 2 * 64 * BUFFERS + measured * (64 * 5 + 6 * 27)
        )


@pytest.mark.parametrize(
    ("cell", "gates", "buffers"), [("rnn", 1, 3), ("lstm", 4, 8), ("gru", 3, 9)]
)
def test_each_cell_has_its_own_buffers(cell, gates, buffers):
    one, two = (
        memory(NumpyConfig(hidden=64, cell=cell), replace(PLAN, batch_size=rows)) for rows in (1, 2)
    )
    assert two - one == 4 * 12 * 64 * buffers
    deep = NumpyConfig(hidden=64, cell=cell, layers=3)
    one, two = (memory(deep, replace(PLAN, batch_size=rows)) for rows in (1, 2))
    assert two - one == 3 * 4 * 12 * 64 * buffers
    assert gates == first_weights(3, NumpyConfig(hidden=2, cell=cell), rng())["bias.0"].size // 2


def test_a_second_lane_has_gradients_of_its_own():
    """With 64 rows the work is worth two."""
    wide = NumpyConfig(hidden=64, cell="lstm")
    large = TextFacts("names", 1000, 10_000, 27, longest=12)
    measured = 256 * 12 * (64 * 5 + 6 * 27)
    assert memory(wide, replace(PLAN, batch_size=64), large) == 4 * (
        (KEPT + 1) * WEIGHTS + 64 * 12 * 64 * BUFFERS + measured
    )


def rng():
    return np.random.default_rng(1)


@pytest.mark.parametrize("layers", [1, 2])
def test_only_forget_gates_are_open_at_first(layers):
    weights = first_weights(5, NumpyConfig(hidden=3, cell="lstm", layers=layers), rng())
    for layer in range(layers):
        assert weights[f"bias.{layer}"].tolist() == [0] * 3 + [1] * 3 + [0] * 6
    assert not first_weights(5, NumpyConfig(hidden=3, cell="gru"), rng())["bias.0"].any()


def test_a_learners_flat_blocks_are_arrays_by_name():
    config = NumpyConfig(hidden=2, cell="rnn")
    shapes = array_shapes(3, config)
    assert shapes == {
        "input.0": (3, 2), "recurrent.0": (2, 2), "bias.0": (2,), "output": (2, 3),
        "output_bias": (3,),
    }  # fmt: skip
    flat = np.arange(21.0)
    current = current_learner({"adam.mean": flat, "adam.count": np.array([4])}, shapes)
    assert current.keys() == {"adam.count", *(f"adam.mean.{name}" for name in shapes)}
    assert current["adam.mean.input.0"].tolist() == [[0, 1], [2, 3], [4, 5]]
    assert current["adam.mean.recurrent.0"].tolist() == [[6, 7], [8, 9]]
    assert current["adam.mean.bias.0"].tolist() == [10, 11]
    assert current["adam.mean.output"].tolist() == [[12, 13, 14], [15, 16, 17]]
    assert current["adam.mean.output_bias"].tolist() == [18, 19, 20]
    for block in ("adam.square", "average.sum", "weights"):
        assert f"{block}.bias.0" in current_learner({block: flat}, shapes)


def test_the_memory_that_is_needed_is_that_of_training():
    config = NumpyConfig(hidden=64, cell="lstm")
    assert BACKEND.memory_needed(config, PLAN, NAMES) == memory()


@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_loss_of_a_batch_with_a_prior_is_that_of_both_logits_together(reduction):
    """The prior is added to the network's own logits, and rows may be learned in lanes."""
    letters = Vocabulary("\nabc")
    model = BACKEND.create(letters, "prose", NumpyConfig(hidden=5), rng())
    inputs = rng().integers(0, 4, (3, 6)).astype(np.int32)
    targets = np.roll(inputs, -1, axis=1)
    prior = rng().normal(size=(3, 6, 4)).astype(np.float32)
    batch = Batch(inputs, targets, True, 18, prior)
    plan = Plan(cutting="stream", batch_size=3, length=6, reduction=reduction)
    logits, _ = model.advance(model.initial_state(3), inputs)
    expected = negative_log_likelihood(logits + prior, targets) / (18 if reduction == "mean" else 3)
    assert BACKEND.learner(model, plan).update(batch, 0.1) == pytest.approx(expected, rel=1e-5)
    without = batch._replace(prior=None)
    assert BACKEND.learner(model, plan).update(without, 0.1) != pytest.approx(expected, rel=1e-3)
