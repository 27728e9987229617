"""What is measured at the end of a run: the part held out, beside counting."""

import numpy as np
import pytest

from charplay.models.counting import KneserNey, counted_texts
from charplay.text.corpus import NameList
from charplay.training.evaluation import loss_of
from charplay.training.measuring import measure_model
from charplay.training.texts import RunTexts
from tests.insight.known_model import table_model


def names(count, seed=0):
    rng = np.random.default_rng(seed)
    return NameList(
        tuple("".join(rng.choice(list("aabbbcde"), 6)) for _ in range(count)), "made", ""
    )


@pytest.fixture
def model():
    return table_model("\nabcde", "names")


@pytest.fixture
def texts():
    return RunTexts.split(names(500), 0.1, inner=0.1)


def test_the_loss_is_that_of_the_part_held_out_and_the_ngram_learned_all_the_rest(model, texts):
    measured = measure_model(model, texts)
    assert measured.held_out_loss == loss_of(model, texts.held_out)
    known = counted_texts(texts.known, model.vocabulary)
    held_out = counted_texts(texts.held_out, model.vocabulary)
    losses = {order: KneserNey.count(known, order, 6).loss(held_out) for order in range(1, 9)}
    assert measured.counting_loss == pytest.approx(min(losses.values()))
    assert losses[measured.counting_order] == min(losses.values())


def test_the_texts_of_other_stages_are_counted_too(model, texts):
    more = RunTexts.split(names(500), 0.1, {"other": names(3000, seed=1)}, 0.1)
    with_others, alone = measure_model(model, more), measure_model(model, texts)
    assert with_others.counting_loss < alone.counting_loss
    assert with_others.held_out_loss == alone.held_out_loss


def test_without_a_part_held_out_nothing_is_measured(model):
    assert measure_model(model, RunTexts.split(names(50), 0)) is None


def test_a_text_too_long_to_count_or_too_short_to_compare_has_its_loss_alone(model, texts):
    assert measure_model(model, texts, most_counted=texts.characters - 1).counting_loss is None
    assert measure_model(model, texts, most_counted=texts.characters).counting_loss is not None
    few = RunTexts.split(names(100), 0.1)
    assert few.held_out.characters < 200
    measured = measure_model(model, few)
    assert (measured.counting_loss, measured.counting_order) == (None, None)
    assert measured.held_out_loss == loss_of(model, few.held_out)


@pytest.mark.parametrize(("length", "compared"), [(198, False), (199, True)])
def test_two_hundred_characters_are_enough_to_compare(model, length, compared):
    texts = RunTexts.split(NameList(("a" * length, "b" * length), "long", ""), 0.5)
    assert texts.held_out.characters == length + 1
    assert (measure_model(model, texts).counting_loss is not None) == compared
