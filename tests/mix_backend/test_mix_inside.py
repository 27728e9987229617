"""What a mix is made of: its parts, their own views, streams, characters, weights and memory."""

from dataclasses import replace

import numpy as np
import pytest

import charplay_mix
from charplay import Part, Plan, TextFacts
from charplay.errors import ModelFileError, UsageError
from charplay.models.checkpoint import Checkpoint
from charplay.options import build, options_of
from charplay.testing import FakeBackend
from charplay.text.corpus import NameList
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay_mix import weighing
from charplay_mix.arguments import MixArguments
from charplay_mix.backend import MixBackend
from charplay_mix.config import LARGEST_WEIGHT, MOST_PARTS, MixConfig, MixedPart
from charplay_mix.memory import mix_memory
from charplay_mix.mixer import LogLinearMixer, in_characters, parts_of
from charplay_mix.model import MixModel, join_names, split_names
from charplay_mix.translated import TranslatedModel, read_characters, untranslated, within
from charplay_mix.weighing import PartViews, best_weights, mixed_loss, most_weighed
from tests.mix_backend.conftest import LETTERS
from tests.mix_backend.test_mix_model import TOKENS
from tests.mix_backend.test_weighing import planted, views_of

WIDE = Vocabulary.of("abcdefghxyz\n")


# The plugin.


def test_the_plugin_offers_a_backend_a_command_and_recipes():
    backends, commands, recipes = [], [], []

    class Register(list):
        """Takes what is registered, and finds backends."""

        find = staticmethod({"numpy": FakeBackend()}.__getitem__)

        def __call__(self, thing):
            self.append(thing)

    backends, commands, recipes = Register(), Register(), Register()
    charplay_mix.register_backends(backends)
    charplay_mix.register_commands(commands)
    charplay_mix.register_recipes(recipes)
    [backend], [command] = backends, commands
    assert isinstance(backend, MixBackend)
    assert (command.name, command.family) == ("mix", "making")
    assert command.handler == "charplay_mix.command:mix_models"
    assert {recipe.name for recipe in recipes} >= {"dinosaurs", "shakespeare"}


def test_the_arguments_of_mix_are_shown_and_completed():
    told = {
        each.name: (each.metavar, each.positional, each.required, each.completes, each.choices)
        for each in options_of(MixArguments)
    }
    assert told == {
        "models": ("MODEL …", True, True, "model", ()),
        "name": ("", False, False, "", ()),
        "text": ("CORPUS|FILE", False, False, "corpus|file", ()),
        "characters": ("", False, False, "", ("same", "union")),
    }
    assert build(MixArguments, {"models": ["a"]}).characters == "same"
    assert [each.metavar for each in options_of(MixConfig)] == ["PART"]


# Parts and their names.


def test_arrays_of_parts_have_their_numbers_and_go_back_to_their_parts():
    parts = [{"a": 1, "b/c": 2}, {}, {"a": 3}]
    joined = join_names(parts)
    assert joined == {"0/a": 1, "0/b/c": 2, "2/a": 3}
    assert split_names(joined, 3) == parts
    for name in ("a", "x/a", "3/a", "-1/a"):
        with pytest.raises(ValueError, match="belongs to no part"):
            split_names({name: 1}, 3)


@pytest.mark.parametrize(("weight", "fine"), [(0, True), (100, True), (100.5, False), (-1, False)])
def test_a_weight_is_from_nothing_to_a_hundred(weight, fine):
    assert LARGEST_WEIGHT == 100
    if fine:
        assert MixedPart.parse(f"{weight} ngram").weight == weight
    else:
        with pytest.raises(ValueError, match=r"."):
            MixedPart.parse(f"{weight} ngram")


def test_a_mix_has_at_most_32_parts_and_one_at_least(find, network):
    model = network(1)
    parts = [(find("numpy"), model)] * MOST_PARTS
    mixed = LogLinearMixer(None).mix(parts, [1 / MOST_PARTS] * MOST_PARTS)
    again = Checkpoint.of(mixed, find("mix")).model(find("mix"))
    assert len(again.parts) == MOST_PARTS == 32
    with pytest.raises(ValueError, match="from 1 to 32 parts, not 0"):
        find("mix").load(LETTERS, "names", MixConfig(()), {})


