"""Choosing a model for a text: Bayes' rule over what each gives the text, by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charplay.insight.classify import Classifier, texts_to_test
from charplay.models.contract import Model
from charplay.text.corpus import NameList, Prose
from charplay.text.vocabulary import Vocabulary
from tests.insight.planted import random_network


class Constant(Model):
    """Draws each character with a probability of its own, whatever was read."""

    def __init__(self, shares, kind="names"):
        super().__init__(Vocabulary("".join(sorted(shares))), kind, None)
        self._logits = np.log([shares[each] for each in self.vocabulary.characters])

    def step(self, state, tokens):
        return np.tile(self._logits, (len(tokens), 1)), state


A = Constant({"\n": 0.5, "a": 0.4, "b": 0.1})
B = Constant({"\n": 0.2, "a": 0.1, "b": 0.7})


def test_a_name_has_the_loss_of_its_letters_and_its_end():
    losses = Classifier({"A": A, "B": B}).losses(["ab", "b"])
    expected = [[0.4 * 0.1 * 0.5, 0.1 * 0.7 * 0.2], [0.1 * 0.5, 0.7 * 0.2]]
    np.testing.assert_allclose(losses, -np.log(expected))


class Repeats(Model):
    """Draws what it read last with 0.8, and each of the two others with 0.1."""

    def __init__(self):
        super().__init__(Vocabulary("\nab"), "names", None)

    def step(self, state, tokens):
        return np.log(np.where(np.arange(3) == tokens[:, None], 0.8, 0.1)), state


def test_each_letter_is_judged_after_those_before_it():
    losses = Classifier({"A": Repeats(), "B": A}).losses(["aab", "bb"])[:, 0]
    expected = [0.8 * 0.1 * 0.1 / 3, 0.8 * 0.1 / 3]  # the first letter after nothing
    np.testing.assert_allclose(losses, -np.log(expected))


def test_prose_has_the_loss_of_its_characters_alone():
    shares = {"\n": 0.5, "a": 0.4, "b": 0.1}
    classifier = Classifier({"A": Constant(shares, "prose"), "B": Constant(shares, "prose")})
    np.testing.assert_allclose(classifier.losses(["ab"])[0], -math.log(0.04))


def test_probabilities_follow_bayes_rule():
    found = Classifier({"A": A, "B": B}, {"A": 3, "B": 1}).classify("ab")
    a, b = 0.75 * 0.4 * 0.1 * 0.5, 0.25 * 0.1 * 0.7 * 0.2
    assert [(row.model, row.prior) for row in found.classes] == [("A", 0.75), ("B", 0.25)]
    assert found.classes[0].probability == pytest.approx(a / (a + b))
    assert found.classes[0].loss == pytest.approx(-math.log(0.4 * 0.1 * 0.5) / 3)


def test_a_class_without_a_prior_is_never_chosen():
    found = Classifier({"A": A, "B": B}, {"A": 1, "B": 0}).classify("bbbbbbbb")
    assert [row.probability for row in found.classes] == [1, 0]


def test_models_of_other_characters_share_one_alphabet_that_sums_to_one():
    narrow, wide = A, Constant({"\n": 0.25, "a": 0.25, "x": 0.25, "y": 0.25})
    classifier = Classifier({"narrow": narrow, "wide": wide})
    total = sum(
        np.exp(-classifier.losses([each])[0, 0]) / np.exp(-classifier.losses([""])[0, 0])
        for each in "abxy"
    ) + np.exp(-classifier.losses([""])[0, 0])
    assert total == pytest.approx(1)
    lost = -math.log(0.0005) - math.log(0.999 * 0.5)
    assert classifier.losses(["x"])[0, 0] == pytest.approx(lost)


def test_a_character_that_no_model_knows_is_an_error_unless_it_is_admitted():
    classifier = Classifier({"A": A, "B": B})
    with pytest.raises(KeyError):
        classifier.losses(["é"])
    assert classifier.admit("Éba").dropped == "É"


@given(st.lists(st.text("abcdefg", max_size=9), min_size=1, max_size=9))
def test_a_texts_losses_do_not_depend_on_the_texts_beside_it(texts):
    vocabulary = Vocabulary("\nabcdefg")
    models = {str(seed): random_network(vocabulary, seed, kind="names") for seed in (1, 2)}
    classifier = Classifier(models)
    alone = np.concatenate([classifier.losses([text]) for text in texts])
    np.testing.assert_allclose(classifier.losses(texts), alone, atol=1e-4)


def test_a_long_text_read_in_parts_has_the_loss_of_one_reading(monkeypatch):
    vocabulary = Vocabulary("\nabcdefg")
    classifier = Classifier(
        {"a": random_network(vocabulary, 1), "b": random_network(vocabulary, 2)}
    )
    whole = classifier.losses(["abacadaeg" * 9, "bad"])
    monkeypatch.setattr("charplay.insight.classify._CHARACTERS_AT_ONCE", 10)
    np.testing.assert_allclose(classifier.losses(["abacadaeg" * 9, "bad"]), whole, atol=1e-4)


def test_the_confusion_table_counts_every_held_out_text():
    texts = {"A": ["a", "aa", "b"], "B": ["b", "bb"]}
    found = Classifier({"A": A, "B": B}).test(texts)
    assert found.texts == 5
    assert {(c.actual, c.guessed): c.count for c in found.cells} == {
        ("A", "A"): 2, ("A", "B"): 1, ("B", "A"): 0, ("B", "B"): 2,
    }  # fmt: skip
    assert found.accuracy == 4 / 5
    assert found.most_common == 3 / 5


def test_a_class_without_held_out_texts_has_no_row():
    found = Classifier({"A": A, "B": B}).test({"A": ["a"], "B": []})
    assert (found.texts, found.total("B"), found.accuracy) == (1, 0, 1)


def test_held_out_texts_are_different_names_or_lines_spread_over_the_text():
    names = NameList(("a", "b", "a", "c"), "list", "")
    assert texts_to_test(names, 10) == ["a", "b", "c"]
    prose = Prose.of("".join(f"line {n}\n\n" for n in range(101)), "prose", "")
    assert texts_to_test(prose, 3) == ["line 0", "line 50", "line 100"]
