"""Looking for units, silencing them and learning while reading, in cases that are known."""

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.generation.options import AnswerOptions, Seed
from charplay.generation.question import ask_question
from charplay.insight import adapting, finding
from charplay.insight.ablation import ablate_unit
from charplay.insight.adapting import AdaptiveScorer, adapting_networks
from charplay.insight.compare import draw_answers
from charplay.insight.finding import Network, find_units, networks_of
from charplay.insight.learned_text import LearnedText, TextFinder
from charplay.insight.reading import expected_pieces
from charplay.insight.states import state_distances
from charplay.insight.units import Unit, UnitNames, follow_units
from charplay.models.contract import Model
from charplay.models.header import Header
from charplay.models.library import Library, OpenModel
from charplay.plan import TextChoice
from charplay.text.corpus import NameList, Prose, load_corpus
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay.training.evaluation import log_probabilities
from charplay_numpy.config import NumpyConfig
from tests.insight.planted import BACKEND, planted_text, prose_of, random_network

VOCABULARY = Vocabulary("\n abcde")


class Told(Model):
    """Has units whose values are functions of the token that was just read."""

    def __init__(self, units, kind="prose", vocabulary=VOCABULARY):
        super().__init__(vocabulary, kind, None)
        self.units = units

    def step(self, state, tokens):
        return np.zeros((len(tokens), len(self.vocabulary)), np.float32), state

    def trace(self, state, tokens):
        return {
            name: np.stack([unit(tokens) for unit in units], axis=-1).astype(np.float32)
            for name, units in self.units.items()
        }


def vowel(tokens):
    return np.isin(tokens, [VOCABULARY.index[each] for each in "ae"])


def nothing(tokens):
    return np.zeros(tokens.shape)


def noise(tokens):
    return (tokens.astype(np.int64) * 37 % 101) / 101


TEXT = prose_of("".join("abcde edcab bead\ncab dab abba ebb\n" for _ in range(40)))
LISTED = NameList(tuple(a + b for a in ("ab", "cade", "ebb") for b in ("a", "e", "dab")), "", "")


def find(units, text=TEXT, untrained=None, prefix="", **more):
    kind = "names" if isinstance(text, NameList) else "prose"
    model = Told(units, kind)
    others = tuple(Told(each, kind) for each in untrained or ({"hidden.0": [nothing]},))
    return find_units("m", [Network(prefix, model, others)], UnitNames(model), text, **more)


def test_a_unit_that_is_a_feature_follows_it_wholly():
    found = find({"hidden.0": [nothing, vowel], "cell.1": [lambda t: -1.0 * vowel(t)]})
    vowels = [each for each in found.findings if each.follows == "a vowel"]
    assert {each.unit: each.strength for each in vowels} == pytest.approx(
        {"hidden.0:1": 1, "cell.1:0": -1}
    )
    assert all(0 < each.shuffled < 0.2 for each in vowels)
    assert all(each.untrained == 0 for each in vowels)
    assert (found.model, found.units) == ("m", 3)
    assert found.characters == len(TEXT.text)


def test_the_strongest_of_each_feature_stand_first_and_three_are_told():
    def weaker(share):
        return lambda tokens: vowel(tokens) + share * noise(tokens)

    units = [weaker(share) for share in (2.0, 0.5, 0.0, 1.0, 0.25)]
    found = find({"hidden.0": units})
    vowels = [each for each in found.findings if each.follows == "a vowel"]
    assert [each.unit for each in vowels] == ["hidden.0:2", "hidden.0:4", "hidden.0:1"]
    strengths = [abs(each.strength) for each in vowels]
    assert strengths == sorted(strengths, reverse=True)
    order = [found.features.index(each.follows) for each in found.findings]
    assert order == sorted(order)
    for one, other in pairwise(found.findings):
        assert one.follows != other.follows or abs(one.strength) >= abs(other.strength)


def test_a_unit_is_told_once_for_a_feature_with_its_strongest_value():
    louder = {"cell.0": [vowel], "hidden.0": [lambda t: vowel(t) + 0.5 * noise(t)]}
    found = [each.unit for each in find(louder).findings if each.follows == "a vowel"]
    assert found == ["cell.0:0"]
    apart = {"hidden.0": [vowel], "hidden.1": [vowel]}
    found = [each.unit for each in find(apart).findings if each.follows == "a vowel"]
    assert found == ["hidden.0:0", "hidden.1:0"]


