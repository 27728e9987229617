"""The parts of the kit: how failures are shown, the fake backend, the texts, streams in memory."""

import io
import os
from dataclasses import replace

import numpy as np
import pytest

from charplay import Plan, Stage
from charplay.errors import UsageError
from charplay.options import build, option_values
from charplay.proposal import TextFacts
from charplay.testing import BackendContract, FakeBackend
from charplay.testing.explaining import asking, check, check_same, check_same_arrays, show_value
from charplay.testing.fake_backend import FakeConfig, cross_entropy
from charplay.testing.runs import train_with_stop
from charplay.testing.texts import PLANS, make_names, make_prose, tiny_corpus
from charplay.testing.world import MemoryStream, Said, make_environment, variables_for
from charplay.text.batching import cut_batches
from charplay.text.facts import facts_of
from tests.testing.test_planted_faults import ScoresPadding, broken


def failure(call, *given, **shown):
    """What a call fails with; nothing where it holds."""
    with pytest.raises(pytest.fail.Exception) as caught:
        call(*given, **shown)
    assert caught.value.pytrace is False, "the code of the kit is not what is to be looked at"
    return str(caught.value).splitlines()


# How failures are shown.


def test_a_failure_is_a_sentence_and_a_line_for_each_thing_that_is_shown():
    assert failure(check, 0, "it holds", what_came=3, asked_for="four") == [
        "The contract asks: it holds.", "  what came: 3", "  asked for: four",
    ]  # fmt: skip
    check([0], "it holds")


def test_an_error_of_the_code_under_test_is_shown_with_its_hint():
    def break_with(error):
        with asking("it works", given=1):
            raise error

    assert failure(break_with, UsageError("no", "do that")) == [
        "The contract asks: it works.", "  given: 1", "  what came: UsageError: no",
        "  its hint: do that",
    ]  # fmt: skip
    assert failure(break_with, KeyError("x"))[2:] == ["  what came: KeyError: 'x'"]
    with pytest.raises(KeyboardInterrupt), asking("it works"):
        raise KeyboardInterrupt


def test_arrays_are_the_same_where_every_number_is():
    check_same([1.0, float("nan")], [1.0, float("nan")], "same")
    check_same([], [], "same")
    check_same([], [], "same", 0.1)
    check_same([float("inf")], [float("inf")], "same", 0.1)
    assert failure(check_same, [1.0, 2.0], [1.0, 2.5], "same", token=3) == [
        "The contract asks: same.", "  token: 3", "  first difference at: (1,)", "  came: 2.0",
        "  asked for: 2.5",
    ]  # fmt: skip
    assert failure(check_same, [[1], [2]], [1, 2], "same", token=3)[1:] == [
        "  token: 3", "  shape: (2, 1)", "  shape asked for: (2,)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ours", "theirs", "closeness", "same"),
    [
        ([1e-9], [0.0], 0.0, False),
        ([1e-9], [0.0], 0.1, False),
        ([1.5, 10.0], [0.5, 10.0], 0.1, True),  # a tenth of the largest, which is 10
        ([1.7, 10.0], [0.5, 10.0], 0.1, False),
        ([11.9], [10.0], 0.1, True),  # a tenth of itself, and a tenth of the largest
        ([12.1], [10.0], 0.1, False),
    ],
)
def test_close_is_a_share_of_each_and_of_the_largest(ours, theirs, closeness, same):
    if same:
        check_same(ours, theirs, "same", closeness)
    else:
        assert failure(check_same, ours, theirs, "same", closeness)


def test_numbers_that_are_none_are_compared_in_peace(recwarn):
    assert failure(check_same, [np.inf, np.nan], [np.inf, 1.0], "same", 0.1)[1:2] == [
        "  first difference at: (1,)"
    ]
    assert failure(check_same, [1.0], [np.inf], "same", 0.1)
    assert not len(recwarn)


