"""The loss of a text, beside its yardsticks, and scored while it is learned."""

from copy import copy
from itertools import product

import numpy as np
import pytest

from charplay.insight.adapting import AdaptiveScorer, adapting_networks
from charplay.insight.reading import expected_pieces
from charplay.insight.text_score import TextScorer, score_text
from charplay.insight.yardsticks import CountingReader, counting_yardstick, measured_counting
from charplay.models.counting import KneserNey
from charplay.models.header import Header
from charplay.options import build
from charplay.text.vocabulary import Vocabulary
from charplay.workspace import Workspace
from tests.insight.known_model import TableBackend, TableModel, random_table, table_model

LETTERS = "\n abcde"
RHYME = "abc de abc ed\n" * 30


def uniform_model(letters=LETTERS):
    return TableModel(letters, np.full((len(letters) + 1, len(letters)), 1 / len(letters)))


def test_a_model_that_knows_nothing_costs_the_logarithm_of_its_characters():
    score = score_text(uniform_model(), [RHYME])
    assert (score.nats, score.uniform) == pytest.approx((np.log(7), np.log(7)))
    assert score.perplexity == pytest.approx(7)
    assert score.bits == pytest.approx(np.log2(7))
    assert score.characters == len(RHYME)


class LoudModel(TableModel):
    """Its logits are so far apart that a text costs thousands of nats a character."""

    def step(self, state, tokens):
        logits, after = super().step(state, tokens)
        return logits * 10_000, after


@pytest.mark.parametrize("kind", [LoudModel, TableModel])
def test_a_model_that_holds_a_text_for_impossible_has_a_perplexity_without_end(kind):
    table = random_table("\nab")
    table[:, 2] = 1e-3 if kind is LoudModel else 0
    score = score_text(kind("\nab", table), ["ab" * 9])
    assert score.nats > 10_000
    assert score.perplexity == np.inf
    assert "as one among over a million equally likely characters" in " ".join(score.meaning)


def test_the_loss_is_the_mean_of_every_characters():
    model = table_model(LETTERS)
    expected = -np.log(model.probability(RHYME)).mean()
    assert score_text(model, [RHYME[:9], RHYME[9:]]).nats == pytest.approx(expected)


def test_the_n_gram_beside_it_reads_the_same_text():
    model = table_model(LETTERS)
    tokens = model.vocabulary.encode("\n" + RHYME)
    counted = KneserNey.count([tokens], 4, 7)
    scorer = TextScorer(model, CountingReader(counted, model.opening_token))
    list(scorer.read([RHYME[:100], RHYME[100:]], lambda: False))
    total = -sum(
        np.log(counted.probabilities(window[None])[0, token])
        for window, token in zip(
            np.lib.stride_tricks.sliding_window_view(
                np.concatenate([[-1, -1], tokens])[:-1].astype(np.int32), 3
            ),
            tokens[1:],
            strict=True,
        )
    )
    assert scorer.score("m", None).counting == pytest.approx(total / len(RHYME))


def test_a_text_that_is_not_at_hand_is_said_and_nothing_fails():
    header = Header("table", "1", "prose", LETTERS, {}, provenance={"text": {"corpus": "lost"}})
    yardstick = counting_yardstick(header, None, {})
    assert yardstick.counted is None
    assert "not at hand: lost" in yardstick.notice


def test_a_text_that_the_models_file_does_not_name_is_said():
    yardstick = counting_yardstick(Header("table", "1", "prose", LETTERS, {}), None, {})
    assert yardstick.counted is None
    assert yardstick.notice == (
        "no n-gram beside it: the text it was trained on is not at hand: "
        "the model's file names no text"
    )


