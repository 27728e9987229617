"""Models that break the contract, each in one way, and what is told of them."""

import numpy as np
import pytest

from charplay.errors import MisfitError
from charplay.models.contract import Model, Stream
from charplay.models.losses import checked_losses
from charplay.models.probe import check_arrays, check_step, check_weights, probe_model, through_file
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

VOCABULARY = Vocabulary("\nabc")
OUTPUT = np.random.default_rng(3).normal(size=(5, 4)).astype(np.float32)


class Sound(Model):
    """Sums what it has read, and keeps the contract."""

    def __init__(self):
        super().__init__(VOCABULARY, "prose", None, {"output": OUTPUT})

    def initial_state(self, batch_size):
        return {
            "sum": np.zeros((batch_size, 4), np.float32),
            "read": np.zeros(batch_size, np.int64),
        }

    def step(self, state, tokens):
        after = state["sum"] * np.float32(0.5) + OUTPUT[tokens]
        return after.copy(), {"sum": after, "read": state["read"] + 1}


def misfit(model, check=probe_model):
    with pytest.raises(MisfitError) as told:
        check(model)
    return told.value.message


def with_step(change):
    """A model whose step gives what `change` makes of a sound one's."""

    class Changed(Sound):
        def step(self, state, tokens):
            return change(self, state, tokens, *super().step(state, tokens))

    return Changed()


def test_a_model_that_keeps_the_contract_passes():
    probe_model(Sound())
    check_step(Sound())


STEPS = {
    "only logits": (
        lambda self, state, tokens, logits, after: logits,
        "step should give logits and a state; it gave float32 of shape (3, 4)",
    ),
    "three things": (
        lambda self, state, tokens, logits, after: (logits, after, 1),
        "step should give logits and a state; it gave a tuple",
    ),
    "a list of two": (
        lambda self, state, tokens, logits, after: [logits, after],
        "step should give logits and a state; it gave a list",
    ),
    "logits of another shape": (
        lambda self, state, tokens, logits, after: (logits[:, :3], after),
        "step should give logits of shape (3, 4); it gave float32 of shape (3, 3)",
    ),
    "logits in lists": (
        lambda self, state, tokens, logits, after: (logits.tolist(), after),
        "step should give logits of shape (3, 4); it gave a list",
    ),
    "whole numbers": (
        lambda self, state, tokens, logits, after: (logits.astype(np.int32), after),
        "step should give logits that are floats; it gave int32 of shape (3, 4)",
    ),
    "no numbers": (
        lambda self, state, tokens, logits, after: (logits * np.float32(np.inf), after),
        "step should give logits that are numbers; it gave NaN or infinity",
    ),
    "a state that is none": (
        lambda self, state, tokens, logits, after: (logits, [after]),
        "step, as a state, should give arrays by name; it gave a list",
    ),
    "a state of other rows": (
        lambda self, state, tokens, logits, after: (logits, {"sum": after["sum"][:1]}),
        "step should give a state with a first axis of 3 rows; it gave 'sum' of shape (1, 4)",
    ),
    "a state without rows": (
        lambda self, state, tokens, logits, after: (logits, {"sum": np.array(1.0)}),
        "step should give a state with a first axis of 3 rows; it gave 'sum' of shape ()",
    ),
}


@pytest.mark.parametrize("what", STEPS)
def test_what_a_step_gives_is_looked_at(what):
    change, message = STEPS[what]
    assert misfit(with_step(change)) == message
    if what != "a state of other rows":  # one row is what one row should be
        alone = message.replace("(3, ", "(1, ").replace("3 rows", "1 rows")
        assert misfit(with_step(change), check_step) == alone


@pytest.mark.parametrize("check", [probe_model, check_step])
def test_a_first_state_is_looked_at(check):
    class Wrong(Sound):
        def initial_state(self, batch_size):
            return {"sum": np.zeros((batch_size + 1, 4))}

    rows = 3 if check is probe_model else 1
    assert misfit(Wrong(), check) == (
        f"initial_state should give a state with a first axis of {rows} rows; "
        f"it gave 'sum' of shape ({rows + 1}, 4)"
    )


def test_a_step_of_the_opening_token_is_enough_at_each_load():
    asked = []

    def change(self, state, tokens, logits, after):
        asked.append(tokens.tolist())
        return logits, after

    check_step(with_step(change))
    assert asked == [[0]]
    asked.clear()
    probe_model(with_step(change))
    assert asked[0] == [NO_TOKEN, 0, 3]
    assert [3, 0, NO_TOKEN] in asked


