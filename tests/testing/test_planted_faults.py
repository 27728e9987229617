"""A backend broken in each way, and the check that fails, with a message that names the fault."""

import inspect
import time
from dataclasses import dataclass, replace

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.options import option
from charplay.testing import BackendContract, FakeBackend
from charplay.testing.fake_backend import FakeConfig, FakeLearner, FakeModel, read_tokens

FAULTS = {}


def fault(check, told):
    """Declare a broken part of a backend: the check that must fail, and words of its message."""

    def declare(part):
        FAULTS[part.__name__] = (part, check, told)
        return part

    return declare


def broken(part):
    """The fake backend with a broken model, learner, or methods of its own."""
    if issubclass(part, FakeBackend):
        return part()
    backend = FakeBackend()
    if issubclass(part, FakeModel):
        backend.load = lambda *given: part(*given)
    else:
        backend.learner = lambda model, plan: part(backend, model, plan)
    return backend


# Models.


@fault("test_a_step_changes_nothing_that_it_is_given", "neither the state nor the tokens")
class ChangesState(FakeModel):
    def step(self, state, tokens):
        state["hidden"][...] += 1
        return super().step(state, tokens)


@fault("test_a_step_changes_nothing_that_it_is_given", "stay as they are in later steps")
class ReusesLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        self.__dict__.setdefault(len(logits), np.empty_like(logits))[...] = logits
        return self.__dict__[len(logits)], state


@fault("test_the_same_step_gives_the_same_again", "not on what was read before")
class StateOnItself(FakeModel):
    counted = 0

    def step(self, state, tokens):
        self.counted += 1
        logits, state = super().step(state, tokens)
        return logits + np.float32(self.counted), state


