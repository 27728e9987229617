"""Plausibility of names, and how they rank among those held out."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight.score import centile_of, loss_quantiles, name_losses
from charplay.models.checkpoint import read_checkpoint
from charplay.pretrained import shipped_models
from charplay.text.tokens import NO_TOKEN

ENOUGH = 100
LOSSES = st.lists(st.floats(0, 20), min_size=ENOUGH, max_size=ENOUGH + 40)
LOSS = st.floats(0, 25)
NAMES = ["tyrannosaurus", "a", "zzzz", "triceratops", "ty", "x" * 40]


@pytest.fixture(scope="module")
def model(registry):
    return read_checkpoint(shipped_models()["dinosaurs"]).model(registry.backends.find("mix"))


def loss_by_hand(model, name):
    """Mean of -log p over a name's letters and its end, a character at a time."""
    state, token, total = model.initial_state(1), NO_TOKEN, 0.0
    for following in model.vocabulary.encode(name + "\n"):
        logits, state = model.step(state, np.array([token], np.int32))
        scores = [float(score) for score in logits[0]]
        total += math.log(math.fsum(map(math.exp, scores))) - scores[following]
        token = following
    return total / (len(name) + 1)


def test_plausibility_is_the_mean_loss_of_a_name_read_letter_by_letter(model):
    expected = [loss_by_hand(model, name) for name in NAMES]
    assert name_losses(model, NAMES) == pytest.approx(expected, abs=1e-4)


def test_a_names_plausibility_does_not_depend_on_the_names_beside_it(model):
    crowd = (NAMES * 30)[:150]
    expected = [loss_by_hand(model, name) for name in NAMES]
    assert name_losses(model, crowd) == pytest.approx((expected * 30)[:150], abs=1e-4)


@pytest.mark.parametrize("logits", [1, 41 * 27, 41 * 27 * 20])
def test_of_many_characters_few_names_are_read_at_once(model, monkeypatch, logits):
    read = []
    advance = type(model).advance

    def watched(self, state, tokens):
        read.append(tokens.size * len(self.vocabulary))
        return advance(self, state, tokens)

    expected = name_losses(model, NAMES * 12)
    monkeypatch.setattr("charplay.insight.score._LOGITS_AT_ONCE", logits)
    monkeypatch.setattr(type(model), "advance", watched)
    assert name_losses(model, NAMES * 12) == pytest.approx(expected, abs=1e-4)
    assert max(read) <= max(logits, 41 * len(model.vocabulary))


def test_a_name_of_the_kind_is_more_plausible_than_its_letters_backwards(model):
    forwards, backwards = name_losses(model, ["megasaurus", "surusagem"])
    assert forwards < backwards


def test_no_names_have_no_plausibility(model):
    assert name_losses(model, []) == []


def test_a_name_with_a_strange_character_is_an_error(model):
    with pytest.raises(KeyError):
        name_losses(model, ["tyr4nnus"])


@given(LOSSES)
def test_quantiles_go_from_the_least_to_the_greatest_by_way_of_the_median(losses):
    found = loss_quantiles(losses)
    assert len(found) == 101
    assert list(found) == sorted(found)
    assert (found[0], found[100]) == (min(losses), max(losses))
    assert found[50] == pytest.approx(statistics.median(losses))


def test_of_a_hundred_and_one_losses_each_is_a_quantile():
    losses = [float(n) for n in range(101)]
    assert loss_quantiles(losses[::-1]) == pytest.approx(losses)


@pytest.mark.parametrize("few", [0, 1, 5])
def test_with_too_few_held_out_names_there_are_no_quantiles_and_no_percentile(few):
    assert loss_quantiles([1.5] * few) == ()
    assert centile_of(1.0, ()) is None


@given(LOSSES, LOSS, LOSS)
def test_a_more_plausible_name_never_ranks_lower(losses, one, other):
    held_out, better, worse = loss_quantiles(losses), min(one, other), max(one, other)
    assert 100 >= centile_of(better, held_out) >= centile_of(worse, held_out) >= 0


@given(LOSSES)
def test_the_best_ranks_100_and_the_worst_0(losses):
    held_out = loss_quantiles(losses)
    assert centile_of(min(losses) - 1, held_out) == 100
    assert centile_of(max(losses) + 1, held_out) == 0


@pytest.mark.parametrize("loss", [0.1, 1.0, 1.7, 2.0, 3.0, 9.0])
def test_a_percentile_is_the_share_of_held_out_names_that_are_less_plausible(loss):
    losses = np.random.default_rng(5).gamma(4, 0.5, size=400)
    share = 100 * float((losses > loss).mean())
    assert centile_of(loss, loss_quantiles(losses.tolist())) == pytest.approx(share, abs=1)
