"""What a backend and a model do where their author says nothing."""

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.models.contract import Backend
from charplay.plan import Plan
from charplay.proposal import TextFacts
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from tests.insight.known_model import TableBackend, TableModel, random_table

LETTERS = "\nab"
FACTS = TextFacts("prose", 600, 600, 3)


class CountingModel(TableModel):
    """Its state has a whole number beside its floats."""

    def initial_state(self, batch_size):
        return super().initial_state(batch_size) | {"at": np.zeros(batch_size, np.int64)}

    def step(self, state, tokens):
        logits, after = super().step(state, tokens)
        return logits, after | {"at": state["at"] + 1}


def model():
    return CountingModel(LETTERS, random_table(LETTERS), "names")


def test_a_trace_has_the_floats_of_the_state_after_each_token():
    tokens = np.array([[0, 1, 2], [1, 1, 0]], np.int32)
    traced = model().trace(model().initial_state(2), tokens)
    assert traced.keys() == {"read"}
    assert traced["read"].tolist() == [[[1], [2], [3]]] * 2


def test_a_unit_cannot_be_silenced():
    with pytest.raises(UsageError, match="cannot silence a unit"):
        model().silenced("read", 0)


@pytest.fixture
def backend():
    return TableBackend()


def test_a_plan_is_proposed_that_suits_a_network(backend):
    proposal = backend.propose(FACTS, 2)
    assert isinstance(proposal.plan, Plan)
    assert proposal.plan.minutes == 2
    assert proposal.expected > 0
    assert backend.propose(FACTS, 0) is None, "nothing is ready at once"


def test_it_grows_no_model_and_makes_no_mix_and_knows_no_memory(backend):
    assert backend.memory_needed(None, Plan(), FACTS) is None
    assert list(backend.parts(model())) == []
    with pytest.raises(UsageError, match="makes no model of several"):
        backend.mixer(None)
    with pytest.raises(UsageError, match="cannot learn more characters: c"):
        backend.grow({}, Vocabulary(LETTERS), Vocabulary(LETTERS + "c"), None, None)


def test_what_it_lacks_and_how_that_is_installed_is_told(backend):
    backend.requires = ("json", "no_such_package", "nor_this.one")
    assert backend.missing() == ("no_such_package", "nor_this.one")
    assert backend.how_to_install == "pip install json no_such_package nor_this.one"
    with pytest.raises(UsageError) as caught:
        backend.check_trainable()
    assert "no_such_package, nor_this.one" in caught.value.message
    backend.install = "pip install it"
    assert backend.how_to_install == "pip install it"
    backend.requires = ("json",)
    backend.check_trainable()


def test_it_stores_no_counts_and_takes_no_prior(backend):
    assert not Backend.takes_prior
    assert Backend.offered_by == ""


def test_prose_opens_with_a_line_end_where_it_has_one_and_names_with_nothing():
    opening = {
        (letters, kind): TableModel(letters, random_table(letters), kind).opening_token
        for letters in ("\nab", "ab", "\tx\n")
        for kind in ("prose", "names")
    }
    # The characters of a vocabulary are in its order.
    assert opening["\nab", "prose"] == 0
    assert opening["ab", "prose"] == NO_TOKEN
    assert opening["\tx\n", "prose"] == Vocabulary("\tx\n").newline
    assert {opening[each] for each in opening if each[1] == "names"} == {NO_TOKEN}


def test_a_model_of_no_weights_has_no_size_no_facts_and_no_parts():
    plain = model()
    assert (plain.parameter_count, plain.size, dict(plain.facts)) == (0, "", {})
    assert dict(plain.views(plain.initial_state(1), np.array([[0]]))) == {}
    assert dict(plain.arrays()) == {}


def test_a_trace_lays_a_state_of_any_shape_out_by_its_rows():
    class Square(TableModel):
        def initial_state(self, batch_size):
            return {"read": np.zeros((batch_size, 2, 3), np.float32)}

    square = Square(LETTERS, random_table(LETTERS))
    traced = square.trace(square.initial_state(2), np.array([[0, 1], [1, 0]], np.int32))
    assert traced["read"].tolist() == [[[1] * 6, [2] * 6]] * 2


def test_what_is_usually_proposed_is_expected_a_little_worse_than_counting(backend):
    assert backend.propose(FACTS, None).expected == 1.1
    assert backend.propose(FACTS, None).plan.minutes is None
