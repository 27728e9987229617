"""A network that learns more characters: what it knew stays, what is new begins anew."""

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.plan import Plan, Stage
from charplay.text.batching import cut_batches
from charplay.text.corpus import NameList
from charplay.text.vocabulary import Vocabulary
from charplay_numpy.backend import NumpyBackend
from charplay_numpy.config import NumpyConfig
from charplay_numpy.weights import first_weights
from tests.models.growing import assert_old_characters_keep_their_proportions

BACKEND = NumpyBackend()
OLD, NEW = Vocabulary("\naceg"), Vocabulary("\nabcdefghé")
PLACES = [0, 1, 3, 5, 7]
ADDED = [2, 4, 6, 8, 9]
NAMES = NameList(("ace", "gag", "cage", "egg", "age", "ceca"), "names", "")
PLAN = Plan(batch_size=3, stages=(Stage(updates=5),))
NETWORKS = [
    {"cell": "rnn"},
    {"cell": "lstm", "layers": 2},
    {"cell": "gru", "embedding": 3},
    {"cell": "lstm", "initialiser": "uniform", "precision": "float64"},
    {"cell": "rnn", "initialiser": "course"},
]


def config_of(**options):
    return NumpyConfig(**{"hidden": 6, **options})


def trained(config, plan=PLAN):
    """A learner after a few updates."""
    learner = BACKEND.learner(BACKEND.create(OLD, "names", config, np.random.default_rng(1)), plan)
    batches = cut_batches(NAMES, OLD, plan)
    for k in range(5):
        learner.update(batches.batch(k), 0.05)
    return learner


def grown(arrays, config, new=NEW):
    return BACKEND.grow(arrays, OLD, new, config, np.random.default_rng(2))


@pytest.mark.parametrize("options", NETWORKS)
def test_old_characters_keep_their_rows_and_new_ones_begin_as_in_a_new_network(options):
    config = config_of(**options)
    weights = trained(config).model().arrays()
    larger = grown(weights, config)
    first = first_weights(len(NEW), config, np.random.default_rng(2))
    rows = "embedding" if config.embedding else "input.0"
    assert larger.keys() == weights.keys()
    for name, array in larger.items():
        if name == rows or name == "output_bias":
            np.testing.assert_array_equal(array[PLACES], weights[name])
            np.testing.assert_array_equal(array[ADDED], first[name][ADDED])
        elif name == "output":
            np.testing.assert_array_equal(array[:, PLACES], weights[name])
            np.testing.assert_array_equal(array[:, ADDED], first[name][:, ADDED])
        else:
            np.testing.assert_array_equal(array, weights[name])


@pytest.mark.parametrize("options", NETWORKS)
def test_old_characters_keep_their_probabilities_in_proportion(options):
    config = config_of(**options)
    model = trained(config).model()
    larger = BACKEND.load(NEW, "names", config, grown(model.arrays(), config))
    assert_old_characters_keep_their_proportions(model, larger)


def test_nothing_changes_where_there_is_no_new_character():
    config = config_of(cell="lstm")
    weights = trained(config).model().arrays()
    same = grown(weights, config, new=OLD)
    assert all(np.array_equal(same[name], weights[name]) for name in weights | same)


def test_the_optimiser_keeps_what_it_has_and_has_nothing_of_new_characters():
    config = config_of(cell="lstm", averaging=0.9, dropout=0.2)
    learner = trained(config)
    weights, kept = learner.model().arrays(), learner.arrays()
    larger = grown({**weights, **kept}, config)
    assert larger["adam.count"] == kept["adam.count"]
    for moment in ("mean", "square"):
        name = f"adam.{moment}.input.0"
        np.testing.assert_array_equal(larger[name][PLACES], kept[name])
        assert not larger[name][ADDED].any()
        name = f"adam.{moment}.output"
        np.testing.assert_array_equal(larger[name][:, PLACES], kept[name])
        assert not larger[name][:, ADDED].any()
    assert not any(name.startswith(("carried", "dropout")) for name in larger)


def test_the_average_of_a_new_characters_weights_begins_as_the_weights_do():
    config = config_of(cell="lstm", averaging=0.9)
    learner = trained(config)
    larger = grown({**learner.model().arrays(), **learner.arrays()}, config)
    average = larger["average.sum.input.0"] / larger["average.weight"]
    np.testing.assert_allclose(average, larger["input.0"], rtol=1e-5)
    np.testing.assert_array_equal(larger["weights.input.0"][ADDED], larger["input.0"][ADDED])


def test_a_grown_optimiser_is_taken_up_by_a_learner_of_another_batch_size():
    config = config_of(cell="lstm", averaging=0.9, dropout=0.2)
    before = trained(config)
    larger = grown({**before.model().arrays(), **before.arrays()}, config)
    weights = {name: larger[name] for name in before.model().arrays()}
    model = BACKEND.load(NEW, "names", config, weights)
    plan = Plan(batch_size=2)
    learner = BACKEND.learner(model, plan)
    learner.restore({**learner.arrays(), **{n: larger[n] for n in larger if n not in weights}})
    assert learner.arrays()["adam.count"] == 5
    learner.update(cut_batches(NAMES, NEW, plan).batch(0), 0.01)
    assert learner.arrays()["adam.count"] == 6


def test_a_network_of_half_precision_in_its_file_can_grow():
    config = config_of(cell="lstm")
    weights = {n: a.astype(np.float16) for n, a in trained(config).model().arrays().items()}
    larger = grown(weights, config)
    np.testing.assert_array_equal(larger["input.0"][PLACES], weights["input.0"])
    assert larger["input.0"].dtype == np.float32


def test_a_network_without_an_output_layer_says_why_it_cannot_grow():
    config = config_of(hidden=len(OLD), output_layer=False)
    weights = trained(config).model().arrays()
    assert grown(weights, config, new=OLD).keys() == weights.keys()
    with pytest.raises(UsageError, match="without an output layer cannot learn more characters"):
        grown(weights, config)


def test_five_thousand_characters_can_be_new():
    config = config_of(cell="lstm", embedding=4)
    model = trained(config).model()
    many = OLD.joined(Vocabulary.of("".join(map(chr, range(0x4E00, 0x4E00 + 5000)))))
    larger = BACKEND.load(many, "names", config, grown(model.arrays(), config, new=many))
    assert_old_characters_keep_their_proportions(model, larger)
