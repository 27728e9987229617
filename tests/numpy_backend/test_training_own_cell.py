"""A cell of one's own in training: one class and one line of a table in core and plugin each."""

import numpy as np
import pytest

import charplay.models.cells
from charplay_numpy import config as plugin
from charplay_numpy.cells import TrainingCell
from charplay_numpy.config import NumpyConfig
from tests.models.test_own_cell import MinimalGatedCell
from tests.numpy_backend.test_gradients import (
    BACKEND,
    PADDED,
    PLAN,
    VOCABULARY,
    differences,
    learner_of,
    random_arrays,
)


class MinimalGatedTraining(TrainingCell):
    """The loops of the cell u = (tanh(p_u) + 1) / 2, n = tanh(p_n), h' = h + u (n - h)."""

    def forward_steps(self, length, recurrent, recurrent_bias):
        for t, read in zip(range(length), self.recurrent_inputs()):
            z, before = self.z[t], self.h[t]
            z += read @ recurrent
            np.tanh(z, z)
            u, n = z[:, : self.units], z[:, self.units :]
            self.h[t + 1][...] = before + (u + 1) / 2 * (n - before)

    def backward(self, length, recurrent):
        direct = 0
        for t in reversed(range(length)):
            z, dh = self.z[t], self.dh[t]
            if t < length - 1:
                dh += self.through_product(self.z[t + 1], recurrent.T) + direct
            u, n = z[:, : self.units].copy(), z[:, self.units :].copy()
            z[:, : self.units] = dh * (n - self.h[t]) / 2 * (1 - u**2)
            z[:, self.units :] = dh * (u + 1) / 2 * (1 - n**2)
            direct = dh * (1 - (u + 1) / 2)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(charplay.models.cells.CELLS, "minimal", MinimalGatedCell())
    line = f"{__name__}:MinimalGatedTraining"
    monkeypatch.setitem(plugin.TRAINING_CELLS, "minimal", line)


@pytest.mark.parametrize("more", [{}, {"embedding": 3}, {"layers": 2, "recurrent_dropout": 0.4}])
def test_every_gradient_of_a_cell_of_ones_own_is_the_slope_of_the_loss(more):
    config = NumpyConfig(cell="minimal", hidden=5, precision="float64", **more)
    arrays = random_arrays(config)
    learner = learner_of(config, arrays)
    learner.gradient(PADDED)
    numeric = differences(config, arrays, PADDED, PLAN)
    assert learner.gradients.keys() == numeric.keys()
    for name, gradient in learner.gradients.items():
        np.testing.assert_allclose(gradient, numeric[name], rtol=1e-6, atol=1e-8, err_msg=name)


def test_a_network_of_a_cell_of_ones_own_learns_and_its_model_agrees_with_its_loss():
    config = NumpyConfig(cell="minimal", hidden=16)
    model = BACKEND.create(VOCABULARY, "names", config, np.random.default_rng(0))
    learner = BACKEND.learner(model, PLAN)
    losses = learner.update_many([PADDED] * 200, [0.5] * 200)
    assert losses[-1] < losses[0] / 3
    trained = learner.model()
    logits, _ = trained.advance(trained.initial_state(len(PADDED.inputs)), PADDED.inputs)
    shares = np.exp(logits) / np.exp(logits).sum(-1, keepdims=True)
    picked = np.take_along_axis(shares, np.maximum(PADDED.targets, 0)[..., None], -1)[..., 0]
    loss = -np.log(picked[PADDED.targets >= 0]).mean()
    assert learner.gradient(PADDED) == pytest.approx(loss, rel=1e-5)