def test_what_untrained_networks_follow_as_much_is_nothing():
    def half(tokens):
        return vowel(tokens) + 1.5 * noise(tokens)

    alone = find({"hidden.0": [half]})
    assert any(each.follows == "a vowel" for each in alone.findings)
    beside = find({"hidden.0": [half]}, untrained=({"hidden.0": [nothing]}, {"hidden.0": [vowel]}))
    assert not [each for each in beside.findings if each.follows == "a vowel"]
    weak = find({"hidden.0": [vowel]}, untrained=({"hidden.0": [half]},))
    [told] = [each for each in weak.findings if each.follows == "a vowel"]
    assert 0.3 < told.untrained < 0.9


@pytest.mark.parametrize(
    ("untrained", "floor"), [(0.0, 0.3), (0.1, 0.3), (0.5, 0.63473), (1.0, 0.9999993297)]
)
def test_a_strength_is_clearly_more_than_chance(untrained, floor):
    assert finding._floor(untrained) == pytest.approx(floor, abs=1e-4)
    assert finding._floor(untrained) < 1


def test_what_is_hardly_there_is_named_and_not_looked_for():
    found = find({"hidden.0": [vowel]}, notices=("first",))
    assert found.notices == (
        "first",
        "hardly there in this text, so not looked for: a capital, inside quotes, inside brackets",
    )
    assert "a capital" not in found.features
    rich = prose_of(planted_text(30).replace("of", "(of)").replace("a", "A"))
    model = Told({"hidden.0": [nothing]}, vocabulary=rich.vocabulary)
    other = find_units("m", [Network("", model, (model,))], UnitNames(model), rich, ("first",))
    assert other.notices == ("first",)


def test_of_names_their_letters_count_and_no_line_end():
    found = find({"hidden.0": [vowel]}, LISTED)
    assert found.characters == sum(map(len, LISTED.names))
    [told] = [each for each in found.findings if each.follows == "a vowel"]
    assert told.strength == pytest.approx(1)