def test_arrays_of_other_names_or_numbers_are_told_by_name():
    one = {"b": np.ones(2), "a": np.ones(2)}
    check_same_arrays(one, dict(reversed(one.items())), "same")
    assert failure(check_same_arrays, one, {"a": np.ones(2)}, "same") == [
        "The contract asks: same.", "  names: ['a', 'b']", "  names asked for: ['a']",
    ]  # fmt: skip
    other = {**one, "a": np.array([1.0, 1.25])}
    assert failure(check_same_arrays, one, other, "same")[1] == "  array: a"
    check_same_arrays(one, other, "same", 0.2)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (3, "3"),
        ("a word", "a word"),
        ("two\nlines", "'two\\nlines'"),
        (np.float32(0.5), "0.5"),
        (None, "None"),
        ({}, "{}"),
        ({"a": 1, "b": "c"}, "a = 1; b = c"),
        ("x" * 200, "x" * 200),
        ("x" * 201, "x" * 200 + "…"),
        (np.arange(12).reshape(3, 4), "[[ 0  1  2  3] [ 4  5  6  7] [ 8  9 10 11]] int64 (3, 4)"),
        (np.zeros(13, np.float32), "float32 (13,)"),
        (np.array([1 / 3]), "[0.3333] float64 (1,)"),
    ],
)
def test_a_value_is_shown_in_one_short_line(value, shown):
    assert show_value(value) == shown


# The fake backend.


@pytest.mark.parametrize("units", [0, 1001])
def test_a_fake_model_has_from_one_to_a_thousand_units(units):
    with pytest.raises(UsageError):
        build(FakeConfig, {"units": units})
    assert [build(FakeConfig, {"units": each}).units for each in (1, 1000)] == [1, 1000]
    assert option_values(FakeConfig()) == {"units": 6}
    assert fake_model(1000).arrays()["output"].shape == (1000, 13)


def fake_model(units=3):
    corpus = tiny_corpus("names")
    config = FakeConfig(units)
    return FakeBackend().create(corpus.vocabulary, "names", config, np.random.default_rng(1))


def test_a_fake_model_adds_up_what_it_reads_and_forgets_half_each_time():
    model = fake_model()
    weights = model.arrays()
    logits, state = model.advance(model.initial_state(1), np.array([[2, -1, 5]], np.int32))
    first = weights["embedding"][2]
    hidden = np.stack([first, first / 2, first / 4 + weights["embedding"][5]])
    np.testing.assert_allclose(state["hidden"][0], hidden[-1], rtol=1e-6)
    expected = hidden @ weights["output"] + weights["output_bias"]
    np.testing.assert_allclose(logits[0], expected, rtol=1e-5, atol=1e-6)
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    assert 0.1 < np.std(weights["output"]) < 0.5


def test_the_loss_and_its_slope_are_those_of_cross_entropy():
    logits = np.log(np.array([[[0.5, 0.25, 0.25], [0.1, 0.8, 0.1], [0.2, 0.2, 0.6]]])) + 700.0
    targets = np.array([[0, 2, -1]], np.int32)
    loss, slope = cross_entropy(logits, targets)
    assert loss == pytest.approx(-np.log(0.5) - np.log(0.1))
    np.testing.assert_allclose(
        slope, [[[-0.5, 0.25, 0.25], [0.1, 0.8, -0.9], [0, 0, 0]]], atol=1e-9
    )
    rows = np.concatenate([logits, logits - 1400])
    double, _ = cross_entropy(rows, np.concatenate([targets, targets]))
    assert double == pytest.approx(2 * loss)


def test_arrays_of_another_shape_are_refused():
    model = fake_model()
    arrays = {**model.arrays(), "output_bias": np.zeros(3, np.float32)}
    with pytest.raises(ValueError, match="do not fit"):
        FakeBackend().load(model.vocabulary, "names", model.config, arrays)
    double = {name: array.astype(float) for name, array in model.arrays().items()}
    loaded = FakeBackend().load(model.vocabulary, "names", model.config, double)
    assert {array.dtype for array in loaded.arrays().values()} == {np.dtype(np.float32)}
    same = FakeBackend().load(model.vocabulary, "names", model.config, model.arrays())
    assert same.arrays()["output"] is model.arrays()["output"], "what fits is not copied"


def test_the_memory_of_a_fake_run_is_what_its_batches_take():
    facts = TextFacts("names", 24, 100, 13, 9)
    plan = Plan(batch_size=4, length=5)
    needed = FakeBackend().memory_needed(FakeConfig(6), plan, facts)
    assert needed == 1_000_000 + 4 * 9 * (6 + 13) * 4 * 10
    longer = FakeBackend().memory_needed(FakeConfig(6), plan.changed({"length": 20}), facts)
    assert longer == 1_000_000 + 4 * 20 * (6 + 13) * 4 * 10