def test_the_yardstick_counts_the_models_own_training_text(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(RHYME * 3)
    provenance = {
        "text": {"corpus": str(path), "kind": "prose"},
        "counting": {"order": 3, "held_out_loss": 1.0},
    }
    header = Header("table", "1", "prose", LETTERS, {}, provenance=provenance)
    yardstick = counting_yardstick(header, str(path), {})
    assert yardstick.counted is not None
    assert yardstick.counted.order == 3
    assert "has changed" in yardstick.notice  # the header names no checksum


@pytest.mark.parametrize("length", [1, 50, 200])
def test_chance_is_named_where_a_text_is_short(length):
    score = score_text(uniform_model(), [RHYME[:length]])
    assert any("chance" in line for line in score.meaning) == (length < 200)


def test_the_meaning_says_harder_easier_and_as_hard():
    model = uniform_model()
    scorer = TextScorer(model)
    list(scorer.read([RHYME], lambda: False))
    loss = np.log(7)
    for held_out, word in ((loss / 2, "harder"), (loss * 1.1, "easier"), (loss, "as hard")):
        assert any(word in line for line in scorer.score("m", held_out).meaning)
    assert any("learned it" in line for line in scorer.score("m", 2 * loss).meaning)


# Scored while it is learned.


def adaptive(model, text, backend=None):
    scorer = AdaptiveScorer(model, backend or TableBackend())
    for piece in expected_pieces(model, [text]):
        scorer.read(piece)
    return scorer


def test_counting_learns_a_text_that_repeats():
    scorer = adaptive(uniform_model(), RHYME)
    assert scorer.by == "counting"
    assert scorer.total / len(RHYME) < 0.6 * np.log(7)


def test_every_character_is_scored_before_it_is_learned():
    """The scores of all texts of one length sum to one: they are probabilities."""
    letters = "\nab"
    total = sum(
        np.exp(-adaptive(TableModel(letters, table_model(letters).table), "".join(text)).total)
        for text in product(letters, repeat=4)
    )
    assert total == pytest.approx(1)


def test_a_model_that_knows_its_text_is_trusted():
    model = table_model(LETTERS, seed=3)
    rng = np.random.default_rng(0)
    text, row = "", 0
    for _ in range(1500):
        row = rng.choice(7, p=model.table[row])
        text += LETTERS[row]
    fixed = -np.log(model.probability(text)).sum()
    assert adaptive(model, text).total < 1.03 * fixed


@pytest.fixture(scope="module")
def network(registry):
    backend = registry.backends.find("numpy")
    config = build(backend.Config, {"hidden": 16, "cell": "lstm", "layers": 1})
    rng = np.random.default_rng(0)
    return backend.create(Vocabulary(LETTERS), "prose", config, rng), backend


def test_a_network_learns_as_it_reads_and_the_model_itself_stays(network):
    model, backend = network
    before = {name: array.copy() for name, array in model.arrays().items()}
    scorer = adaptive(model, RHYME, backend)
    assert scorer.by == "counting and gradient"
    assert scorer.total < adaptive(model, RHYME).total
    for name, array in model.arrays().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_network_that_needs_a_package_to_learn_stays_and_that_is_said(network):
    model, backend = network

    needing = copy(backend)
    needing.requires = ("tensorflow",)
    scorer = adaptive(model, RHYME[:50], needing)
    assert scorer.by == "counting"
    assert "needs tensorflow" in scorer.notice


def test_the_networks_of_a_mix_learn_what_the_whole_lacks(world, registry):
    opened = Workspace(world(), registry).library.open("dinosaurs")
    backend = registry.backends.find(opened.header.backend)
    found = adapting_networks(opened.model, backend)
    assert [(each.name, is_part) for each, _, is_part in found] == [("numpy", True)]
    text = "zorgolasaurus\nzorgolatops\nzorgolops\n" * 3
    scorer = adaptive(opened.model, text, backend)
    assert scorer.total / len(text) < score_text(opened.model, [text]).nats


def test_what_a_model_holds_for_impossible_costs_a_finite_sum_where_it_is_learned():
    table = np.full((8, 7), 1 / 6)
    table[:, 2] = 0
    text = "bcab" * 5
    model = TableModel(LETTERS, table)
    assert np.isinf(score_text(model, [text]).nats)
    assert np.isfinite(adaptive(model, text).total)


def test_what_a_file_says_of_counting_is_checked():
    def measured(**values):
        header = Header("table", "1", "prose", LETTERS, {}, provenance={"counting": values})
        return measured_counting(header)

    assert measured(order=3, held_out_loss=1.5) == (3, 1.5)
    assert measured(order=10**9, held_out_loss=float("inf")) == (None, None)
    assert measured(order="x", held_out_loss="y") == (None, None)
