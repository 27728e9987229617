"""The backend `torch` beside PyTorch's own layers, loss and optimisers."""

import numpy as np
import pytest

from charplay.errors import UsageError
from charplay.options import build
from charplay.plan import Plan
from charplay.text.batching import Batch
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary

torch = pytest.importorskip("torch", reason="PyTorch is not installed: charplay[torch]")

LETTERS = Vocabulary("\n abcdefg")
ROWS, LENGTH, SIZE, UNITS = 3, 7, 9, 6
CELLS = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
STATES = {"rnn": ["hidden"], "lstm": ["hidden", "cell"], "gru": ["hidden"]}


@pytest.fixture(scope="module")
def backend(registry):
    return registry.backends.find("torch")


@pytest.fixture
def make(backend):
    """Makes a small model by its network's options."""

    def made(vocabulary=LETTERS, **config):
        config = build(backend.Config, {"hidden": UNITS, **config})
        return backend.create(vocabulary, "prose", config, np.random.default_rng(7))

    return made


@pytest.fixture
def learn(backend):
    """Makes a learner of a model, by options of a plan."""

    def learner(model, **plan):
        plan = {"cutting": "stream", "batch_size": ROWS, "length": LENGTH, **plan}
        return backend.learner(model, Plan(**plan))

    return learner


def batch_of(seed=0, fresh=True):
    drawn = np.random.default_rng(seed).integers(0, SIZE, (ROWS, LENGTH + 1)).astype(np.int32)
    drawn[0, 0] = drawn[1, -1] = NO_TOKEN
    return Batch(drawn[:, :-1], drawn[:, 1:], fresh, ROWS * LENGTH - 1)


class PlainNetwork(torch.nn.Module):
    """Layers of PyTorch over one-hot characters, with the weights of a model."""

    def __init__(self, model, cell, layers=1):
        super().__init__()
        self.layers = CELLS[cell](SIZE, UNITS, layers, batch_first=True)
        self.output = torch.nn.Linear(UNITS, SIZE)
        self.load_state_dict({name: torch.tensor(a) for name, a in model.arrays().items()})

    def loss(self, batch, state):
        """The summed loss of a batch, and the state after it."""
        seen = torch.tensor(batch.inputs, dtype=torch.long)
        one_hot = torch.nn.functional.one_hot(seen.clamp(min=0), SIZE) * (seen >= 0)[..., None]
        hidden, state = self.layers(one_hot.float(), state)
        targets = torch.tensor(batch.targets, dtype=torch.long).flatten()
        loss = torch.nn.CrossEntropyLoss(ignore_index=NO_TOKEN, reduction="sum")
        return loss(self.output(hidden).flatten(0, 1), targets), state


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("layers", [1, 2])
def test_a_model_samples_what_its_network_computes(make, cell, layers):
    model = make(cell=cell, layers=layers)
    tokens = batch_of().inputs
    with torch.no_grad():
        network = PlainNetwork(model, cell, layers)
        one_hot = torch.tensor(np.eye(SIZE + 1, dtype=np.float32)[tokens][..., :SIZE])
        hidden, last = network.layers(one_hot)
        expected = network.output(hidden).numpy()
    logits, state = model.advance(model.initial_state(ROWS), tokens)
    np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-6)
    for name, theirs in zip(STATES[cell], last if cell == "lstm" else (last,), strict=True):
        for layer in range(layers):
            ours = state[f"{name}.{layer}"]
            np.testing.assert_allclose(ours, theirs[layer].numpy(), rtol=0, atol=1e-6)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_training_is_a_plain_loop_of_pytorch(make, learn, cell, reduction):
    model = make(cell=cell)
    network, state = PlainNetwork(model, cell), None
    optimiser = torch.optim.Adam(network.parameters())
    learner = learn(model, reduction=reduction, clip_norm=0.5)
    for seed, rate in enumerate((0.05, 0.05, 0.01, 0.01)):
        batch = batch_of(seed, fresh=seed == 2)
        loss, state = network.loss(batch, None if batch.fresh else state)
        loss = loss / (ROWS if reduction == "sum" else batch.characters)
        state = tuple(each.detach() for each in state) if cell == "lstm" else state.detach()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 0.5)
        optimiser.param_groups[0]["lr"] = rate
        optimiser.step()
        assert learner.update(batch, rate) == pytest.approx(loss.item(), rel=1e-6)
    for name, weight in network.state_dict().items():
        found = learner.model().arrays()[name]
        np.testing.assert_allclose(found, weight.numpy(), rtol=0, atol=1e-6)


def test_dropout_is_the_plans_and_leaves_pytorchs_generator_alone(make, learn):
    model = make(dropout=0.5, layers=2)
    learners = [learn(model, seed=seed) for seed in (1, 1, 2)]
    before = torch.get_rng_state()
    first, same, other = (learner.update(batch_of(), 0.1) for learner in learners)
    assert first == same != other
    assert torch.equal(torch.get_rng_state(), before)


def test_a_network_whose_hidden_units_are_the_logits_cannot_grow(make, backend):
    model = make(hidden=SIZE, output_layer=False)
    new = LETTERS.joined(Vocabulary("x"))
    with pytest.raises(UsageError, match="cannot learn more characters"):
        backend.grow(model.arrays(), LETTERS, new, model.config, np.random.default_rng(1))