@fault("test_a_row_depends_neither_on_the_rows_beside_it_nor_on_their_order", "the rows beside it")
class MixesRows(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits - logits.mean(0, dtype=np.float32), state


@fault("test_a_row_depends_neither_on_the_rows_beside_it_nor_on_their_order", "first difference")
class CountsRows(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits * np.arange(len(logits), dtype=np.float32)[:, None], state


@fault("test_logits_are_finite_floats_one_for_each_character", "logits are finite")
class NaNLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits * np.float32("nan"), state


@fault("test_logits_are_finite_floats_one_for_each_character", "int64 (3, 13)")
class IntegerLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits.astype(int), state


@fault("test_logits_are_finite_floats_one_for_each_character", "float64 (3, 13)")
class DoubleLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits.astype(float), state


@fault("test_logits_are_finite_floats_one_for_each_character", "float32 (3, 12)")
class FewLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits[:, 1:], state


@fault("test_logits_are_finite_floats_one_for_each_character", "(13,)")
class OneRowOfLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits[0], state


@fault("test_a_state_has_a_row_for_each_text", "first axis is that of the rows")
class StateWithoutRows(FakeModel):
    def initial_state(self, batch_size):
        return {"hidden": np.zeros(self.config.units, np.float32)}


@fault("test_a_state_can_be_saved", "plain numbers")
class ObjectsInState(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step({"hidden": state["hidden"]}, tokens)
        return logits, {**state, "words": np.array([{}] * len(tokens))}


@fault("test_many_tokens_at_once_are_read_as_one_by_one", "one `step` after another")
class OtherAdvance(FakeModel):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        return np.roll(logits, 1, axis=1), state


@fault("test_a_stream_reads_as_steps_do_and_its_snapshots_stay", "is not changed by later steps")
class LiveStream(FakeModel):
    def stream(self, state):
        stream = super().stream(state)
        kept = {"hidden": state["hidden"].copy()}
        step = stream.step

        def live(token):
            logits = step(token)
            kept["hidden"][...] = stream._state["hidden"]
            return logits

        stream.step, stream.snapshot = live, lambda: kept
        return stream


@fault("test_no_token_is_read_as_nothing_not_as_the_last_character", "it would be the last")
class WrapsNoToken(FakeModel):
    def step(self, state, tokens):
        return super().step(state, tokens % len(self.vocabulary))


@fault("test_threads_do_not_disturb_each_other", "several threads")
class SharedScratch(FakeModel):
    def step(self, state, tokens):
        self.scratch = read_tokens(self.arrays()["embedding"], tokens)
        time.sleep(0.001)
        hidden = state["hidden"] / 2 + self.scratch
        weights = self.arrays()
        return hidden @ weights["output"] + weights["output_bias"], {"hidden": hidden}


@fault("test_a_trace_has_the_units_of_each_row_over_time", "arrays `(B, T, units)`")
class FlatTrace(FakeModel):
    def trace(self, state, tokens):
        return {"hidden": np.zeros((len(tokens), 2), np.float32)}


@fault("test_the_views_of_a_mix_are_logits_of_its_characters", "`views` gives logits")
class FlatViews(FakeModel):
    def views(self, state, tokens):
        return {"part": np.zeros((len(tokens), 2), np.float32)}


@fault("test_a_model_comes_back_from_its_file", "NumPy arrays by name")
class NoArrays(FakeModel):
    def step(self, state, tokens):
        weights = self._arrays
        hidden = state["hidden"] / 2 + read_tokens(weights["embedding"], tokens)
        return hidden @ weights["output"] + weights["output_bias"], {"hidden": hidden}

    def arrays(self):
        return None


@fault("test_a_model_tells_its_size_in_words", "are texts")
class SizeInNumbers(FakeModel):
    size = 12


# Learners.


@fault("test_a_model_is_a_snapshot_that_later_updates_do_not_change", "gives a snapshot")
class LiveSnapshot(FakeLearner):
    def model(self):
        start = self._start
        return FakeModel(start.vocabulary, start.kind, start.config, self._weights)


@fault("test_an_update_gives_its_loss_as_a_float", "came: True")
class LossIsTrue(FakeLearner):
    def update(self, batch, learning_rate):
        super().update(batch, learning_rate)
        return True


@fault("test_an_update_gives_its_loss_as_a_float", "numpy.float32")
class LossOfNumpy(FakeLearner):
    def update(self, batch, learning_rate):
        return np.float32(super().update(batch, learning_rate))


@fault("test_an_update_gives_its_loss_as_a_float", "came: nan")
class LossIsNoNumber(FakeLearner):
    def update(self, batch, learning_rate):
        return super().update(batch, learning_rate) * float("nan")


@fault("test_the_loss_falls", "the loss on a tiny text falls")
class LearnsNothing(FakeLearner):
    def update(self, batch, learning_rate):
        return super().update(batch, 0.0)


@fault("test_the_same_seed_gives_the_same_model", "the same seed")
class DrawsByLuck(FakeLearner):
    def update(self, batch, learning_rate):
        self._weights.flat += np.random.default_rng().normal(0, 0.1)
        return super().update(batch, learning_rate)


@fault("test_a_learner_changes_neither_the_model_nor_the_batch_that_it_was_given", "first model")
class ChangesItsModel(FakeLearner):
    def update(self, batch, learning_rate):
        self._start.arrays()["output_bias"][...] += 1
        return super().update(batch, learning_rate)


@fault("test_a_learner_changes_neither_the_model_nor_the_batch_that_it_was_given", "read-only")
class ChangesItsBatch(FakeLearner):
    def update(self, batch, learning_rate):
        batch.targets[batch.targets < 0] = 0
        return super().update(batch, learning_rate)


@fault("test_what_a_resume_needs_is_copied", "gives copies")
class LiveArrays(FakeLearner):
    def arrays(self):
        return {**super().arrays(), "weights": self._weights.flat}


@fault("test_several_updates_at_once_are_as_one_by_one", "one `update` after another")
class SkipsUpdates(FakeLearner):
    def update_many(self, batches, learning_rates):
        return super().update_many(batches[:1] * len(batches), learning_rates)


@fault("test_the_loss_is_reduced_as_the_plan_says", "sum: the loss of a batch")
class IgnoresReduction(FakeLearner):
    def __init__(self, backend, model, plan):
        super().__init__(backend, model, replace(plan, reduction="mean"))


@fault("test_the_loss_is_reduced_as_the_plan_says", "acts on the gradient")
class ReducesTheLossAlone(FakeLearner):
    def __init__(self, backend, model, plan):
        super().__init__(backend, model, replace(plan, reduction="mean"))
        self._plan = plan

    def update(self, batch, learning_rate):
        scale = batch.characters / batch.loss_scale(self._plan)
        return super().update(batch, learning_rate) * scale


@fault("test_a_target_of_no_token_is_not_scored", "targets that are NO_TOKEN")
class ScoresPadding(FakeLearner):
    def update(self, batch, learning_rate):
        targets = np.where(batch.targets < 0, 0, batch.targets)
        return super().update(batch._replace(targets=targets), learning_rate)


@fault("test_an_option_that_is_honoured_makes_a_difference", "weight_decay")
class IgnoresDecay(FakeLearner):
    def __init__(self, backend, model, plan):
        super().__init__(backend, model, replace(plan, weight_decay=0))


@fault("test_a_step_is_no_longer_than_the_clipped_gradient", "limits the norm")
class IgnoresClipping(FakeLearner):
    def __init__(self, backend, model, plan):
        super().__init__(backend, model, replace(plan, clip_norm=None))


@fault("test_the_gradient_is_the_slope_of_the_loss", "array: embedding")
class WrongGradient(FakeLearner):
    def _slopes(self, batch):
        loss, gradients = super()._slopes(batch)
        return loss, {**gradients, "embedding": gradients["embedding"] * 1.5}


@fault("test_a_run_goes_on_exactly_from_its_file", "as if it had never stopped")
class ForgetsItsOptimiser(FakeLearner):
    def arrays(self):
        return {"carried": self._carried.copy()}

    def restore(self, arrays):
        self._carried = arrays["carried"]


@fault("test_a_run_goes_on_exactly_from_its_file", "as if it had never stopped")
class ForgetsItsState(FakeLearner):
    def arrays(self):
        return self._optimiser.arrays()

    def restore(self, arrays):
        self._optimiser.restore(arrays)


@fault("test_a_run_goes_on_exactly_from_its_file", "NumPy arrays by name")
class NumbersToResume(FakeLearner):
    def arrays(self):
        return {**super().arrays(), "seen": 3}


@fault("test_a_run_goes_on_exactly_from_its_file", "what came: KeyError: 'carry'")
class AsksForOtherArrays(FakeLearner):
    def restore(self, arrays):
        super().restore({**arrays, "carried": arrays["carry"]})


# Backends.


@fault("test_it_learns_more_characters_or_says_that_it_cannot", "old characters stay")
class ScramblesRows(FakeBackend):
    def grow(self, arrays, old, new, config, rng):
        grown = super().grow(arrays, old, new, config, rng)
        return {name: array[::-1] for name, array in grown.items()}


@fault("test_it_learns_more_characters_or_says_that_it_cannot", "or raises UsageError")
class CannotGrow(FakeBackend):
    def grow(self, arrays, old, new, config, rng):
        raise NotImplementedError("later")


@fault("test_it_tells_the_memory_that_a_run_needs_or_none", "came: a lot")
class VagueMemory(FakeBackend):
    def memory_needed(self, config, plan, facts):
        return "a lot"


@fault("test_what_it_proposes_can_be_done", "gives a Proposal")
class ProposesAPlan(FakeBackend):
    def propose(self, facts, minutes):
        return super().propose(facts, None).plan


@fault("test_what_it_proposes_can_be_done", "size = 9")
class ProposesOtherOptions(FakeBackend):
    def propose(self, facts, minutes):
        return replace(super().propose(facts, None), config={"size": 9})


@fault("test_what_training_lacks_is_named", "names the missing packages")
class SilentOnPackages(FakeBackend):
    def check_trainable(self):
        raise UsageError("something is missing", "install it")


@fault("test_its_models_need_no_package_of_training", "colorsys is for training alone")
class NeedsItsPackage(FakeBackend):
    requires = ("colorsys",)

    def load(self, *given):
        import colorsys  # noqa: F401

        return super().load(*given)


class NeedsItsPackageToTrain(FakeBackend):
    requires = ("colorsys",)


@fault("test_a_configuration_that_cannot_be_is_refused_in_words", "ZeroDivisionError")
class BreaksOnAChoice(FakeBackend):
    @dataclass(frozen=True)
    class Config(FakeConfig):
        slope: str = option("steep", "slope", choices=("steep", "flat"))

    def create(self, vocabulary, kind, config, rng):
        if config.slope == "flat":
            raise ZeroDivisionError("no slope")
        return super().create(vocabulary, kind, config, rng)


@fault("test_its_configuration_is_a_frozen_dataclass_of_options", "charplay's own")
class OptionOfThePlan(FakeBackend):
    @dataclass(frozen=True)
    class Config(FakeConfig):
        batch_size: int = option(3, "rows")


@fault("test_its_configuration_is_a_frozen_dataclass_of_options", "whose fields are `option(…)`")
class PlainField(FakeBackend):
    @dataclass(frozen=True)
    class Config(FakeConfig):
        depth: int = 3


@fault("test_its_configuration_is_a_frozen_dataclass_of_options", "with defaults")
class NoDefault(FakeBackend):
    @dataclass(frozen=True)
    class Config:
        units: int


@fault("test_its_configuration_is_a_frozen_dataclass_of_options", "DID NOT RAISE")
class NotFrozen(FakeBackend):
    @dataclass
    class Config:
        units: int = option(6, "units")


@fault("test_it_says_what_it_is", "came: ['clipping']")
class HonoursWhatThereIsNot(FakeBackend):
    honours = frozenset({"clipping"})


@fault("test_arrays_that_do_not_fit_are_refused", "missing array: embedding")
class LoadsAnything(FakeBackend):
    def load(self, vocabulary, kind, config, arrays):
        return FakeModel(vocabulary, kind, config, arrays)


def messages_of(contract, check, folder):
    """What a check tells for every kind of text, plan and option for which it fails."""
    made = {
        "kind": contract.kinds, "way": contract.plans, "minutes": (None, 0, 1),
        "option": ("clip_value", "clip_norm", "weight_decay", "optimiser"),
    }  # fmt: skip
    method = getattr(contract, check)
    names = set(inspect.signature(method).parameters)
    several = next((name for name in ("way", "option", "minutes") if name in names), "kind")
    for value in made[several]:
        given = {"kind": contract.kinds[0], "tmp_path": folder, several: value}
        try:
            if "model" in names:
                given["model"] = contract.make_model(given["kind"])
            method(**{name: given[name] for name in names})
        except pytest.fail.Exception as failure:
            yield str(failure)
        except pytest.skip.Exception:
            pass


def contract_of(tested):
    """The contract for a backend, with a hidden state long enough to be carried on."""

    class Contract(BackendContract):
        backend = tested

    return Contract()


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_the_check_of_it_which_names_it(name, tmp_path):
    part, check, told = FAULTS[name]
    messages = list(messages_of(contract_of(broken(part)), check, tmp_path))
    assert messages, f"{check} found nothing"
    assert any(told in message for message in messages), messages
    assert all(message.startswith("The contract asks") or "DID NOT" in message
               for message in messages)  # fmt: skip


@pytest.mark.parametrize("check", sorted({check for _, check, _ in FAULTS.values()}))
def test_without_a_fault_no_check_finds_one(check, tmp_path):
    assert not list(messages_of(contract_of(FakeBackend()), check, tmp_path))


def test_every_check_of_a_backend_finds_some_fault():
    checks = {name for name in dir(BackendContract) if name.startswith("test_")}
    found = {check for _, check, _ in FAULTS.values()}
    assert checks - found == {
        "test_a_model_has_the_vocabulary_and_the_kind_that_were_asked_for",
    }


def test_a_failing_check_tells_what_is_asked_and_shows_the_smallest_example(tmp_path):
    found = messages_of(contract_of(broken(FewLogits)), FAULTS["FewLogits"][1], tmp_path)
    assert next(found).splitlines() == [
        "The contract asks: `step` gives logits (3, 13), an array of floats of the model's own "
        "precision.",
        "  tokens: [-1  1 11] int32 (3,)",
        "  came: float32 (3, 12)",
    ]


def test_a_backend_of_a_test_module_may_need_a_package_for_training_alone(tmp_path):
    check = "test_its_models_need_no_package_of_training"
    assert not list(messages_of(contract_of(NeedsItsPackageToTrain()), check, tmp_path))
