"""Units that follow something are found, and nothing is found where there is only chance."""

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.insight.features import read_features
from charplay.insight.finding import Network, find_units, networks_of
from charplay.insight.units import UnitNames
from charplay.models.counting import KneserNey, counted_texts
from charplay.plan import TextChoice
from charplay.text.batching import name_row
from charplay.text.corpus import load_corpus
from charplay_mix.mixer import LogLinearMixer
from charplay_numpy.config import NumpyConfig
from tests.insight.planted import (
    BACKEND,
    COUNTS,
    ENDS,
    QUOTES,
    planted_network,
    planted_text,
    prose_of,
    random_network,
)

TEXT = prose_of(planted_text(50))


def find(model, text=TEXT, backend=BACKEND):
    return find_units("mine", networks_of(backend, model), UnitNames(model), text)


def values_of(text, kind, name):
    return next(each.values for each in read_features(text, kind) if each.name == name).tolist()


@pytest.fixture(scope="module")
def planted():
    return find(planted_network(TEXT.vocabulary))


@pytest.mark.parametrize(
    ("unit", "feature"),
    [
        (COUNTS, "position in the line"),
        (QUOTES, "inside quotes"),
        (ENDS, "the line ends within 5"),
    ],
)
def test_a_planted_unit_is_the_first_found_of_what_it_follows(planted, unit, feature):
    first = next(each for each in planted.findings if each.follows == feature)
    assert first.unit.rpartition(":")[2] == str(unit)
    assert abs(first.strength) > 0.9
    assert first.shuffled < 0.2
    assert first.untrained < 0.75


def test_only_planted_units_are_found(planted):
    found = {int(each.unit.rpartition(":")[2]) for each in planted.findings}
    assert found == {COUNTS, QUOTES, ENDS}


@pytest.mark.parametrize(
    ("cell", "hidden", "gain"),
    [("lstm", 16, 1), ("lstm", 32, 4), ("gru", 24, 1), ("rnn", 32, 6)],
)
def test_nothing_is_found_in_a_random_network_of_prose(cell, hidden, gain):
    config = NumpyConfig(cell=cell, hidden=hidden)
    assert find(random_network(TEXT.vocabulary, 41, config, gain=gain)).findings == ()


def test_nothing_is_found_in_a_random_network_of_names(registry):
    _, names = load_corpus(TextChoice("dinosaurs", lower=True), registry.corpora).split(0.1)
    for seed in (41, 42):
        model = random_network(names.vocabulary, seed, kind="names")
        assert find(model, names).findings == ()


def test_a_strength_is_the_correlation_of_the_units_values_with_the_feature(registry):
    _, names = load_corpus(TextChoice("dinosaurs", lower=True), registry.corpora).split(0.1)
    model = random_network(names.vocabulary, 3, kind="names")
    trained = random_network(names.vocabulary, 4, kind="names", gain=0)
    found = find_units("m", [Network("", model, (trained,))], UnitNames(model), names)
    assert found.findings
    for each in found.findings[:4]:
        array, _, unit = each.unit.partition(":")
        xs, ys = [], []
        for name in names.names:
            inputs = name_row(model.vocabulary, name)[None, :-1]
            traced = model.trace(model.initial_state(1), inputs)
            xs += traced[array][0, 1:, int(unit)].tolist()
            ys += values_of(f"{name}\n", "names", each.follows)[:-1]
        assert each.strength == pytest.approx(np.corrcoef(xs, ys)[0, 1], abs=1e-4)


def test_the_networks_of_a_mix_are_looked_in_under_the_mixs_names(registry):
    small = NumpyConfig(hidden=6)
    parts = [(BACKEND, random_network(TEXT.vocabulary, seed, small)) for seed in (1, 2)]
    mix = LogLinearMixer(None).mix(parts, [0.5, 0.5])
    networks = networks_of(registry.backends.find("mix"), mix)
    assert [network.prefix for network in networks] == ["0/", "1/"]
    named = {f"{n.prefix}{name}" for n in networks for name in UnitNames(n.model).sizes}
    assert set(UnitNames(mix).sizes) == named


def test_a_model_without_units_has_no_network(registry):
    names = load_corpus(TextChoice("dinosaurs", lower=True), registry.corpora)
    arrays = KneserNey.count(
        counted_texts(names, names.vocabulary), 2, len(names.vocabulary)
    ).arrays()
    backend = registry.backends.find("ngram")
    model = backend.load(names.vocabulary, "names", backend.Config(order=2), arrays)
    assert networks_of(backend, model) == []
    with pytest.raises(UsageError, match="no units"):
        UnitNames(model).check()


def test_features_are_what_a_person_reads_off():
    text = 'Ah, "No"!\n(é b)\n'
    assert values_of(text, "prose", "position in the line") == [*range(1, 10), *range(6), 0]
    assert values_of(text, "prose", "characters to the line's end") == [
        *range(9, 0, -1), *range(6, 0, -1), 1,
    ]  # fmt: skip
    assert values_of(text, "prose", "position in the word") == [
        1, 2, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 1, 0, 0,
    ]  # fmt: skip
    vowels = [text[i] for i, is_one in enumerate(values_of(text, "prose", "a vowel")) if is_one]
    assert vowels == ["A", "o", "é"]
    assert values_of(text, "prose", "inside quotes") == [0] * 4 + [1] * 3 + [0] * 9
    assert values_of(text, "prose", "inside brackets") == [0] * 10 + [1] * 4 + [0] * 2
    assert values_of(text, "prose", "a capital") == [1, 0, 0, 0, 0, 1] + [0] * 10


def test_typographic_quotes_open_and_close_and_a_stray_one_changes_nothing():
    assert values_of("”a“b”c", "prose", "inside quotes") == [0, 0, 1, 1, 0, 0]


def test_each_name_has_its_length_at_every_letter_and_its_last_letter_is_told():
    assert values_of("abc\nde\n", "names", "length of the name") == [3, 3, 3, 2, 2, 2, 0]
    assert values_of("abc\nde\n", "names", "the name ends next")[:3] == [0, 0, 1]


@pytest.mark.parametrize("kind", ["names", "prose"])
def test_an_empty_text_has_no_feature_that_tells(kind):
    assert not any(each.varies for each in read_features("", kind) if each.graded)