def test_a_part_of_a_mix_knows_at_least_one_character(find):
    config = MixConfig((MixedPart.parse("1 ngram order=3"),))
    with pytest.raises(ValueError, match="a part knows no character"):
        find("mix").load(LETTERS, "names", config, {"0/characters": np.zeros(0, np.uint32)})


def test_what_a_mix_is_made_of_is_given_with_the_backends(find, network, counted):
    wide = within(WIDE, network(2))
    mixed = LogLinearMixer(None).mix(
        [(find("numpy"), wide), (find("numpy"), network(3, WIDE))], [0.5, 0.25]
    )
    lines = parts_of(mixed)
    assert [(line.weight, line.backend) for line, _ in lines] == [(0.5, "numpy"), (0.25, "numpy")]
    assert lines[0][1].vocabulary == LETTERS
    assert lines[1][1].vocabulary == WIDE
    given = find("mix").parts(mixed)
    assert [(backend.name, part) for backend, part in given] == [
        ("numpy", part) for _, part in lines
    ]
    with pytest.raises(TypeError, match="NgramModel has no parts"):
        parts_of(counted)
    assert isinstance(find("mix").mixer(None), LogLinearMixer)


def test_a_mix_that_is_made_of_parts_alone_is_neither_created_nor_trained(find):
    backend = find("mix")
    for make in (
        lambda: backend.create(LETTERS, "names", MixConfig(()), None),
        lambda: backend.learner(None, Plan()),
    ):
        with pytest.raises(UsageError, match="a mix is made of parts") as raised:
            make()
        assert raised.value.hint


def test_a_mix_in_other_characters_is_a_mix_of_parts_in_them(mix, network):
    wide = in_characters(WIDE, mix)
    assert isinstance(wide, MixModel)
    assert wide.vocabulary == WIDE
    assert [part.vocabulary for part in wide.parts] == [WIDE, WIDE]
    assert [untranslated(part) for part in wide.parts] == list(mix.parts)
    back = in_characters(LETTERS, wide)
    assert list(back.parts) == list(mix.parts)
    model = network(1)
    assert in_characters(LETTERS, model) is model
    assert isinstance(in_characters(WIDE, model), TranslatedModel)


# What a mix tells and gives.


def test_a_mix_tells_of_its_parts(mix):
    network, counted = mix.parts
    assert mix.parameter_count == network.parameter_count + counted.parameter_count
    assert mix.size == f"{network.size} and {counted.size}"
    facts = mix.facts
    assert list(facts) == ["part 1", "part 2", "longest n-gram 2"]
    assert facts["part 1"].startswith("0.7 numpy")
    assert facts["part 2"] == "0.45 ngram order=4 most=8000000"
    assert facts["longest n-gram 2"] == counted.facts["longest n-gram"]
    assert mix.weights == (np.float32(0.7), np.float32(0.45))


def logits_of(model, tokens=TOKENS):
    return model.advance(model.initial_state(len(tokens)), tokens)


def test_a_mix_traces_its_network_and_shows_what_each_part_says(mix):
    network, counted = mix.parts
    traced = mix.trace(mix.initial_state(2), TOKENS)
    own = network.trace(network.initial_state(2), TOKENS)
    assert set(traced) == {f"0/{name}" for name in own}
    for name, array in own.items():
        np.testing.assert_array_equal(traced[f"0/{name}"], array)
    views = mix.views(mix.initial_state(2), TOKENS)
    assert list(views) == ["1 numpy", "2 ngram"]
    np.testing.assert_array_equal(views["1 numpy"], logits_of(network)[0])
    np.testing.assert_array_equal(views["2 ngram"], logits_of(counted)[0])


def test_a_unit_of_a_part_is_silenced_there_alone(mix):
    quiet = mix.silenced("0/hidden.0", 3)
    expected = mix.parts[0].silenced("hidden.0", 3)
    np.testing.assert_array_equal(logits_of(quiet.parts[0])[0], logits_of(expected)[0])
    assert quiet.parts[1] is mix.parts[1]
    assert (quiet.vocabulary, quiet.kind, quiet.config) == (mix.vocabulary, mix.kind, mix.config)
    assert not np.allclose(logits_of(quiet)[0], logits_of(mix)[0])