def test_a_state_and_tokens_that_are_given_must_not_be_written_to():
    def write_state(self, state, tokens, logits, after):
        state["sum"] += 1
        return logits, after

    def write_tokens(self, state, tokens, logits, after):
        tokens += 1
        return logits, after

    for change in (write_state, write_tokens):
        with pytest.raises(ValueError, match="read-only"):
            probe_model(with_step(change))


def test_a_state_that_is_changed_behind_its_back_is_found():
    class Sly(Sound):
        def initial_state(self, batch_size):
            self.own = np.zeros((batch_size, 4), np.float32)
            return {"sum": self.own.view()}

        def step(self, state, tokens):
            self.own += 1
            return super().step({**state, "read": np.zeros(len(tokens))}, tokens)

    assert misfit(Sly()) == (
        "step should give a new state; it gave a changed 'sum' in the state it was given"
    )


def test_a_number_that_is_none_in_a_state_is_told_and_kept_whole_numbers_are_not():
    def change(self, state, tokens, logits, after):
        return logits, {**after, "sum": np.full((len(tokens), 4), np.nan, np.float32)}

    assert misfit(with_step(change)) == (
        "step, as a state, should give finite numbers; it gave NaN or infinity in 'sum'"
    )


def test_the_same_step_gives_the_same_again():
    drawn = iter(np.arange(100, dtype=np.float32))

    def change(self, state, tokens, logits, after):
        return logits + next(drawn), after

    assert misfit(with_step(change)) == (
        "step should give the same for the same state and tokens; it gave logits that differ by 1"
    )


@pytest.mark.parametrize(("difference", "told"), [(5e-5, False), (2e-3, True)])
def test_a_difference_of_rounding_is_none(difference, told):
    drawn = iter(range(100))

    def change(self, state, tokens, logits, after):
        return logits * 0 + np.float32(next(drawn) % 2 * difference), after

    if told:
        assert "logits that differ by 0.002" in misfit(with_step(change))
    else:
        probe_model(with_step(change))


@pytest.mark.parametrize(("share", "told"), [(5e-4, False), (5e-3, True)])
def test_of_large_logits_the_difference_counts_as_a_share(share, told):
    drawn = iter(range(100))

    def change(self, state, tokens, logits, after):
        return logits * 0 + np.float32(1000 * (1 + next(drawn) % 2 * share)), after

    if told:
        assert "logits that differ by 5" in misfit(with_step(change))
    else:
        probe_model(with_step(change))


def test_a_row_must_not_depend_on_its_neighbours():
    def change(self, state, tokens, logits, after):
        return logits + len(tokens) * np.float32(0.5), after

    assert misfit(with_step(change)) == (
        "step should give a row that does not depend on its neighbours; "
        "it gave logits that differ by 1"
    )


def with_advance(give):
    class Changed(Sound):
        def advance(self, state, tokens):
            return give(*super().advance(state, tokens))

    return Changed()


def test_to_advance_is_to_step_often():
    shape = "advance should give logits of shape (3, 2, 4); it gave "
    assert misfit(with_advance(lambda logits, state: logits)) == (
        "advance should give logits and a state; it gave float32 of shape (3, 2, 4)"
    )
    assert misfit(with_advance(lambda logits, state: (logits,))) == (
        "advance should give logits and a state; it gave a tuple"
    )
    assert misfit(with_advance(lambda logits, state: [logits, state])) == (
        "advance should give logits and a state; it gave a list"
    )
    assert misfit(with_advance(lambda logits, state: (logits[:, :1], state))) == (
        shape + "float32 of shape (3, 1, 4)"
    )
    assert misfit(with_advance(lambda logits, state: (logits.tolist(), state))) == shape + "a list"
    assert misfit(with_advance(lambda logits, state: (logits[:, ::-1] + 1, state))).startswith(
        "advance should give what as many steps give; it gave logits that differ by"
    )


def with_stream(make):
    class Changed(Sound):
        def stream(self, state):
            return make(self, state)

    return Changed()


