"""What comes next: every number is that of a model whose distribution is known."""

import numpy as np
import pytest

from charplay.generation.options import Sampling
from charplay.generation.place import initial_place, read_tokens
from charplay.insight.probabilities import entropy_of, next_characters
from charplay.workspace import Workspace
from tests.insight.known_model import TableModel, table_model

LETTERS = "\nabc"
# After a newline, a, b, c, and nothing.
TABLE = [
    [0.1, 0.5, 0.3, 0.1],
    [0.25, 0.25, 0.25, 0.25],
    [0.0, 0.0, 0.0, 1.0],
    [0.7, 0.1, 0.1, 0.1],
    [0.6, 0.2, 0.1, 0.1],
]


def expected(text="", kind="prose", most=9, fresh=False, **options):
    model = TableModel(LETTERS, TABLE, kind)
    place = read_tokens(model, initial_place(model), model.vocabulary.encode(text))
    return next_characters(
        model, place, Sampling(**options), most, fresh=fresh, model="m", text=text, options=""
    )


def test_characters_are_ranked_with_their_probability_and_bits():
    rows = expected().characters
    assert [(row.rank, row.character) for row in rows[:2]] == [(1, "a"), (2, "b")]
    assert [row.probability for row in rows] == pytest.approx([0.5, 0.3, 0.1, 0.1])
    assert [row.bits for row in rows] == pytest.approx([1, -np.log2(0.3), *[-np.log2(0.1)] * 2])
    assert [row.drawn for row in rows] == pytest.approx([row.probability for row in rows])


def test_a_character_that_cannot_come_has_no_probability_and_infinite_bits():
    last = expected("b").characters[-1]
    assert (last.probability, last.bits) == (0.0, np.inf)


def test_temperature_and_cuts_are_beside_what_the_model_says():
    rows = expected(temperature=0.5, top_k=2).characters
    squares = np.array([0.25, 0.09])
    assert [row.drawn for row in rows] == pytest.approx([*squares / squares.sum(), 0, 0])
    assert [row.probability for row in rows] == pytest.approx([0.5, 0.3, 0.1, 0.1])


def test_temperature_zero_leaves_one_character():
    assert [row.drawn for row in expected(temperature=0).characters] == [1, 0, 0, 0]


def test_uncertainty_is_the_mean_surprise():
    assert expected("a").uncertainty == pytest.approx(2)
    assert expected("b").uncertainty == 0
    assert expected("a", top_k=2).drawn_uncertainty == pytest.approx(1)


def test_what_is_not_listed_is_summed():
    found = expected(most=1)
    assert (len(found.characters), found.others) == (1, 3)
    assert found.others_probability == pytest.approx(0.5)


def test_a_name_cannot_end_before_its_first_letter():
    found = expected(kind="names", fresh=True)
    newline = next(row for row in found.characters if row.character == "\n")
    assert (newline.probability, newline.drawn) == (pytest.approx(0.6), 0)


def test_entropy_of_equal_choices_is_the_logarithm_of_their_number():
    assert entropy_of(np.full(8, 1 / 8)) == pytest.approx(3)


def test_a_mix_is_the_product_of_the_views_that_its_parts_have(world, registry):
    model = Workspace(world(), registry).library.open("dinosaurs").model
    tokens = np.array([[-1, *model.vocabulary.encode("tyra")]], np.int32)
    views = model.views(model.initial_state(1), tokens)
    logits, _ = model.advance(model.initial_state(1), tokens)
    assert list(views) == ["1 ngram", "2 numpy"]
    total = sum(w * view for w, view in zip(model.weights, views.values(), strict=True))
    np.testing.assert_allclose(total, logits, rtol=1e-5, atol=1e-5)


def test_a_model_of_one_piece_has_no_views():
    model = table_model()
    assert model.views(model.initial_state(1), np.zeros((1, 1), np.int32)) == {}