@pytest.mark.parametrize("characters", [LETTERS, WIDE])
def test_a_stream_of_a_mix_gives_what_reading_at_once_gives(mix, characters):
    model = in_characters(characters, mix)
    logits, state = logits_of(model, TOKENS[:1])
    stream = model.stream(model.initial_state(1))
    for place, token in enumerate(TOKENS[0].tolist()):
        np.testing.assert_allclose(stream.step(token), logits[0, place], atol=1e-4)
    kept = stream.snapshot()
    assert set(kept) == set(state)
    for name, array in state.items():
        np.testing.assert_allclose(kept[name], array, atol=1e-5)
    step, _ = model.step(model.initial_state(1), TOKENS[:1, 0])
    np.testing.assert_allclose(step[0], logits[0, 0], atol=1e-4)
    after, _ = model.step(kept, np.array([2], np.int32))
    np.testing.assert_allclose(model.stream(kept).step(2), after[0], atol=1e-4)


# A part with fewer characters.


def test_a_part_in_more_characters_is_otherwise_as_it_was(network):
    narrow = network(2)
    model = within(WIDE, narrow)
    assert (model.size, model.parameter_count, model.kind, model.config) == (
        narrow.size, narrow.parameter_count, narrow.kind, narrow.config,
    )  # fmt: skip
    assert within(LETTERS, narrow) is narrow
    points = model.arrays()["characters"]
    assert (points.dtype, "".join(map(chr, points))) == (np.uint32, LETTERS.characters)
    tokens = WIDE.encode("abxg")[None]
    own = np.array([[*LETTERS.encode("ab"), NO_TOKEN, *LETTERS.encode("g")]], np.int32)
    for name, array in narrow.trace(narrow.initial_state(1), own).items():
        np.testing.assert_array_equal(model.trace(model.initial_state(1), tokens)[name], array)
    quiet = model.silenced("hidden.0", 3)
    assert isinstance(quiet, TranslatedModel)
    assert quiet.vocabulary == WIDE
    assert not np.allclose(logits_of(quiet, tokens)[0], logits_of(model, tokens)[0])
    assert [model.inner_token(token) for token in (WIDE.index["b"], WIDE.index["x"], NO_TOKEN)] == [
        LETTERS.index["b"], NO_TOKEN, NO_TOKEN,
    ]  # fmt: skip


def test_translated_logits_are_probabilities_however_large_they_were(network):
    model = within(WIDE, network(2))
    logits = np.array([[0.0] * 9, [0.0] * 8 + [900.0], [-5000.0] * 9], np.float32)
    found = np.exp(model.translate(logits))
    np.testing.assert_allclose(found.sum(axis=-1), 1, rtol=1e-5)
    known = [WIDE.index[letter] for letter in LETTERS.characters]
    np.testing.assert_allclose(found[0][known], 0.999 / 9, rtol=1e-5)
    np.testing.assert_allclose(found[2][known], 0.999 / 9, rtol=1e-5)
    assert found[1][known][8] == pytest.approx(0.999)
    one = TranslatedModel(Vocabulary.of(LETTERS.characters + "x"), network(2))
    assert np.exp(one.translate(logits))[0][-1] == pytest.approx(0.001)
    none = TranslatedModel(LETTERS, network(2))
    np.testing.assert_allclose(np.exp(none.translate(logits))[0], 1 / 9, rtol=1e-5)


@pytest.mark.parametrize(
    "points",
    [
        np.array([97, 98], np.int32),
        np.array([[97, 98]], np.uint32),
        np.array([98, 97], np.uint32),
        np.array([97, 97], np.uint32),
        np.array([97, 0xD800], np.uint32),
        np.array([97, 0xDFFF], np.uint32),
    ],
)
def test_the_characters_of_a_part_are_sorted_code_points(points):
    with pytest.raises(ValueError, match="the characters of a part"):
        read_characters(points)


def test_characters_of_any_script_are_read():
    for text in ("ab", "aé恐", "\ud7ff\ue000", ""):
        points = np.array([ord(each) for each in text], np.uint32)
        assert read_characters(points) == text


# Weights.


