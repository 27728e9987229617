"""More faults, each for one more thing that a check looks at; and what each fault is told with.

`told.txt` has the whole message of every fault here and in `test_planted_faults`, numbers with
decimals as `#`.
"""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.options import option
from charplay.proposal import Proposal
from charplay.testing import FakeBackend
from charplay.testing.fake_backend import FakeConfig, FakeLearner, FakeModel, read_tokens
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from tests.testing.test_planted_faults import FAULTS, broken, contract_of, messages_of

TOLD = Path(__file__).with_name("told.txt")
# What these tell depends on luck.
_BY_LUCK = {"SharedScratch", "DrawsByLuck"}
MORE = {}


def fault(check):
    """Declare a broken part of a backend, and the check that must fail."""

    def declare(part):
        MORE[part.__name__] = (part, check)
        return part

    return declare


# Models.

ASKED_FOR = "test_a_model_has_the_vocabulary_and_the_kind_that_were_asked_for"
LOGITS = "test_logits_are_finite_floats_one_for_each_character"
PURE = "test_a_step_changes_nothing_that_it_is_given"
AGAIN = "test_the_same_step_gives_the_same_again"
ROWS = "test_a_row_depends_neither_on_the_rows_beside_it_nor_on_their_order"
AT_ONCE = "test_many_tokens_at_once_are_read_as_one_by_one"
STREAM = "test_a_stream_reads_as_steps_do_and_its_snapshots_stay"
FILE = "test_a_model_comes_back_from_its_file"


@fault(ASKED_FOR)
class OtherVocabulary(FakeModel):
    def __init__(self, vocabulary, kind, config, arrays):
        super().__init__(Vocabulary("xyz"), kind, config, arrays)


@fault(ASKED_FOR)
class OtherKind(FakeModel):
    def __init__(self, vocabulary, kind, config, arrays):
        super().__init__(vocabulary, "prose", config, arrays)