def test_a_stream_gives_what_a_step_gives():
    class Wrong(Stream):
        def step(self, token):
            return super().step(token) + 1

    class Short(Stream):
        def step(self, token):
            return super().step(token)[:3]

    class Lists(Stream):
        def step(self, token):
            return super().step(token)[None].tolist()

    assert misfit(with_stream(lambda self, state: None)) == (
        "stream should give a Stream; it gave a NoneType"
    )
    assert misfit(with_stream(Wrong)) == (
        "stream should give what a step gives; it gave logits that differ by 1"
    )
    assert misfit(with_stream(Short)) == (
        "stream should give what a step gives; it gave shape (3,)"
    )
    probe_model(with_stream(Lists))


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("parameter_count", 1.5, "parameter_count should give a whole number; it gave a float"),
        ("parameter_count", True, "parameter_count should give a whole number; it gave a bool"),
        ("parameter_count", np.int64(7), None),
        ("size", 7, "size should give a few words; it gave a int"),
        ("facts", ["x"], "facts should give words by name; it gave a list"),
        ("facts", {"order": 3}, "facts should give words by name; it gave a dict"),
        ("facts", {3: "order"}, "facts should give words by name; it gave a dict"),
        ("facts", {"order": "3"}, None),
    ],
)
def test_what_a_model_tells_of_itself_is_looked_at(name, value, message):
    made = type("Changed", (Sound,), {name: property(lambda self: value)})()
    if message is None:
        probe_model(made)
    else:
        assert misfit(made) == message


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ([1], "f should give arrays by name; it gave a list"),
        (
            {3: np.zeros(1)},
            "f should give arrays of NumPy by name; it gave float64 of shape (1,) for 3",
        ),
        ({"a": [1]}, "f should give arrays of NumPy by name; it gave a list for 'a'"),
        (
            {"a": np.zeros(1, complex)},
            "f should give arrays of numbers; it gave complex128 for 'a'",
        ),
        ({"a": np.array(["x"])}, "f should give arrays of numbers; it gave <U1 for 'a'"),
        ({"a": np.zeros(2, np.longdouble)},
         f"f should give arrays of numbers; it gave {np.dtype(np.longdouble)} for 'a'"),
        ({"a": np.array([1, np.inf])},
         "f should give finite numbers; it gave NaN or infinity in 'a'"),
    ],
)  # fmt: skip
def test_arrays_that_no_file_can_hold_are_told(arrays, message):
    with pytest.raises(MisfitError) as told:
        check_arrays(arrays, "f")
    assert told.value.message == message


@pytest.mark.parametrize("kind", ["i1", "u8", "f2", "f8", "?"])
def test_whole_numbers_floats_and_switches_can_be_kept(kind):
    arrays = {"a": np.ones((2, 3), kind).T}
    check_arrays(arrays)
    back = through_file(arrays)
    assert back["a"].dtype == arrays["a"].dtype
    np.testing.assert_array_equal(back["a"], arrays["a"])


def test_every_array_of_a_file_is_looked_at():
    fine, bad = np.ones(2, np.float32), np.array([np.nan], np.float32)
    for before in ({}, {"none": np.zeros(0, np.float32)}, {"fine": fine}):
        with pytest.raises(ValueError, match="'bad' has NaN or infinity"):
            check_weights({**before, "bad": bad}, False)
    with pytest.raises(ValueError, match="'bad' has NaN or infinity"):
        check_weights({"counts": np.ones(2, np.int64), "bad": bad}, True)
    check_weights({"largest": np.array([-1e15, 1e15])}, False)
    with pytest.raises(ValueError, match=r"'x+' has a weight of size 2e\+15"):
        check_weights({"x" * 70: np.array([2e15])}, False)


def test_a_loss_of_each_update_is_a_number():
    assert checked_losses([1.5, np.float32(2), np.float64(3), 4], 4) == [1.5, 2.0, 3.0, 4.0]
    assert all(type(loss) is float for loss in checked_losses([np.float32(2), 4], 2))
    assert np.isnan(checked_losses([np.nan], 1)).all()
    for wrong, kind in ((True, "bool"), ("1", "str"), (None, "NoneType"), (1j, "complex")):
        with pytest.raises(MisfitError) as told:
            checked_losses([wrong], 1)
        assert told.value.message == f"update should give the loss, a number; it gave a {kind}"
    with pytest.raises(MisfitError) as told:
        checked_losses([1.0], 2)
    assert told.value.message == "update_many should give 2 losses; it gave 1"