def penalised(views, targets, weights, guess):
    scores = np.tensordot(weights, views.astype(float), axes=1)
    logs = scores - np.log(np.exp(scores).sum(axis=-1, keepdims=True))
    loss = -logs[np.arange(len(targets)), targets].sum()
    return loss + 20 * ((weights - guess) ** 2).sum()


@pytest.mark.parametrize("count", [3, 40, 400])
def test_weights_minimise_the_loss_and_the_distance_from_the_guess(count):
    views, targets = planted(np.array([1.1, 0.1]), count=count)
    guess = np.array([0.4, 0.6])
    found = best_weights(views, targets, guess)
    least = penalised(views, targets, found, guess)
    for change in ([1e-3, 0], [-1e-3, 0], [0, 1e-3], [0, -1e-3], [1e-3, -1e-3]):
        assert penalised(views, targets, found + change, guess) > least
    assert not np.allclose(found, guess, atol=1e-3)


def test_a_part_that_only_harms_is_left_out_and_the_others_are_weighed_alone():
    views, targets = planted(np.array([0.8, 0.3]))
    liar = views_of(-views[0])
    guess = np.array([0.3, 0.05, 0.3])
    found = best_weights(np.stack([views[0], liar[0], views[1]]), targets, guess)
    alone = best_weights(views, targets, guess[[0, 2]])
    assert found[1] == 0
    np.testing.assert_allclose(found[[0, 2]], alone, atol=1e-6)


def test_where_all_parts_only_harm_none_is_left():
    views, targets = planted(np.array([1.0]))
    found = best_weights(views_of(-views[0]), targets, np.array([0.1]))
    assert found.tolist() == [0]


def test_the_loss_of_a_mix_is_that_of_its_targets_however_sure_the_parts_are():
    views = np.log(np.array([[[0.5, 0.5], [0.9, 0.1]], [[0.25, 0.75], [0.5, 0.5]]], np.float32))
    targets = np.array([1, 0], np.int32)
    first = 0.5 * 0.75 / (0.5 * 0.25 + 0.5 * 0.75)
    assert mixed_loss(views, targets, np.array([1.0, 1.0])) == pytest.approx(
        -(np.log(first) + np.log(0.9)) / 2, rel=1e-5
    )
    sure = np.array([[[0.0, -3000.0], [-5000.0, -5000.0]]], np.float32)
    assert mixed_loss(sure, np.array([0, 1], np.int32), np.array([1.0])) == pytest.approx(
        np.log(2) / 2
    )
    assert mixed_loss(sure, np.array([1, 1], np.int32), np.array([1.0])) < 400


@pytest.mark.parametrize(
    ("size", "most"), [(10, 30_000), (200, 30_000), (300, 20_000), (50_000, 120), (60_001, 100)]
)
def test_fewer_characters_weigh_parts_of_a_large_alphabet(size, most):
    assert most_weighed(size) == most


def test_what_a_part_says_is_worked_out_once(monkeypatch, network, names):
    asked = []
    whole = weighing.log_probabilities

    def counted(part, text, most):
        asked.append((part, most))
        return whole(part, text, most)

    monkeypatch.setattr(weighing, "log_probabilities", counted)
    one, two, three = (network(seed) for seed in (1, 2, 3))
    views = PartViews(names)
    first = views.weigh([one, two])
    assert views.weigh([one, two]) == first
    assert views.weigh([two, one]).weights == pytest.approx(first.weights[::-1], abs=1e-4)
    views.weigh([one, three])
    assert asked == [(one, 30_000), (two, 30_000), (three, 30_000)]


def test_what_a_part_holds_for_impossible_is_taken_for_very_unlikely(monkeypatch, network, names):
    said = np.array([[-np.inf, np.nan, -40.0, -1.0]], np.float32)
    seen = []
    monkeypatch.setattr(weighing, "log_probabilities", lambda *given: (said, np.array([3])))
    monkeypatch.setattr(
        weighing, "best_weights", lambda views, targets, equal: (seen.append(views), equal)[1]
    )
    PartViews(names).weigh([network(1)])
    assert seen[0].tolist() == [[[-30.0, -30.0, -30.0, -1.0]]]


def test_a_text_without_characters_weighs_alike(network):
    found = PartViews(NameList((), "", "")).weigh([network(1), network(2)])
    assert (found.weights, found.loss) == ((0.5, 0.5), 0.0)