@fault("test_a_state_has_a_row_for_each_text")
class StateIsAList(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits, [1, 2]


@fault("test_a_state_has_a_row_for_each_text")
class NumberedState(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits, {0: state["hidden"]}


@fault("test_a_state_has_a_row_for_each_text")
class StateOfLists(FakeModel):
    def initial_state(self, batch_size):
        return {"hidden": [[0.0] * 6] * batch_size}

    def step(self, state, tokens):
        return super().step({"hidden": np.array(state["hidden"], np.float32)}, tokens)


@fault("test_a_state_has_a_row_for_each_text")
class LateStateWithoutRows(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits, {"hidden": state["hidden"][:1]}


@fault(LOGITS)
class ListedLogits(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits.tolist()[0][:2], state


@fault(LOGITS)
class NoAdvance(FakeModel):
    def advance(self, state, tokens):
        raise NotImplementedError("one by one")


@fault(LOGITS)
class AdvanceInDouble(FakeModel):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        return logits.astype(float), state


@fault(LOGITS)
class AdvanceLosesRows(FakeModel):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        return logits, {"hidden": state["hidden"][0]}


@fault(PURE)
class ChangesTokensInStep(FakeModel):
    def step(self, state, tokens):
        tokens[...] = np.maximum(tokens, 0)
        return super().step(state, tokens)


@fault(PURE)
class ChangesTokensInAdvance(FakeModel):
    def advance(self, state, tokens):
        tokens[...] = np.maximum(tokens, 0)
        return super().advance(state, tokens)


@fault(PURE)
class UnlocksItsState(FakeModel):
    def step(self, state, tokens):
        result = super().step(state, tokens)
        state["hidden"].flags.writeable = True
        state["hidden"][...] += 1
        return result


@fault(PURE)
class ChangesItsWeights(FakeModel):
    def step(self, state, tokens):
        self.arrays()["output_bias"][...] += 1
        return super().step(state, tokens)


@fault(AGAIN)
class DisturbedByAdvance(FakeModel):
    advanced = 0

    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits + np.float32(self.advanced), state

    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        self.advanced = 1
        return logits, state


@fault(AGAIN)
class OtherStateLater(FakeModel):
    stepped = 0

    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        self.stepped += 1
        return logits, {"hidden": state["hidden"] + np.float32(self.stepped)}


@fault(ROWS)
class MixesRowsInTheState(FakeModel):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        return logits, {"hidden": state["hidden"] - state["hidden"].mean(0, dtype=np.float32)}


@fault(ROWS)
class OrderOfRows(FakeModel):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        turned = len(tokens) > 1 and tokens[0, 0] != NO_TOKEN
        return logits + np.float32(turned), state


@fault(AT_ONCE)
class OtherLastState(FakeModel):
    def advance(self, state, tokens):
        logits, _ = super().advance(state, tokens)
        return logits, state


@fault(AT_ONCE)
class AdvancesFromNothing(FakeModel):
    def advance(self, state, tokens):
        return super().advance(self.initial_state(len(tokens)), tokens)


@fault(STREAM)
class OtherStream(FakeModel):
    def stream(self, state):
        stream = super().stream(state)
        step = stream.step
        stream.step = lambda token: step(token) + np.float32(token == 3)
        return stream


@fault(STREAM)
class BlankSnapshot(FakeModel):
    def stream(self, state):
        stream = super().stream(state)
        stream.snapshot = lambda: self.initial_state(1)
        return stream


@fault(STREAM)
class StreamsFromNothing(FakeModel):
    def stream(self, state):
        return super().stream(self.initial_state(1))


@fault("test_no_token_is_read_as_nothing_not_as_the_last_character")
class NaNForNothing(FakeModel):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        logits[tokens == NO_TOKEN] = np.nan
        return logits, state


@fault("test_a_trace_has_the_units_of_each_row_over_time")
class NoTrace(FakeModel):
    def trace(self, state, tokens):
        raise NotImplementedError("no trace")


@fault("test_a_trace_has_the_units_of_each_row_over_time")
class TurnedTrace(FakeModel):
    def trace(self, state, tokens):
        return {"hidden": np.zeros((*tokens.T.shape, 2), np.float32)}


@fault("test_a_trace_has_the_units_of_each_row_over_time")
class DeepTrace(FakeModel):
    def trace(self, state, tokens):
        return {"hidden": np.zeros((*tokens.shape, 2, 2), np.float32)}


@fault("test_the_views_of_a_mix_are_logits_of_its_characters")
class NoViews(FakeModel):
    def views(self, state, tokens):
        raise NotImplementedError("no views")


@fault("test_a_model_tells_its_size_in_words")
class HalfAWeight(FakeModel):
    parameter_count = 0.5


@fault("test_a_model_tells_its_size_in_words")
class FactsInNumbers(FakeModel):
    facts = {"depth": 3}  # noqa: RUF012


@dataclass(frozen=True)
class UnlikeItself(FakeConfig):
    """Equal to nothing."""

    def __eq__(self, other):
        return False

    __hash__ = None


@fault(FILE)
class OtherConfig(FakeModel):
    def __init__(self, vocabulary, kind, config, arrays):
        super().__init__(vocabulary, kind, UnlikeItself(config.units), arrays)


class Numbered(FakeModel):
    """Knows how many were made before."""

    made = 0

    def __init__(self, *given):
        super().__init__(*given)
        type(self).made += 1
        self.number = np.float32(self.made)


@fault(FILE)
class OtherResultsLater(Numbered):
    def step(self, state, tokens):
        logits, state = super().step(state, tokens)
        return logits + self.number, state


@fault(FILE)
class OtherStatesLater(Numbered):
    def advance(self, state, tokens):
        logits, state = super().advance(state, tokens)
        return logits, {"hidden": state["hidden"] + self.number}


@fault(FILE)
class OtherArraysLater(Numbered):
    def arrays(self):
        weights = super().arrays()
        return {**weights, "output_bias": weights["output_bias"] + self.number}

    def step(self, state, tokens):
        weights = self._arrays
        hidden = state["hidden"] / 2 + read_tokens(weights["embedding"], tokens)
        return hidden @ weights["output"], {"hidden": hidden}


@fault(FILE)
class ListedWeights(FakeModel):
    def arrays(self):
        return {"words": [1, 2]}


# Learners.


@fault("test_the_same_seed_gives_the_same_model")
class LearnsOtherwiseLater(FakeLearner):
    """Its losses are the same, its weights are not."""

    made = 0

    def __init__(self, *given):
        super().__init__(*given)
        type(self).made += 1
        self.number = self.made

    def model(self):
        model = super().model()
        model.arrays()["output_bias"][...] += self.number
        return model


@fault("test_the_same_seed_gives_the_same_model")
class TellsOtherLossesLater(LearnsOtherwiseLater):
    def update(self, batch, learning_rate):
        return super().update(batch, learning_rate) + self.number

    def model(self):
        return FakeLearner.model(self)


@fault("test_an_update_gives_its_loss_as_a_float")
class FailsToUpdate(FakeLearner):
    def update(self, batch, learning_rate):
        raise ZeroDivisionError("nothing to divide")


@fault("test_the_loss_falls")
class ClimbsUp(FakeLearner):
    def update(self, batch, learning_rate):
        return super().update(batch, -learning_rate)


@fault("test_a_model_is_a_snapshot_that_later_updates_do_not_change")
class ResultsThatAreNotItsWeights(FakeLearner):
    """Its models keep their arrays, and answer with the newest ones."""

    def model(self):
        start, newest = self._start, self._weights

        class Live(FakeModel):
            def advance(self, state, tokens):
                return FakeModel(start.vocabulary, start.kind, start.config, newest).advance(
                    state, tokens
                )

        return Live(start.vocabulary, start.kind, start.config, newest.copies())


@fault("test_a_learner_changes_neither_the_model_nor_the_batch_that_it_was_given")
class UnlocksItsBatch(FakeLearner):
    def update(self, batch, learning_rate):
        loss = super().update(batch, learning_rate)
        batch.targets.flags.writeable = True
        batch.targets[...] = 1
        return loss


@fault("test_what_a_resume_needs_is_copied")
class ResumesFromLists(FakeLearner):
    def arrays(self):
        return {**super().arrays(), "seen": [1, 2]}


@fault("test_several_updates_at_once_are_as_one_by_one")
class TellsOtherLossesAtOnce(FakeLearner):
    def update_many(self, batches, learning_rates):
        return [loss + 1 for loss in super().update_many(batches, learning_rates)]


@fault("test_several_updates_at_once_are_as_one_by_one")
class LearnsLessAtOnce(FakeLearner):
    def update_many(self, batches, learning_rates):
        start = self._weights.copies()
        losses = super().update_many(batches, learning_rates)
        for name, array in start.items():
            self._weights[name][...] = array
        return losses


@fault("test_several_updates_at_once_are_as_one_by_one")
class CannotDoSeveral(FakeLearner):
    def update_many(self, batches, learning_rates):
        raise NotImplementedError("one by one")


@fault("test_a_run_goes_on_exactly_from_its_file")
class ModelWithoutArrays(FakeLearner):
    def model(self):
        model = super().model()
        model.arrays = lambda: {"words": [1]}
        return model


@fault("test_a_run_goes_on_exactly_from_its_file")
class ModelWithObjects(FakeLearner):
    def model(self):
        model = super().model()
        model.arrays = lambda: {"words": np.array([{}])}
        return model


@fault("test_a_step_is_no_longer_than_the_clipped_gradient")
class ClipsTooLate(FakeLearner):
    def __init__(self, backend, model, plan):
        super().__init__(backend, model, replace(plan, clip_norm=1.5 * (plan.clip_norm or 1)))


@fault("test_the_gradient_is_the_slope_of_the_loss")
class FreezesOneAndWrongsAnother(FakeLearner):
    def _slopes(self, batch):
        loss, gradients = super()._slopes(batch)
        return loss, {
            **gradients,
            "embedding": gradients["embedding"] * 0,
            "output_bias": gradients["output_bias"] * 1.5,
        }


@fault("test_a_run_goes_on_exactly_from_its_file")
class RestoresHalf(FakeLearner):
    """Learns on as if nothing had been restored but the optimiser."""

    def restore(self, arrays):
        self._optimiser.restore(arrays)


@fault("test_a_run_goes_on_exactly_from_its_file")
class TellsOtherLossesResumed(FakeLearner):
    more = 0

    def restore(self, arrays):
        super().restore(arrays)
        self.more = 1

    def update(self, batch, learning_rate):
        return super().update(batch, learning_rate) + self.more


@fault("test_a_run_goes_on_exactly_from_its_file")
class LearnsOtherwiseResumed(TellsOtherLossesResumed):
    def update(self, batch, learning_rate):
        return FakeLearner.update(self, batch, learning_rate)

    def model(self):
        model = super().model()
        model.arrays()["output_bias"][...] += self.more
        return model


# Backends.


@fault(LOGITS)
class CreatesNothing(FakeBackend):
    def create(self, vocabulary, kind, config, rng):
        raise ZeroDivisionError("nothing to divide")


@fault("test_an_update_gives_its_loss_as_a_float")
class LearnerThatBreaks(FakeBackend):
    def learner(self, model, plan):
        raise ZeroDivisionError("nothing to divide")


@fault("test_arrays_that_do_not_fit_are_refused")
class LoadsWithoutABias(FakeBackend):
    def load(self, vocabulary, kind, config, arrays):
        if "output" not in arrays:
            raise RuntimeError("no output")
        return super().load(vocabulary, kind, config, arrays)


@fault("test_it_says_what_it_is")
class NameOfNumbers(FakeBackend):
    name = 3


@fault("test_it_says_what_it_is")
class NoSummary(FakeBackend):
    summary = ""


@fault("test_its_configuration_is_a_frozen_dataclass_of_options")
class PlainClass(FakeBackend):
    class Config:
        """No dataclass."""


@fault("test_its_configuration_is_a_frozen_dataclass_of_options")
class UnlikeItsFile(FakeBackend):
    Config = UnlikeItself


class Refusing(FakeBackend):
    """Refuses what it is created with, in words or not."""

    message, hint = "too small", "take more units"

    def create(self, vocabulary, kind, config, rng):
        if config.units == 1:
            raise UsageError(self.message, self.hint)
        return super().create(vocabulary, kind, config, rng)


@fault("test_a_configuration_that_cannot_be_is_refused_in_words")
class RefusesWithoutAHint(Refusing):
    hint = ""


@fault("test_a_configuration_that_cannot_be_is_refused_in_words")
class RefusesWithoutWords(Refusing):
    message = ""


@fault("test_a_configuration_that_cannot_be_is_refused_in_words")
class BreaksInUse(FakeBackend):
    def load(self, vocabulary, kind, config, arrays):
        model = super().load(vocabulary, kind, config, arrays)
        if config.units == 1:
            model.step = None
        return model


@fault("test_a_configuration_that_cannot_be_is_refused_in_words")
class BreaksOnASwitch(FakeBackend):
    """Its first option may be given several times, and is passed over."""

    @dataclass(frozen=True)
    class Config(FakeConfig):
        words: tuple[str, ...] = option((), "words")
        deep: bool = option(False, "deep")

    def create(self, vocabulary, kind, config, rng):
        if config.deep:
            raise ZeroDivisionError("too deep")
        return super().create(vocabulary, kind, config, rng)


@fault("test_it_learns_more_characters_or_says_that_it_cannot")
class GrowsWithoutAHint(FakeBackend):
    def grow(self, arrays, old, new, config, rng):
        raise UsageError("cannot grow", "")


@fault("test_it_learns_more_characters_or_says_that_it_cannot")
class GrowsWithoutWords(FakeBackend):
    def grow(self, arrays, old, new, config, rng):
        raise UsageError("", "leave them out")


@fault("test_it_learns_more_characters_or_says_that_it_cannot")
class GrowsNothing(FakeBackend):
    def grow(self, arrays, old, new, config, rng):
        return arrays


class GrownLearner(FakeLearner):
    """Fails where what it is restored from is not what it gave."""

    def restore(self, arrays):
        raise KeyError("moments")


@fault("test_it_learns_more_characters_or_says_that_it_cannot")
class CannotRestoreWhatGrew(FakeBackend):
    def learner(self, model, plan):
        return GrownLearner(self, model, plan)


@fault("test_it_learns_more_characters_or_says_that_it_cannot")
class LosesItselfGrown(FakeBackend):
    def learner(self, model, plan):
        learner = super().learner(model, plan)
        if "~" in model.vocabulary:
            update = learner.update
            learner.update = lambda batch, rate: update(batch, rate) * float("nan")
        return learner


@fault("test_it_tells_the_memory_that_a_run_needs_or_none")
class NoMemory(FakeBackend):
    def memory_needed(self, config, plan, facts):
        return 0


@fault("test_it_tells_the_memory_that_a_run_needs_or_none")
class CannotTellMemory(FakeBackend):
    def memory_needed(self, config, plan, facts):
        raise ZeroDivisionError("no memory")


@fault("test_what_it_proposes_can_be_done")
class CannotPropose(FakeBackend):
    def propose(self, facts, minutes):
        raise ZeroDivisionError("no minutes")


@fault("test_what_it_proposes_can_be_done")
class ExpectsNothing(FakeBackend):
    def propose(self, facts, minutes):
        proposal = super().propose(facts, None)
        return Proposal(proposal.plan, expected=float("nan"))


@fault("test_what_it_proposes_can_be_done")
class ProposesWhatCannotBeCut(FakeBackend):
    def propose(self, facts, minutes):
        proposal = super().propose(facts, None)
        plan = replace(proposal.plan, cutting="stream", batch_size=400, length=400)
        return replace(proposal, plan=plan)


@fault("test_what_training_lacks_is_named")
class NamesPackagesWithoutAHint(FakeBackend):
    def check_trainable(self):
        raise UsageError(f"needs {', '.join(self.requires)}", "")


@fault("test_what_training_lacks_is_named")
class BreaksOnPackages(FakeBackend):
    def check_trainable(self):
        raise ImportError("a_package_that_nobody_has")


@fault("test_what_training_lacks_is_named")
class NeedsNothing(FakeBackend):
    def check_trainable(self):
        pass


def first_told(part, check, folder):
    """The first message of a fault; what differs between machines as `#`."""
    told = next(messages_of(contract_of(broken(part)), check, folder))
    told = re.sub(
        r"-?\d+\.\d*(e[-+]\d+)?|\bnan\b|(?<=<class ')(tests\.testing\.)?test_\w+", "#", told
    )
    told = re.sub("SafetensorError: .*", "SafetensorError: #", told)
    return "\n".join(line.rstrip() for line in told.splitlines())


EVERY = {name: (part, check) for name, (part, check, _) in FAULTS.items()} | MORE


def read_told():
    sections = TOLD.read_text(encoding="utf-8").split("== ")[1:]
    return dict(section.rstrip().split("\n", 1) for section in sections)


@pytest.mark.parametrize("name", sorted(EVERY.keys() - _BY_LUCK))
def test_a_fault_is_told_whole(name, tmp_path):
    part, check = EVERY[name]
    for each in (Numbered, LearnsOtherwiseLater):
        each.made = 0
    assert first_told(part, check, tmp_path) == read_told()[name]


def test_each_message_belongs_to_a_fault():
    assert read_told().keys() == EVERY.keys() - _BY_LUCK


@pytest.mark.parametrize("check", sorted({check for _, check in MORE.values()}))
def test_a_backend_without_a_fault_passes_each_of_these_checks(check, tmp_path):
    assert not list(messages_of(contract_of(FakeBackend()), check, tmp_path))
