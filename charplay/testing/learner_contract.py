"""What every learner is held to: losses, snapshots, the options of a plan, gradients."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from charplay.errors import UsageError
from charplay.kind import Kind
from charplay.models.arrays import Array, Arrays
from charplay.models.contract import Learner, Model
from charplay.plan import Plan
from charplay.testing.explaining import asking, check, check_same, check_same_arrays, fail_with
from charplay.testing.model_contract import CLOSE, ModelContract, check_arrays, copies, tokens_for
from charplay.testing.texts import PLANS, tiny_corpus
from charplay.text.batching import Batch, cut_batches
from charplay.text.tokens import NO_TOKEN
from charplay.training.evaluation import loss_of, negative_log_likelihood

_RATE = 0.02
_UPDATES = 4
_LEARNING_UPDATES = 30
# Sides of a central difference; how far single precision lets the slope be from it.
_ASIDE, _SLOPE_CLOSE = 0.02, 0.05
_DECAY, _SMALL = 0.5, 1e-3


class LearnerContract(ModelContract):
    """The checks of learners, after those of models.

    plans: ways to cut a text, each by its name: the kind of text and a plan.
    """

    plans: ClassVar[Mapping[str, tuple[Kind, Plan]]] = PLANS
    _taken: ClassVar[dict[Kind, Plan | None]]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls._taken = {}

    def make_model(self, kind: Kind) -> Model:
        """A model that has learned a little, where this machine can train it."""
        if self.backend.missing():
            return self.create_model(kind)
        learner = self.learner(kind)
        self.learn(learner, self.plan(kind), kind, range(_UPDATES))
        return learner.model()

    def plan(self, kind: Kind, **changes: Any) -> Plan:
        """The first plan for a kind of text that the backend takes, with other options."""
        if kind not in self._taken:
            plans = (plan for of_kind, plan in self.plans.values() if of_kind == kind)
            self._taken[kind] = next((plan for plan in plans if self._takes(kind, plan)), None)
        taken = self._taken[kind]
        if taken is None:
            pytest.skip(f"{self.backend.name} takes none of the plans for {kind}")
        return taken.changed(changes)

    def _takes(self, kind: Kind, plan: Plan) -> bool:
        try:
            self.learner(kind, plan)
        except UsageError:
            return False
        return True

    def learner(
        self, kind: Kind, plan: Plan | None = None, arrays: Arrays | None = None
    ) -> Learner:
        """A learner of a new model, or of one with these arrays; UsageError where it is refused."""
        missing = self.backend.missing()
        if missing:
            pytest.skip(f"training with {self.backend.name} needs {', '.join(missing)}")
        model = self.create_model(kind)
        if arrays is not None:
            model = self.backend.load(model.vocabulary, kind, model.config, arrays)
        plan = plan or self.plan(kind)
        try:
            return self.backend.learner(model, plan)
        except UsageError:
            raise
        except Exception as error:
            asks = "`learner` makes a learner of a model, or raises UsageError"
            fail_with(asks, {"plan": _told(plan), "what_came": repr(error)})

    def learn(
        self, learner: Learner, plan: Plan, kind: Kind, updates: Iterable[int], rate: float = _RATE
    ) -> list[float]:
        """The losses of updates on the tiny text, whose batches have these numbers."""
        corpus = tiny_corpus(kind)
        batches = cut_batches(corpus, corpus.vocabulary, plan)
        with asking("`update` takes a step on a batch and gives its loss", plan=_told(plan)):
            return [learner.update(batches.batch(number), rate) for number in updates]

    def first_batch(self, kind: Kind, plan: Plan) -> Batch:
        """The first batch of the tiny text."""
        corpus = tiny_corpus(kind)
        return cut_batches(corpus, corpus.vocabulary, plan).batch(0)

    def test_an_update_gives_its_loss_as_a_float(self, kind: Kind) -> None:
        asks = "`update` returns the loss as a finite Python float, in nats"
        losses: list[Any] = self.learn(self.learner(kind), self.plan(kind), kind, range(_UPDATES))
        for loss in losses:
            check(isinstance(loss, float) and math.isfinite(loss), asks, type=type(loss), came=loss)

    def test_the_loss_falls(self, kind: Kind) -> None:
        asks = "the loss on a tiny text falls while it is learned"
        learner, corpus = self.learner(kind), tiny_corpus(kind)
        before = loss_of(learner.model(), corpus)
        self.learn(learner, self.plan(kind), kind, range(_LEARNING_UPDATES))
        after = loss_of(learner.model(), corpus)
        check(after < before, asks, before=before, after_updates=_LEARNING_UPDATES, came=after)

    def test_the_same_seed_gives_the_same_model(self, kind: Kind) -> None:
        asks = "the same seed, text and plan give the same losses and the same model"
        runs = []
        for _ in range(2):
            learner = self.learner(kind)
            losses = self.learn(learner, self.plan(kind), kind, range(_UPDATES))
            runs.append((losses, learner.model().arrays()))
        (losses, arrays), (others, theirs) = runs
        check_same(losses, others, asks, CLOSE)
        check_same_arrays(arrays, theirs, asks, CLOSE)

    def test_a_model_is_a_snapshot_that_later_updates_do_not_change(self, kind: Kind) -> None:
        asks = "`model` gives a snapshot: later updates do not change it"
        learner, plan = self.learner(kind), self.plan(kind)
        self.learn(learner, plan, kind, range(_UPDATES))
        model = learner.model()
        tokens, weights = tokens_for(model), copies(model.arrays())
        before = np.array(model.advance(model.initial_state(len(tokens)), tokens)[0])
        self.learn(learner, plan, kind, range(_UPDATES, 2 * _UPDATES))
        after, _ = model.advance(model.initial_state(len(tokens)), tokens)
        check_same_arrays(model.arrays(), weights, asks)
        check_same(after, before, asks, tokens=tokens)

    def test_a_learner_changes_neither_the_model_nor_the_batch_that_it_was_given(
        self, kind: Kind
    ) -> None:
        asks = "a learner changes neither its first model nor the batches that it learns from"
        plan, model = self.plan(kind), self.create_model(kind)
        weights, batch = copies(model.arrays()), self.first_batch(kind, plan)
        given = copies({"inputs": batch.inputs, "targets": batch.targets})
        learner = self.backend.learner(model, plan)
        for array in (batch.inputs, batch.targets):
            array.flags.writeable = False
        with asking(f"{asks}: they may be read-only"):
            learner.update(batch, _RATE)
        check_same_arrays(model.arrays(), weights, asks)
        check_same_arrays({"inputs": batch.inputs, "targets": batch.targets}, given, asks)

    def test_what_a_resume_needs_is_copied(self, kind: Kind) -> None:
        asks = "`arrays` gives copies: later updates do not change them"
        learner, plan = self.learner(kind), self.plan(kind)
        self.learn(learner, plan, kind, range(_UPDATES))
        kept = learner.arrays()
        check_arrays(kept)
        before = copies(kept)
        self.learn(learner, plan, kind, range(_UPDATES, 2 * _UPDATES))
        check_same_arrays(kept, before, asks)

    def test_several_updates_at_once_are_as_one_by_one(self, kind: Kind) -> None:
        asks = "`update_many` gives what one `update` after another gives"
        plan, corpus = self.plan(kind), tiny_corpus(kind)
        batches = cut_batches(corpus, corpus.vocabulary, plan)
        single, together = self.learner(kind, plan), self.learner(kind, plan)
        losses = self.learn(single, plan, kind, range(_UPDATES))
        with asking(asks):
            several = together.update_many(
                [batches.batch(number) for number in range(_UPDATES)], [_RATE] * _UPDATES
            )
        check_same(several, losses, asks, CLOSE)
        check_same_arrays(together.model().arrays(), single.model().arrays(), asks, CLOSE)

    def test_the_loss_is_reduced_as_the_plan_says(self, kind: Kind) -> None:
        asks = (
            "`reduction` sum: the loss of a batch is summed over a row's characters, not averaged"
        )
        self._needs("reduction")
        batch = self.first_batch(kind, self.plan(kind))
        more = batch.characters / len(batch.targets)
        mean, summed = (
            self._loss_and_step(kind, self.plan(kind, reduction=each, **self._descent()))
            for each in ("mean", "sum")
        )
        check_same(summed[0], mean[0] * more, asks, CLOSE, mean=mean[0], characters_a_row=more)
        if "optimiser" in self.backend.honours:
            asks = "`reduction` acts on the gradient as on the loss"
            longer = {name: step * more for name, step in mean[1].items()}
            check_same_arrays(summed[1], longer, asks, CLOSE)

    def test_a_target_of_no_token_is_not_scored(self, kind: Kind) -> None:
        asks = "targets that are NO_TOKEN (-1) are not scored: the losses of two halves add up"
        plan = self.plan(kind)
        batch = self.first_batch(kind, plan)
        if (batch.targets != NO_TOKEN).sum(axis=1).max() < 2:
            pytest.skip("a batch of this plan has one scored character a row")
        middle = batch.targets.shape[1] // 2
        summed = [
            self.learner(kind, plan).update(part, _RATE) * part.loss_scale(plan)
            for part in (
                batch,
                _without(batch, slice(middle)),
                _without(batch, slice(middle, None)),
            )
        ]
        check_same(summed[0], summed[1] + summed[2], asks, CLOSE, first_half=summed[2],
                   second_half=summed[1])  # fmt: skip

    @pytest.mark.parametrize("option", ["clip_value", "clip_norm", "weight_decay", "optimiser"])
    def test_an_option_that_is_honoured_makes_a_difference(self, kind: Kind, option: str) -> None:
        asks = f"an option in `honours` changes what is learned: {option}"
        self._needs(option)
        plain = self.plan(kind, **self._descent())
        values = {"clip_value": _SMALL, "clip_norm": _SMALL, "weight_decay": _DECAY}
        other = "adam" if plain.optimiser == "sgd" else "sgd"
        changed = plain.changed({option: values.get(option, other)})
        _, step = self._loss_and_step(kind, plain)
        _, with_option = self._loss_and_step(kind, changed)
        same = all(np.allclose(step[name], with_option[name], CLOSE, 1e-7) for name in step)
        check(not same, asks, value=getattr(changed, option), change_of_weights=with_option)

    def test_a_step_is_no_longer_than_the_clipped_gradient(self, kind: Kind) -> None:
        asks = "`clip_norm` limits the norm of the whole gradient, all weights together"
        self._needs("clip_norm", "optimiser")
        plan = self.plan(kind, optimiser="sgd", clip_norm=_SMALL)
        _, step = self._loss_and_step(kind, plan)
        norm = math.sqrt(sum(float(np.square(each).sum()) for each in step.values()))
        check(norm <= _SMALL * 1.1, asks, clip_norm=_SMALL, rate=1, length_of_the_step=norm)

    def test_the_gradient_is_the_slope_of_the_loss(self, kind: Kind) -> None:
        asks = "plain descent moves each weight by the rate times the slope of the loss"
        self._needs("optimiser")
        plan = self.plan(kind, optimiser="sgd")
        model = self.create_model(kind)
        _, step = self._loss_and_step(kind, plan)
        for name, moved in step.items():
            slope = math.sqrt(float(np.square(moved).sum()))
            if slope < _SMALL:
                continue
            aside = _ASIDE / slope * moved
            sides = [
                {**model.arrays(), name: model.arrays()[name] + sign * aside} for sign in (-1, 1)
            ]
            # Inference gives the same loss, often faster, unless there is dropout and the like.
            numeric = self._slope_between(sides, kind, plan, self._inferred_loss)
            if not math.isclose(numeric, slope, rel_tol=_SLOPE_CLOSE):
                numeric = self._slope_between(sides, kind, plan, self._loss_of)
            check_same(numeric, slope, asks, _SLOPE_CLOSE, array=name)

    def _slope_between(
        self,
        sides: Sequence[Arrays],
        kind: Kind,
        plan: Plan,
        loss_with: Callable[[Kind, Plan, Arrays], float],
    ) -> float:
        """The slope of the loss between two sets of weights, by a central difference."""
        higher, lower = (loss_with(kind, plan, arrays) for arrays in sides)
        return (higher - lower) / (2 * _ASIDE)

    def _needs(self, *options: str) -> None:
        """Skip the check of options that the backend does not honour."""
        missing = sorted({*options} - self.backend.honours)
        if missing:
            pytest.skip(f"{self.backend.name} does not honour {' and '.join(missing)}")

    def _descent(self) -> dict[str, str]:
        """Plain descent, where the learners know it: its steps are the gradients."""
        return {"optimiser": "sgd"} if "optimiser" in self.backend.honours else {}

    def _loss_and_step(self, kind: Kind, plan: Plan) -> tuple[float, dict[str, Array]]:
        """The loss of the first batch, and how far one update at a rate of 1 moves the weights."""
        learner = self.learner(kind, plan)
        before = copies(_floats(learner.model().arrays()))
        loss = learner.update(self.first_batch(kind, plan), 1.0)
        after = learner.model().arrays()
        return loss, {name: after[name] - before[name] for name in before}

    def _inferred_loss(self, kind: Kind, plan: Plan, arrays: Arrays) -> float:
        """The loss of the first batch as a model of these weights has it, reduced."""
        new, batch = self.create_model(kind), self.first_batch(kind, plan)
        model = self.backend.load(new.vocabulary, kind, new.config, arrays)
        logits, _ = model.advance(model.initial_state(len(batch.inputs)), batch.inputs)
        return negative_log_likelihood(logits, batch.targets) / batch.loss_scale(plan)

    def _loss_of(self, kind: Kind, plan: Plan, arrays: Arrays) -> float:
        """The loss of the first batch with these weights."""
        return self.learner(kind, plan, arrays).update(self.first_batch(kind, plan), _RATE)


def _without(batch: Batch, columns: slice) -> Batch:
    """A batch whose targets in some columns are not scored."""
    targets = batch.targets.copy()
    targets[:, columns] = NO_TOKEN
    return batch._replace(targets=targets, characters=int((targets != NO_TOKEN).sum()))


def _floats(arrays: Arrays) -> dict[str, NDArray[Any]]:
    """The arrays of floats: weights that a gradient can move."""
    return {
        name: array for name, array in arrays.items() if np.issubdtype(array.dtype, np.floating)
    }


def _told(plan: Plan) -> str:
    """What tells one plan of these checks from another."""
    names = ("cutting", "batch_size", "length", "scored", "carry", "reduction", "optimiser")
    return ", ".join(f"{name} {getattr(plan, name)}" for name in names)