# Proposals and memory.


class Needing(FakeBackend):
    """Needs so much memory."""

    def __init__(self, needed):
        self._needed = needed

    def memory_needed(self, config, plan, facts):
        return self._needed


FACTS = TextFacts("prose", 1000, 1000, 50)


def needed(*needs, facts=FACTS, inner=0.0, corrects=0.0):
    backends = {str(place): Needing(each) for place, each in enumerate(needs)}
    parts = tuple(Part(name, corrects=corrects if name == "0" else 0) for name in backends)
    return mix_memory(backends.__getitem__, Plan(parts=parts, inner=inner), facts)


def test_the_memory_of_a_mix_is_the_greatest_parts_and_half_of_the_others():
    assert needed(10_000) == 10_000
    assert needed(3000, 10_000, 5000) == 10_000 + 4000
    assert needed(3000, None) is None
    assert needed() is None


def test_weighing_and_correcting_take_memory_of_their_own():
    assert needed(10_000, inner=0.1) == 10_000 + 100 * 50 * 40
    large = replace(FACTS, characters=10**9)
    assert needed(10_000, inner=0.1, facts=large) == 10_000 + 30_000 * 50 * 40
    assert needed(10_000, corrects=0.5) == 10_000 + 1000 * 2 * 50
    assert needed(10_000, 10_000, corrects=0.5) == 15_000 + 1000 * 2 * 50
    assert needed(10_000, corrects=0.5, facts=large) == 10_000 + (1 << 30)


def test_the_backend_tells_the_memory_of_its_parts(find):
    plan = Plan(parts=(Part("ngram"),))
    own = find("ngram").memory_needed(build(find("ngram").Config, {}), Plan(), FACTS)
    assert find("mix").memory_needed(MixConfig(()), plan, FACTS) == own


def proposal(find, facts=FACTS, minutes=None, backend=None):
    return (backend or find("mix")).propose(facts, minutes)


@pytest.mark.parametrize(
    ("facts", "minutes"),
    [
        (FACTS, 3),
        (TextFacts("names", 100, 900, 27, 9), 1.5),
        (TextFacts("names", 20_000, 180_000, 27, 9), 2),
        (TextFacts("names", 90_000, 900_000, 27, 9), 4),
    ],
)
def test_a_longer_list_is_learned_for_longer(find, facts, minutes):
    made = proposal(find, facts)
    assert made.plan.minutes == minutes
    assert made.plan.minutes == proposal(find, facts, minutes).plan.minutes
    assert made.expected == 0.95


@pytest.mark.parametrize(
    ("facts", "minutes", "share"),
    [
        (FACTS, 1, 0.5),
        (replace(FACTS, characters=1_000_000), 1, 0.5),
        (replace(FACTS, characters=1_000_001), 1, 0),
        (replace(FACTS, characters=3_000_000), 3, 0.5),
        (TextFacts("names", 100, 900, 27, 9), 1, 0),
    ],
)
def test_a_network_corrects_half_of_what_counting_says_of_a_text_that_is_not_long(
    find, facts, minutes, share
):
    counting, network = proposal(find, facts, minutes).plan.parts
    assert (counting.backend, counting.counted, counting.corrects) == ("ngram", True, 0)
    assert (network.backend, network.counted, network.corrects) == ("numpy", False, share)


def test_without_time_or_without_one_of_its_parts_a_mix_is_not_proposed(find):
    assert proposal(find, minutes=0) is None

    class Silent(FakeBackend):
        def propose(self, facts, minutes):
            return None

    def lacking(name):
        raise UsageError("not installed", "install it")

    assert MixBackend(lacking).propose(FACTS, 1) is None
    for silent in ("ngram", "numpy"):
        some = MixBackend(lambda name, silent=silent: Silent() if name == silent else find(name))
        assert some.propose(FACTS, 1) is None


def test_a_part_whose_backend_is_not_installed_is_said(find, mix):
    checkpoint = Checkpoint.of(mix, find("mix"))

    def lacking(name):
        raise UsageError("there is no backend", "")

    with pytest.raises(ModelFileError, match="a part needs the backend 'numpy'"):
        checkpoint.model(MixBackend(lacking))
