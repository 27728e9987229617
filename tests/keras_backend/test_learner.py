"""What an update does, and that a run taken up again goes on as if it had never stopped."""

import numpy as np
import pytest

from charplay.models.checkpoint import Checkpoint, read_checkpoint
from charplay.plan import Plan, Stage
from charplay.text.batching import Batch, pad_rows
from charplay.text.corpus import Prose
from charplay.text.tokens import NO_TOKEN
from charplay.training.counters import RunCounters
from charplay.training.evaluation import negative_log_likelihood
from charplay.training.texts import RunTexts
from charplay.training.trainer import Trainer
from charplay_keras.backend import KerasBackend


def tokens(rows=3, length=7, seed=0):
    return np.random.default_rng(seed).integers(0, 9, (rows, length)).astype(np.int32)


def batch_of(inputs, targets, fresh=True):
    return Batch(inputs, targets, fresh, int((targets != NO_TOKEN).sum()))


def difference(one, other):
    """The greatest difference between two models in any weight."""
    arrays = other.arrays()
    return max(float(np.abs(array - arrays[name]).max()) for name, array in one.arrays().items())


def moved(learn, model, batch, rate, **plan):
    """How far an update moves each array."""
    learner = learn(model, length=batch.inputs.shape[1], **plan)
    learner.update(batch, rate)
    after = learner.model().arrays()
    return {name: after[name] - before for name, before in model.arrays().items()}


# The loss.


def test_the_loss_is_that_of_numpys_inference_and_the_state_is_carried_until_a_fresh_batch(
    make, learn
):
    model = make(layers=2, embedding=4)
    learner, state = learn(model, length=7), model.initial_state(3)
    for seed, fresh in enumerate((True, False, False, True)):
        inputs, targets = tokens(seed=seed), tokens(seed=seed + 10)
        state = model.initial_state(3) if fresh else state
        logits, state = model.advance(state, inputs)
        expected = negative_log_likelihood(logits, targets) / targets.size
        assert learner.update(batch_of(inputs, targets, fresh), 0.0) == pytest.approx(
            expected, abs=1e-5
        )


def test_rows_that_a_last_batch_lacks_count_for_nothing(make, learn):
    model = make(cell="gru")
    learner = learn(model, cutting="windows", length=7, batch_size=5)
    inputs, targets = tokens(2), tokens(2, seed=1)
    logits, _ = model.advance(model.initial_state(2), inputs)
    expected = negative_log_likelihood(logits, targets) / targets.size
    assert learner.update(batch_of(inputs, targets), 0.0) == pytest.approx(expected, abs=1e-5)


def test_of_a_window_the_last_character_alone_may_be_scored(make, learn):
    model = make(cell="unrolled", embedding=4, window=7)
    learner = learn(model, cutting="windows", scored="last", length=7)
    inputs, targets = tokens(), np.full((3, 7), NO_TOKEN, np.int32)
    targets[:, -1] = (1, 2, 3)
    logits, _ = model.advance(model.initial_state(3), inputs)
    expected = negative_log_likelihood(logits, targets) / 3
    assert learner.update(batch_of(inputs, targets), 0.0) == pytest.approx(expected, abs=1e-5)


def test_names_of_all_lengths_are_learned_from_by_one_compiled_step(make, keras):
    model = make(kind="names", cell="rnn")
    plan = Plan(cutting="names", batch_size=3, reduction="sum")
    learner = KerasBackend().learner(model, plan)  # itself, for its step is looked at
    for length in (4, 2, 9):
        rows = [np.array([NO_TOKEN, *range(size), 0], np.int32) for size in (1, length, length)]
        batch = pad_rows(rows)
        logits, _ = model.advance(model.initial_state(3), batch.inputs)
        expected = negative_log_likelihood(logits, batch.targets) / 3
        assert learner.update(batch, 0.0) == pytest.approx(expected, abs=1e-4)
    assert learner._step.experimental_get_tracing_count() == 1


# The update.


