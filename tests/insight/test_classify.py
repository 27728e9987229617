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

    def __init__(self, kind="names"):
        super().__init__(Vocabulary("\nab"), kind, None)

    def step(self, state, tokens):
        return np.log(np.where(np.arange(3) == tokens[:, None], 0.8, 0.1)), state


def test_each_letter_is_judged_after_those_before_it():
    losses = Classifier({"A": Repeats(), "B": A}).losses(["aab", "bb"])[:, 0]
    expected = [0.8 * 0.1 * 0.1 / 3, 0.8 * 0.1 / 3]  # the first letter after nothing
    np.testing.assert_allclose(losses, -np.log(expected))


def test_each_text_goes_on_from_all_that_was_read():
    losses = Classifier({"A": Repeats()}).losses(["abbba"])
    expected = 1 / 3 * 0.1 * 0.8 * 0.8 * 0.1 * 0.1  # the first letter after nothing
    assert np.exp(-losses[0, 0]) == pytest.approx(expected)


def test_prose_begins_after_a_line_end():
    losses = Classifier({"A": Repeats("prose")}).losses(["\nab", "ab", ""])
    expected = [0.8 * 0.1 * 0.1, 0.1 * 0.1, 1]
    np.testing.assert_allclose(losses[:, 0], -np.log(expected), atol=1e-12)


class Loud(Repeats):
    """Its logits are far from 0, and farther after some letters than after others."""

    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits + 3000.0 * (tokens[:, None] - 1), state


def test_how_large_logits_are_makes_no_difference():
    texts = ["abba", "b", "\nab"]
    for each in texts:
        loud, quiet = (Classifier({"A": kind("prose")}).losses([each]) for kind in (Loud, Repeats))
        np.testing.assert_allclose(loud, quiet, rtol=1e-9)


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


def test_classes_stand_by_their_probability_and_losses_are_by_character():
    found = Classifier({"A": A, "B": B}).classify("bb", ("a note",))
    assert [(row.model, row.prior) for row in found.classes] == [("B", 0.5), ("A", 0.5)]
    assert [row.loss for row in found.classes] == pytest.approx(
        [-math.log(0.7 * 0.7 * 0.2) / 3, -math.log(0.1 * 0.1 * 0.5) / 3]
    )
    assert (found.text, found.notices) == ("bb", ("a note",))
    prose = Constant({"\n": 0.5, "a": 0.4, "b": 0.1}, "prose")
    [row] = Classifier({"A": prose}).classify("ab").classes
    assert row.loss == pytest.approx(-math.log(0.04) / 2)


def test_the_kind_is_that_of_the_models():
    assert Classifier({"A": A}).kind == "names"
    assert Classifier({"A": Constant({"a": 1.0}, "prose")}).kind == "prose"


def test_each_texts_probabilities_sum_to_one_however_unlikely_it_is():
    classifier = Classifier({"A": A, "B": B}, {"A": 3, "B": 1})
    shares = classifier.probabilities(np.array([[1.0, 2.0], [9001.0, 9002.0], [0.0, 9000.0]]))
    one = 3 / (3 + math.exp(-1))
    np.testing.assert_allclose(shares, [[one, 1 - one], [one, 1 - one], [1, 0]], atol=1e-12)


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
    assert (found.count("A", "B"), found.count("B", "A"), found.count("B", "C")) == (1, 0, 0)
    assert (found.total("A"), found.total("B")) == (3, 2)
    assert found.accuracy == 4 / 5
    assert found.most_common == 3 / 5


def test_a_class_without_held_out_texts_has_no_row():
    found = Classifier({"A": A, "B": B}).test({"A": ["a"], "B": []})
    assert (found.texts, found.total("B"), found.accuracy) == (1, 0, 1)
    other = Classifier({"A": A, "B": B}).test({"A": [], "B": ["b", "a"]}, ("a note",))
    assert (other.texts, other.total("A"), other.total("B")) == (2, 0, 2)
    assert (other.accuracy, other.most_common) == (1 / 2, 1)
    assert (other.classes, other.notices) == (("A", "B"), ("a note",))
    nothing = Classifier({"A": A, "B": B}).test({"A": [], "B": []})
    assert (nothing.texts, nothing.accuracy, nothing.most_common) == (0, 0, 0)


def test_what_a_model_lacks_shares_a_thousandth_evenly():
    wide = Constant({"\n": 0.25, "a": 0.25, "b": 0.25, "x": 0.25})
    classifier = Classifier({"narrow": A, "wide": wide})
    lost = -math.log(0.001) - math.log(0.999 * 0.5)
    assert classifier.losses(["x"])[0].tolist() == pytest.approx([lost, -math.log(0.25 * 0.25)])


def test_held_out_texts_are_different_names_or_lines_spread_over_the_text():
    names = NameList(("a", "b", "a", "c"), "list", "")
    for most in (10, 4, 3):
        assert texts_to_test(names, most) == ["a", "b", "c"]
    assert texts_to_test(names, 2) == ["a", "c"]
    assert texts_to_test(NameList((), "list", ""), 3) == []
    prose = Prose.of("".join(f"line {n}\n\n" for n in range(101)), "prose", "")
    assert texts_to_test(prose, 3) == ["line 0", "line 50", "line 100"]


def test_a_very_long_line_is_cut():
    prose = Prose.of("a" * 1001 + "\n" + "b" * 1000 + "\n", "prose", "")
    assert texts_to_test(prose, 3) == ["a" * 1000, "b" * 1000]