def test_a_learner_carries_its_state_on_until_a_fresh_batch_or_one_of_other_rows():
    _, plan = PLANS["streams"]
    corpus = make_prose()
    config = FakeConfig(3)
    model = FakeBackend().create(corpus.vocabulary, "prose", config, np.random.default_rng(1))
    batches = cut_batches(corpus, corpus.vocabulary, plan)

    def carried(*some):
        learner = FakeBackend().learner(model, plan)
        for batch in some:
            learner.update(batch, 0.0)
        return learner.arrays()["carried"]

    one, two = batches.batch(0), batches.batch(1)
    assert one.fresh
    assert not two.fresh
    fresh = two._replace(fresh=True)
    assert not np.allclose(carried(one, two), carried(two))
    np.testing.assert_array_equal(carried(one, fresh), carried(fresh))
    narrow = two._replace(inputs=two.inputs[:1], targets=two.targets[:1])
    np.testing.assert_array_equal(carried(one, narrow), carried(narrow))


# The texts and the plans.


def test_the_tiny_texts_are_as_they_are_described():
    names, prose = make_names(), make_prose()
    assert len(set(names.names)) == len(names.names) == 24
    assert (names.names[0], names.names[-1]) == ("alan", "fado")
    assert prose.text == "a fox and a dog ran to the fog\n" * 12
    assert (names.source, prose.source) == ("tiny names", "tiny prose")
    assert names.sha256 == prose.sha256 == "0" * 64
    assert tiny_corpus("names").kind == "names"
    assert tiny_corpus("prose").kind == "prose"


def test_each_way_to_cut_a_text_is_what_its_name_says():
    once = (Stage(epochs=1, learning_rate=0.02),)
    stream = Plan(cutting="stream", batch_size=2, length=5, held_out=0, stages=once)
    assert {
        "names side by side": ("names", Plan(batch_size=4, held_out=0, stages=once)),
        "names one at a time, the state carried on": (
            "names", Plan(batch_size=1, carry=True, held_out=0, stages=once),
        ),
        "streams": ("prose", stream),
        "windows, the last character scored": (
            "prose", replace(stream, cutting="windows", scored="last"),
        ),
        "windows, all characters scored": ("prose", replace(stream, cutting="windows")),
    } == PLANS  # fmt: skip
    assert all(tiny_corpus(kind).kind == kind for kind, _ in PLANS.values())


# Streams and worlds.


def test_a_stream_in_memory_is_a_terminal_only_where_it_is_said():
    assert not MemoryStream().isatty()
    assert MemoryStream(tty=True).isatty()
    assert MemoryStream().encoding == "utf-8"


def test_lines_that_are_read_are_echoed_as_far_as_they_are_read():
    screen = MemoryStream()
    stream = MemoryStream("one\ntwo\n", echo=screen)
    assert [stream.readline(), stream.readline(2), stream.readline(None), stream.readline()] == [
        "one\n", "tw", "o\n", "",
    ]  # fmt: skip
    assert screen.getvalue() == "one\ntwo\n"
    assert MemoryStream("a\nb").readline() == "a\n"


def said(err, out="out\n"):
    environment = make_environment("home")
    environment.stdout.write(out)
    environment.stderr.write(err)
    return Said.of(2, environment)


def test_errors_are_told_from_notes():
    told = said("a note\nerror: wrong\n  → do that\nwarning: careful\nmore")
    assert told.err == "error: wrong\n  → do that\nwarning: careful\n"
    assert told.notes == "a note\nmore"
    assert told.told == "out\n" + told.notes + told.err
    assert (told.status, told.lines) == (2, ["out"])
    assert said("", '{"a": 1}').json == {"a": 1}


def test_a_traceback_is_an_error_as_a_whole():
    told = said("a note\nTraceback (most recent call last):\n  File x\n")
    assert told.err.startswith("a note\nTraceback")
    assert (told.notes, told.status, told.out) == ("", 2, "out\n")