@pytest.mark.parametrize("embedding", [0, 4])
def test_adam_is_that_of_keras(make, learn, keras, embedding):
    model, layers = make(cell="rnn", embedding=embedding), keras.layers
    seen = keras.Input((7,), dtype="int32")
    read = layers.Embedding(9, 4)(seen) if embedding else keras.ops.one_hot(seen, 9)
    hidden = layers.SimpleRNN(6, return_sequences=True)(read)
    theirs = keras.Model(seen, layers.Dense(9, "softmax")(hidden))
    theirs.set_weights([np.asarray(array) for array in model.arrays().values()])
    theirs.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    learner = learn(model, length=7)
    for seed, rate in enumerate((0.01, 0.01, 0.01, 0.001, 0.001)):
        inputs, targets = tokens(seed=seed), tokens(seed=seed + 10)
        learner.update(batch_of(inputs, targets), rate)
        theirs.optimizer.learning_rate = rate
        theirs.train_on_batch(inputs, targets)
    for ours, expected in zip(learner.model().arrays().values(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(ours, expected, rtol=0, atol=1e-5)


def test_gradients_are_limited_each_in_size_and_then_together_in_norm(make, learn):
    from charplay.training.optimiser import clip_gradients

    model, batch = make(), batch_of(tokens(), tokens(seed=1))
    free = moved(learn, model, batch, 1.0, optimiser="sgd")
    limits = {"clip_value": 0.02, "clip_norm": 0.1}
    held = moved(learn, model, batch, 1.0, optimiser="sgd", **limits)
    expected = np.concatenate([-change.ravel() for change in free.values()])
    clip_gradients(expected, Plan(**limits))
    found = np.concatenate([-change.ravel() for change in held.values()])
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)
    assert np.linalg.norm(found) == pytest.approx(0.1, abs=1e-5)


def test_weights_decay_apart_from_the_gradient(make, learn):
    model, batch = make(cell="rnn"), batch_of(tokens(), tokens(seed=1))
    free = moved(learn, model, batch, 0.1)
    decayed = moved(learn, model, batch, 0.1, weight_decay=0.5)
    for name, before in model.arrays().items():
        np.testing.assert_allclose(
            decayed[name], free[name] - 0.1 * 0.5 * before, rtol=0, atol=1e-6
        )


def test_several_updates_are_the_same_as_one_after_another(make, learn):
    model = make(cell="gru", dropout=0.3)
    batches = [batch_of(tokens(seed=seed), tokens(seed=seed + 9), not seed) for seed in range(4)]
    rates = [0.1, 0.05, 0.02, 0.01]
    single, together = learn(model, length=7), learn(model, length=7)
    losses = [single.update(batch, rate) for batch, rate in zip(batches, rates, strict=True)]
    assert together.update_many(batches, rates) == pytest.approx(losses, abs=1e-6)
    assert difference(single.model(), together.model()) < 1e-6


def test_any_seed_of_a_plan_serves_dropout(make, learn):
    learner = learn(make(cell="rnn", dropout=0.5), length=7, seed=2**63 - 1)
    assert np.isfinite(learner.update(batch_of(tokens(), tokens(seed=1)), 0.1))


def test_a_model_taken_from_a_learner_is_left_alone_by_later_updates(make, learn):
    learner = learn(make(), length=7)
    taken = learner.model()
    before = {name: array.copy() for name, array in taken.arrays().items()}
    learner.update(batch_of(tokens(), tokens(seed=1)), 0.1)
    for name, array in taken.arrays().items():
        np.testing.assert_array_equal(array, before[name])


# An exact resume.

TEXT = Prose.of("".join(np.random.default_rng(3).choice(list("\n abcdefg"), 700)), "text", "")
PLAN = Plan(
    cutting="stream",
    batch_size=3,
    length=7,
    held_out=0,
    checkpoint_seconds=1e9,
    stages=(Stage(updates=30, learning_rate=0.01), Stage(updates=50, learning_rate=0.001)),
)
TEXTS = RunTexts.split(TEXT, PLAN.held_out)


def trainer_of(learner, counters=None, save=lambda *kept: None):
    return Trainer(learner, TEXTS, PLAN, save=save, clock=lambda: 0.0, counters=counters)


def test_fifty_updates_after_a_resume_no_weight_is_far_from_a_run_that_did_not_stop(
    make, backend, keras, tmp_path
):
    model = make(layers=2, embedding=4, dropout=0.4)
    unbroken = trainer_of(backend.learner(model, PLAN))
    list(unbroken.train())

    stopped = trainer_of(backend.learner(model, PLAN))
    file = tmp_path / "last.safetensors"

    def save(which, model, arrays, standing):
        more = {"history": standing.history, "progress": standing.to_dict()}
        Checkpoint.of(model, backend, arrays, **more).save(file)

    stopped._save = save
    list(stopped.train(lambda: stopped.counters.update >= 20))
    checkpoint = read_checkpoint(file)
    standing = RunCounters.from_header(checkpoint.header)
    assert 20 <= standing.update <= 30

    learner = backend.learner(checkpoint.model(backend), PLAN)
    learner.restore(checkpoint.learner)
    resumed = trainer_of(learner, standing)
    list(resumed.train())
    assert resumed.counters.update - standing.update >= 50
    assert difference(unbroken.model(), resumed.model()) < 1e-5
    assert difference(unbroken.model(), model) > 0.01
    # What was noted before the stop was not of whole epochs; what is noted after it is.
    assert resumed.counters.history[-1] == pytest.approx(unbroken.counters.history[-1], abs=1e-5)