def test_only_the_first_thousands_of_a_text_are_read():
    long = Prose.of(TEXT.text * 12, "", "")
    assert len(long.text) > 12_000
    assert find({"hidden.0": [vowel]}, long).characters == 8000 + 32 * 64
    names = NameList(
        tuple(f"{'abcde' * 20}{a}{b}{c}" for a in "abcde" for b in "abcde" for c in "abcde"), "", ""
    )
    assert find({"hidden.0": [vowel]}, names).characters == 103 * (8000 // 104)
    one = NameList(("a" * 4000 + "b" * 4999,), "", "")
    assert find({"hidden.0": [vowel]}, one).characters == 8999
    fits = NameList(("ab" * 1999 + "a", "ab" * 1999 + "e", "ab"), "", "")
    assert find({"hidden.0": [vowel]}, fits).characters == 3999 * 2


def test_arrays_of_a_part_have_its_name():
    found = find({"hidden.0": [vowel]}, prefix="")
    assert {each.unit for each in found.findings} >= {"hidden.0:0"}


def test_prose_is_read_side_by_side_after_some_characters_that_do_not_count():
    [(tokens, at)] = finding._stream_blocks(VOCABULARY, TEXT.text)
    streams = len(TEXT.text) // 256
    assert tokens.shape == at.shape == (streams, len(TEXT.text) // streams)
    assert (at[:, :64] == -1).all()
    assert (at[:, 64:] >= 0).all()
    assert at[0, 64] == 64
    assert at[1, 64] == tokens.shape[1] + 64
    for row in (0, 1):
        text = TEXT.text[row * tokens.shape[1] : (row + 1) * tokens.shape[1]]
        assert tokens[row].tolist() == VOCABULARY.encode(text).tolist()
    [(few, places)] = finding._stream_blocks(VOCABULARY, "abcdeabc")
    assert few.shape == (1, 8)
    assert places.tolist() == [[-1, -1, 2, 3, 4, 5, 6, 7]]
    [(many, _)] = finding._stream_blocks(VOCABULARY, TEXT.text * 20)
    assert len(many) == 32


def test_names_are_read_side_by_side_each_from_its_beginning():
    names = [f"{'ab'[n % 2]}{'cde'[n % 3]}" + "a" * (n % 4) for n in range(70)]
    text = "".join(f"{name}\n" for name in names)
    blocks = list(finding._name_blocks(VOCABULARY, text))
    assert [len(tokens) for tokens, _ in blocks] == [64, 6]
    start, number = 0, 0
    for tokens, at in blocks:
        for row, places in zip(tokens, at, strict=True):
            name = names[number]
            assert row[: len(name) + 1].tolist() == [NO_TOKEN, *VOCABULARY.encode(name)]
            assert (row[len(name) + 1 :] == NO_TOKEN).all()
            assert places[0] == -1
            assert places[1 : len(name) + 1].tolist() == list(range(start, start + len(name)))
            assert (places[len(name) + 1 :] == -1).all()
            start, number = start + len(name) + 1, number + 1


def test_what_is_traced_in_steps_is_what_one_reading_gives(monkeypatch):
    model = random_network(VOCABULARY, 1, NumpyConfig(hidden=5))
    tokens = VOCABULARY.encode("abcde edcab bead\ncab dab abba")[None].repeat(2, axis=0)
    at = np.arange(tokens.size).reshape(tokens.shape)
    at[:, :3] = -1
    whole = model.trace(model.initial_state(2), tokens)
    advanced = []
    advance = model.advance
    model.advance = lambda state, read: (advanced.append(read.shape[1]), advance(state, read))[1]
    for steps in (7, tokens.shape[1], 50):
        monkeypatch.setattr(finding, "_STEPS", steps)
        found = {}
        for name, values, places in finding._traced_values(model, tokens, at):
            found.setdefault(name, {}).update(zip(places.tolist(), values, strict=True))
        for name, array in whole.items():
            assert sorted(found[name]) == sorted(at[at >= 0].tolist())
            for place, values in found[name].items():
                row, column = divmod(place, tokens.shape[1])
                np.testing.assert_allclose(values, array[row, column], atol=1e-6)
    assert advanced == [7] * (-(-tokens.shape[1] // 7) - 1), "never beyond what is needed"


def test_sums_give_pearsons_correlations():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 3)) + 5, rng.normal(size=(200, 2)) - 3
    y[:, 0] += x[:, 1]
    x[:, 2] = 7
    sums = finding._Sums(2)
    for part in (slice(80), slice(80, 200)):
        sums.add(x[part], y[part])
    found = sums.correlations()
    np.testing.assert_allclose(found[:2], np.corrcoef(x[:, :2].T, y.T)[:2, 2:], atol=1e-9)
    assert found[2].tolist() == [0, 0], "what never changes follows nothing"
    one = finding._Sums(1)
    one.add(np.array([[1.0]]), np.array([[2.0]]))
    assert one.correlations().tolist() == [[0]]


def test_shuffled_features_keep_what_does_not_count_and_all_values():
    features = np.arange(40.0).reshape(20, 2)
    places = np.arange(5, 20)
    table = finding._shuffled_table(features, places)
    assert table.shape == (20, 2 + 2 * 10)
    np.testing.assert_array_equal(table[:, :2], features)
    for column in range(2, 22):
        np.testing.assert_array_equal(table[:5, column], features[:5, column % 2])
        assert sorted(table[:, column]) == sorted(features[:, column % 2])
        assert table[:, column].tolist() != features[:, column % 2].tolist()
    np.testing.assert_array_equal(finding._shuffled_table(features, places), table)


@pytest.mark.parametrize(("hidden", "count"), [(3, 24), (7, 12), (8, 10), (20, 4), (40, 4)])
def test_so_many_untrained_networks_as_together_have_enough_units(monkeypatch, hidden, count):
    monkeypatch.setattr(finding, "_UNTRAINED_UNITS", 80)
    model = random_network(VOCABULARY, 1, NumpyConfig(cell="rnn", hidden=hidden))
    assert len(UnitNames(model)) == hidden
    [network] = networks_of(BACKEND, model)
    assert network.model is model
    assert len(network.untrained) == count
    first, second = (each.arrays()["recurrent.0"] for each in network.untrained[:2])
    assert not np.allclose(first, second)
    again = networks_of(BACKEND, model)[0].untrained[1].arrays()["recurrent.0"]
    np.testing.assert_array_equal(second, again)


def test_a_network_that_its_backend_cannot_make_is_not_looked_in():
    class Refusing(type(BACKEND)):
        def create(self, vocabulary, kind, config, rng):
            raise UsageError("too large", "make it smaller")

    assert networks_of(Refusing(), random_network(VOCABULARY, 1)) == []


# Units.


def test_the_units_of_a_model_are_summed_up_and_named():
    model = random_network(VOCABULARY, 1, NumpyConfig(hidden=5))
    names = UnitNames(model)
    assert str(Unit("hidden.0", 3)) == "hidden.0:3"
    assert names.summary.startswith("hidden.0:0 to 4")
    assert names.sizes["hidden.0"] == 5
    assert names.usual_array == "hidden.0"
    bare = UnitNames(Told({"cell.0": [vowel], "gate.0": [vowel]}))
    assert bare.usual_array == "gate.0"
    assert UnitNames(Told({"hidden.0": [vowel], "gate.0": [vowel]})).usual_array == "hidden.0"


@pytest.mark.parametrize("length", [1024, 1025, 2048])
def test_a_text_is_traced_in_parts_and_advanced_only_between_them(length):
    model = random_network(VOCABULARY, 1, NumpyConfig(hidden=4))
    tokens = np.resize(VOCABULARY.encode("abcde edcab"), length)
    advanced = []
    advance = model.advance
    model.advance = lambda state, read: (advanced.append(read.shape[1]), advance(state, read))[1]
    [unit] = follow_units(model, tokens, [Unit("hidden.0", 1)])
    assert len(unit.values) == length
    assert advanced == [1024] * ((length - 1) // 1024)


def test_no_text_leaves_a_unit_without_values():
    model = random_network(VOCABULARY, 1, NumpyConfig(hidden=4))
    [unit] = follow_units(model, VOCABULARY.encode(""), [Unit("hidden.0", 1)])
    assert (unit.unit, unit.values, unit.largest) == ("hidden.0:1", (), 0)


def test_states_of_numbers_that_count_are_left_out_of_distances():
    model = random_network(VOCABULARY, 1, NumpyConfig(hidden=2))
    one = {"hidden.0": np.array([[3.0, 4.0]]), "count": np.array([[1]])}
    other = {"hidden.0": np.array([[3.0, 0.0]]), "count": np.array([[9]])}
    [row] = state_distances(model, one, other)
    assert (row.array, row.size, row.distance) == ("hidden.0", 2, 4)
    assert row.cosine == pytest.approx(0.6)
    assert (row.farthest, row.difference) == ("hidden.0:1", 4)


# Silenced units.


def test_answers_without_a_unit_are_those_of_the_silenced_model():
    model = random_network(VOCABULARY, 3, NumpyConfig(hidden=6), gain=3)
    header = Header("numpy", "1", "prose", VOCABULARY.characters, {})
    opened = OpenModel("mine", "00" * 32, header, model, Path("mine.safetensors"))
    options = AnswerOptions(max_chars=40, seed=Seed(7))
    question = replace(ask_question(opened, options, "abq", 2, lambda: 7), remarks=("a remark",))
    held_out = Prose.of(TEXT.text[:2000], "", "")
    ablated = ablate_unit(question, "2", held_out, ("a note",))
    quiet = model.silenced("hidden.0", 2)
    without = replace(question, opened=replace(opened, model=quiet))
    assert [each.whole for each in ablated.answers] == [
        answer.text for answer in draw_answers(question)
    ]
    assert [each.without for each in ablated.answers] == [
        answer.text for answer in draw_answers(without)
    ]
    assert ablated.answers[0].whole != ablated.answers[0].without
    assert (ablated.model, ablated.unit, ablated.prompt, ablated.seed) == (
        "mine", "hidden.0:2", "abq", 7,
    )  # fmt: skip
    for loss, each in ((ablated.whole_loss, model), (ablated.loss_without, quiet)):
        said, targets = log_probabilities(each, held_out, 10_000)
        expected = -sum(float(row[target]) for row, target in zip(said, targets, strict=True))
        assert loss == pytest.approx(expected / len(targets))
    assert ablated.whole_loss != ablated.loss_without
    assert ablated.notices == (*question.notices, "a note")
    assert len(question.notices) == 2
    bare = ablate_unit(question, "hidden.0:2", None)
    assert (bare.whole_loss, bare.loss_without, bare.unit) == (None, None, "hidden.0:2")
    looks = []
    ablate_unit(question, "2", None, (), lambda: bool(looks.append(1)))
    # Three looks later the first loss is being worked out.
    left = iter([False] * (len(looks) + 3))
    only_drawn = ablate_unit(question, "2", held_out, (), lambda: next(left, True))
    assert only_drawn.answers == ablated.answers
    assert (only_drawn.whole_loss, only_drawn.loss_without) == (None, None)
    asked = []
    stopped = ablate_unit(question, "2", None, (), lambda: len(asked) > 3 or asked.append(1))
    assert len(stopped.answers) <= 1


# The text that a model learned.


@pytest.fixture
def learned(tmp_path):
    """A finder of texts, and a model of a file, some of which was held out."""

    def make(held_out=0.25, after=""):
        path = tmp_path / "own.txt"
        path.write_text(TEXT.text)
        digest = load_corpus(TextChoice(str(path), kind="prose"), {}).sha256
        path.write_text(TEXT.text + after)
        provenance = {"text": {"corpus": str(path), "kind": "prose", "sha256": digest}}
        header = Header(
            "numpy", "1", "prose", VOCABULARY.characters, {}, plan={"held_out": held_out},
            provenance=provenance,
        )  # fmt: skip
        library = Library(tmp_path / "models", lambda name: BACKEND)
        library.text = lambda name, where: str(path)
        model = random_network(VOCABULARY, 1)
        opened = OpenModel("mine", "00" * 32, header, model, tmp_path / "mine.safetensors")
        return TextFinder(library, {}), opened, path

    return make


def test_the_text_of_a_model_is_found_in_two_parts(learned):
    finder, opened, _ = learned()
    text = finder.find(opened, "this needs")
    assert isinstance(text, LearnedText)
    assert text.notices == ()
    assert text.known.text + text.held_out.text == TEXT.text
    assert text.unseen is text.held_out
    again, notices = finder.try_to_find(opened, "this")
    assert (again.known.text, notices) == (text.known.text, ())
    assert learned(0)[0].find(learned(0)[1], "this needs").unseen is None


def test_a_text_that_has_changed_is_used_and_said_to_have(learned):
    finder, opened, path = learned(after="more\n")
    notice = f"{path} has changed since mine was trained on it"
    assert finder.find(opened, "this needs").notices == (notice,)
    text, notices = finder.try_to_find(opened, "the loss")
    assert notices == (notice,)
    assert text.known.text


def test_a_text_that_is_gone_is_an_error_or_a_notice(learned):
    finder, opened, path = learned()
    path.unlink()
    with pytest.raises(UsageError) as raised:
        finder.find(opened, "this needs")
    assert raised.value.message.startswith("this needs the text that mine was trained on, and ")
    assert raised.value.message.endswith(raised.value.__cause__.message)
    text, [notice] = finder.try_to_find(opened, "the loss")
    assert text is None
    assert notice.startswith("the loss needs the text that mine was trained on, and ")


# Learning while reading.


@pytest.fixture(scope="module")
def networks(registry):
    """Two small networks, and a mix of both."""
    parts = [random_network(VOCABULARY, seed, NumpyConfig(hidden=5)) for seed in (1, 2)]
    backend = registry.backends.find("mix")
    mixed = backend.mixer(None).mix([(BACKEND, part) for part in parts], [0.5, 0.5])
    return parts, mixed, backend


def test_the_networks_that_learn_are_named_with_whether_they_are_parts(networks):
    parts, mixed, backend = networks
    assert adapting_networks(parts[0], BACKEND) == [(BACKEND, parts[0], False)]
    assert [(part, is_part) for _, part, is_part in adapting_networks(mixed, backend)] == [
        (parts[0], True), (parts[1], True),
    ]  # fmt: skip
    scorer = AdaptiveScorer(parts[0], BACKEND)
    assert (scorer.by, scorer.notice, scorer.total) == ("counting and gradient", "", 0)


def test_why_a_network_does_not_learn_is_said(networks, registry):
    ngram = registry.backends.find("ngram")
    scorer = AdaptiveScorer(networks[0][0], ngram)
    assert scorer.by == "counting"
    assert scorer.notice == (
        "the model's own weights stay as they are: nothing of ngram learns by gradient here"
    )


class Noted:
    """A learner that notes the batches that it is given."""

    def __init__(self, network, noted):
        self._network, self._noted = network, noted

    def model(self):
        return self._network

    def update(self, batch, rate):
        self._noted.append((batch, rate))


class Noting(type(BACKEND)):
    """A backend whose learners learn nothing, and note what they are given."""

    def __init__(self):
        self.plans, self.noted = [], []

    def learner(self, model, plan):
        self.plans.append(plan)
        return Noted(model, self.noted)


def read(network, text, is_part, backend, size=None, kind="prose"):
    correcting = adapting._CorrectingNetwork(backend, network, is_part, network.opening_token)
    size = size or len(text)
    pieces = expected_pieces(network, [text[at : at + size] for at in range(0, len(text), size)])
    return np.concatenate([correcting.read(piece) for piece in pieces])


def test_a_network_learns_twenty_characters_at_a_time_in_their_order(networks):
    network, backend = networks[0][0], Noting()
    text = "abcde edcab bead\ncab dab abba ebb\nabcde cab"
    changed = read(network, text, False, backend)
    assert changed.shape == (len(text), len(VOCABULARY))
    np.testing.assert_allclose(changed, 0, atol=1e-6)
    tokens = VOCABULARY.encode(text)
    before = np.concatenate([[VOCABULARY.index["\n"]], tokens[:-1]])
    assert [batch.inputs.shape for batch, _ in backend.noted] == [(1, 20), (1, 20), (1, 3)]
    assert (
        np.concatenate([batch.inputs[0] for batch, _ in backend.noted]).tolist() == before.tolist()
    )
    assert np.concatenate([b.targets[0] for b, _ in backend.noted]).tolist() == tokens.tolist()
    assert [batch.fresh for batch, _ in backend.noted] == [True, False, False]
    assert [batch.characters for batch, _ in backend.noted] == [20, 20, 3]
    assert {rate for _, rate in backend.noted} == {0.1}
    assert all(batch.prior is None for batch, _ in backend.noted)
    [plan] = backend.plans
    assert (plan.cutting, plan.batch_size, plan.length) == ("stream", 1, 20)
    assert (plan.optimiser, plan.clip_norm, plan.held_out) == ("sgd", 1.0, 0)
    assert [(stage.updates, stage.learning_rate) for stage in plan.stages] == [(1, 0.1)]


def test_how_a_text_is_cut_changes_nothing_of_what_a_network_reads(networks):
    network, text = networks[0][0], "abcde edcab bead\ncab dab abba ebb\nabcde "
    whole, parts = Noting(), Noting()
    read(network, text, False, whole)
    read(network, text, False, parts, size=20)
    for (one, _), (other, _) in zip(whole.noted, parts.noted, strict=True):
        np.testing.assert_array_equal(one.inputs, other.inputs)
        assert one.fresh == other.fresh


def test_each_name_is_begun_anew():
    network = random_network(VOCABULARY, 1, NumpyConfig(hidden=5), kind="names")
    backend = Noting()
    correcting = adapting._CorrectingNetwork(backend, network, False, network.opening_token)
    for piece in expected_pieces(network, ["abc\nde\n"]):
        correcting.read(piece)
    assert [batch.fresh for batch, _ in backend.noted] == [True, True]
    assert [batch.inputs[0, 0] for batch, _ in backend.noted] == [NO_TOKEN, NO_TOKEN]


def test_a_part_learns_beside_what_the_rest_of_the_model_says(networks):
    parts, mixed, _ = networks
    backend = Noting()
    correcting = adapting._CorrectingNetwork(backend, parts[0], True, mixed.opening_token)
    [piece] = expected_pieces(mixed, ["abcde"])
    correcting.read(piece)
    [(batch, _)] = backend.noted
    logits, _ = parts[0].advance(parts[0].initial_state(1), batch.inputs)
    own = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    np.testing.assert_allclose(batch.prior, piece.log_probabilities[None] - own, atol=1e-4)
    assert batch.prior.dtype == np.float32


def test_what_several_networks_have_learned_is_added_up(networks, monkeypatch):
    _, mixed, backend = networks
    scorer = AdaptiveScorer(mixed, backend)
    [piece] = expected_pieces(mixed, ["abcde"])
    learned = [np.eye(5, 7) * each for each in (1.0, 2.0)]
    for network, more in zip(scorer._networks, learned, strict=True):
        monkeypatch.setattr(network, "read", lambda piece, more=more: more)
    found = scorer._adapted(piece)
    expected = piece.log_probabilities + np.eye(5, 7) * 3
    expected -= np.log(np.exp(expected).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found, expected, atol=1e-9)