def test_a_world_has_nothing_of_the_person_but_the_rest_of_their_variables(monkeypatch, tmp_path):
    for name in ("NO_COLOR", "TERM", "COLUMNS", "LINES", "CHARPLAY_HOME"):
        monkeypatch.setenv(name, "theirs")
    monkeypatch.setenv("SOMETHING_ELSE", "kept")
    found = variables_for(tmp_path, COLUMNS="50")
    assert {name for name, value in found.items() if value == "theirs"} == set()
    assert found["SOMETHING_ELSE"] == "kept"
    assert found["CHARPLAY_HOME"] == str(tmp_path)
    assert found["PYTHONIOENCODING"] == "utf-8"
    assert found["COLUMNS"] == "50"
    environment = make_environment(tmp_path, "typed", tty=True, COLUMNS="50")
    assert environment.variables == found
    assert environment.home == tmp_path
    assert environment.stdin.read() == "typed"
    streams = (environment.stdin, environment.stdout, environment.stderr)
    assert all(stream.isatty() for stream in streams)
    assert environment.fresh_seed() == 7
    assert make_environment(tmp_path, seed=3).fresh_seed() == 3
    plain = make_environment(tmp_path)
    assert not any(s.isatty() for s in (plain.stdin, plain.stdout, plain.stderr))


# The fixtures.


def test_a_data_home_is_its_own_and_nobodys_variables_are_set(monkeypatch, request, tmp_path):
    for name in ("NO_COLOR", "COLUMNS", "CHARPLAY_HOME"):
        monkeypatch.setenv(name, "theirs")
    home = request.getfixturevalue("data_home")
    assert home == tmp_path / "home"
    assert os.environ["CHARPLAY_HOME"] == str(home)
    assert "NO_COLOR" not in os.environ
    assert "COLUMNS" not in os.environ


def test_a_terminal_is_eighty_columns_wide(terminal):
    lines = terminal.type(":models").splitlines()
    rule = next(line for line in lines if set(line.strip()) == {"─"})
    assert 70 < len(rule.strip()) <= 80
    assert max(map(len, lines)) <= 80


# Runs with a stop.


class Counting(FakeBackend):
    """Notes how many updates each of its learners made."""

    def __init__(self):
        self.learners = []

    def learner(self, model, plan):
        learner = super().learner(model, plan)
        many, made = learner.update_many, []
        one = learner.update
        learner.update = lambda batch, rate: (made.append(1), one(batch, rate))[1]
        learner.update_many = lambda batches, rates: many(batches, rates)
        self.learners.append(made)
        return learner


@pytest.mark.parametrize("stop_after", [1, 3])
def test_a_run_is_stopped_after_so_many_updates_and_goes_on(tmp_path, stop_after):
    backend = Counting()
    plan = Plan(batch_size=4, held_out=0, stages=(Stage(updates=6),))
    train_with_stop(backend, make_names(), plan, tmp_path / "last.safetensors", stop_after, {})
    whole, stopped, resumed = map(len, backend.learners)
    assert (whole, stopped, resumed) == (6, stop_after, 6 - stop_after)


def test_an_inner_part_is_left_out_of_what_is_learned(tmp_path):
    seen = []

    class Seeing(FakeBackend):
        """Notes the rows of the batches that it learns."""

        def learner(self, model, plan):
            learner = super().learner(model, plan)
            one = learner.update
            learner.update = lambda batch, rate: (seen.append(len(batch.inputs)), one(batch, rate))[
                1
            ]
            return learner

    plan = Plan(batch_size=50, held_out=0.25, inner=0.5, stages=(Stage(updates=2),))
    train_with_stop(Seeing(), make_names(), plan, tmp_path / "last.safetensors", 1, {})
    assert set(seen) == {9}


# What a contract does where something is missing.


def contract_with(tested, **more):
    return type("Contract", (BackendContract,), {"backend": tested, **more})()


class Lacking(FakeBackend):
    """Whose learners need a package that is not there."""

    requires = ("a_package_that_nobody_has",)


def test_where_training_lacks_a_package_the_models_are_still_looked_at():
    contract = contract_with(Lacking())
    assert contract.make_model("names").vocabulary == make_names().vocabulary
    with pytest.raises(pytest.skip.Exception) as skipped:
        contract.learner("names", Plan())
    assert str(skipped.value) == "training with fake needs a_package_that_nobody_has"


def test_the_model_that_is_looked_at_has_learned_a_little():
    contract = contract_with(FakeBackend())
    new, learned = contract.create_model("names"), contract.make_model("names")
    assert not np.allclose(new.arrays()["embedding"], learned.arrays()["embedding"])


class Picky(FakeBackend):
    """Takes only plans of windows."""

    def learner(self, model, plan):
        if plan.cutting != "windows":
            raise UsageError("only windows", "use windows")
        return super().learner(model, plan)


def test_the_first_plan_that_is_taken_is_used_and_without_one_a_check_is_skipped():
    contract = contract_with(Picky())
    assert contract.plan("prose") == PLANS["windows, the last character scored"][1]
    assert contract.plan("prose", batch_size=3).batch_size == 3
    assert contract_with(FakeBackend()).plan("prose") == PLANS["streams"][1]
    with pytest.raises(pytest.skip.Exception) as skipped:
        contract.plan("names")
    assert str(skipped.value) == "fake takes none of the plans for names"


class Honest(FakeBackend):
    """Honours nothing of a plan."""

    honours = frozenset()


@pytest.mark.parametrize(
    ("name", "given", "missing"),
    [
        ("test_the_loss_is_reduced_as_the_plan_says", (), "reduction"),
        ("test_an_option_that_is_honoured_makes_a_difference", ("clip_value",), "clip_value"),
        ("test_a_step_is_no_longer_than_the_clipped_gradient", (), "clip_norm and optimiser"),
        ("test_the_gradient_is_the_slope_of_the_loss", (), "optimiser"),
    ],
)
def test_a_check_of_what_is_not_honoured_is_skipped(name, given, missing):
    with pytest.raises(pytest.skip.Exception) as skipped:
        getattr(contract_with(Honest()), name)("names", *given)
    assert str(skipped.value) == f"fake does not honour {missing}"


def test_what_has_one_scored_character_a_row_has_no_halves():
    check_name = "test_a_target_of_no_token_is_not_scored"
    windows = {"one": PLANS["windows, the last character scored"]}
    with pytest.raises(pytest.skip.Exception) as skipped:
        getattr(contract_with(broken(ScoresPadding), plans=windows), check_name)("prose")
    assert str(skipped.value) == "a batch of this plan has one scored character a row"
    kind, plan = PLANS["streams"]
    two = {"two": (kind, replace(plan, length=2))}
    assert failure(getattr(contract_with(broken(ScoresPadding), plans=two), check_name), "prose")


def test_a_refused_plan_is_no_fault_of_a_run(tmp_path):
    with pytest.raises(pytest.skip.Exception) as skipped:
        contract_with(Picky()).test_a_run_goes_on_exactly_from_its_file("streams", tmp_path)
    assert str(skipped.value) == "refused: only windows"


class Modest(FakeBackend):
    """Needs one byte, proposes nothing, and refuses to grow in words."""

    def memory_needed(self, config, plan, facts):
        return 1

    def propose(self, facts, minutes):
        return None

    def grow(self, arrays, old, new, config, rng):
        raise UsageError("cannot grow", "train anew")


def test_what_a_backend_may_refuse_is_no_fault():
    contract = contract_with(Modest())
    contract.test_it_tells_the_memory_that_a_run_needs_or_none("names")
    contract.test_what_it_proposes_can_be_done("names", None)
    contract.test_it_learns_more_characters_or_says_that_it_cannot("names")


def test_a_proposed_plan_that_is_another_when_it_is_read_is_found(monkeypatch):
    contract = contract_with(FakeBackend())
    monkeypatch.setattr(Plan, "from_dict", classmethod(lambda cls, values: Plan(batch_size=9)))
    lines = failure(contract.test_what_it_proposes_can_be_done, "names", None)
    assert lines[0] == (
        "The contract asks: `propose` gives a Proposal that its learners can follow, or None."
    )
    assert lines[1].startswith("  plan: Plan(")


def test_facts_of_the_tiny_texts_are_theirs():
    facts = facts_of(make_names())
    assert (facts.kind, facts.size, facts.vocabulary) == ("names", 24, 13)
    assert io.StringIO(make_prose().text).readline() == "a fox and a dog ran to the fog\n"
