"""Training by PyTorch, which no other module imports."""

from typing import Any

import numpy as np
import torch
from torch import nn

from charplay import NO_TOKEN, Arrays, Backend, Batch, Learner, Model, Plan, blas_threads
from charplay_torch import TorchConfig


class Network(nn.Module):
    """Tokens `(B, T)` and a state, None for zeros, to logits `(B, T, V)` and the state after."""

    def __init__(self, vocabulary: int, config: TorchConfig) -> None:
        super().__init__()
        units, below = config.hidden, config.embedding or vocabulary
        self.embedding = nn.Embedding(vocabulary, below) if config.embedding else None
        self.one_hot = torch.eye(vocabulary)
        between = config.dropout if config.layers > 1 else 0.0
        kind = getattr(nn, config.cell.upper())  # RNN, LSTM or GRU
        self.layers = kind(below, units, config.layers, batch_first=True, dropout=between)
        self.dropout = nn.Dropout(config.dropout)
        self.output = nn.Linear(units, vocabulary) if config.output_layer else nn.Identity()

    def forward(self, tokens: Any, state: Any) -> tuple[Any, Any]:
        table = self.embedding.weight if self.embedding else self.one_hot
        inputs = nn.functional.embedding(tokens.clamp(min=0), table)
        hidden, state = self.layers(inputs * (tokens != NO_TOKEN).unsqueeze(-1), state)
        return self.output(self.dropout(hidden)), state


class TorchLearner(Learner):
    """A network of PyTorch in training."""

    def __init__(self, backend: Backend, model: Model, plan: Plan) -> None:
        torch.set_num_threads(blas_threads())
        self._backend, self._model, self._plan = backend, model, plan
        self._network = Network(len(model.vocabulary), model.config)
        self._network.load_state_dict({n: torch.tensor(a) for n, a in model.arrays().items()})
        self._weights = dict(self._network.named_parameters())
        optimiser = torch.optim.AdamW if plan.optimiser == "adam" else torch.optim.SGD
        decay = plan.weight_decay
        self._optimiser = optimiser(self._weights.values(), lr=0.0, weight_decay=decay, fused=True)
        self._state: tuple[Any, ...] = ()
        self._updates = 0

    def update(self, batch: Batch, learning_rate: float) -> float:
        inputs, targets = (torch.tensor(each, dtype=torch.long) for each in batch[:2])
        logits = self._read(inputs, () if batch.fresh else self._state)
        loss = nn.functional.cross_entropy(
            logits.flatten(0, 1), targets.flatten(), ignore_index=NO_TOKEN, reduction="sum"
        ) / batch.loss_scale(self._plan)
        self._optimiser.zero_grad()
        loss.backward()
        if self._plan.clip_value is not None:
            nn.utils.clip_grad_value_(self._weights.values(), self._plan.clip_value)
        if self._plan.clip_norm is not None:
            nn.utils.clip_grad_norm_(self._weights.values(), self._plan.clip_norm)
        self._optimiser.param_groups[0]["lr"] = learning_rate
        self._optimiser.step()
        self._updates += 1
        return float(loss.detach())

    def _read(self, tokens: Any, state: tuple[Any, ...]) -> Any:
        """The logits after tokens; the state after them is carried on, without its gradient."""
        seed = np.random.SeedSequence((self._plan.seed, self._updates)).generate_state(1)[0]
        with torch.random.fork_rng(devices=()):  # dropout is this update's own, also after a resume
            torch.default_generator.manual_seed(int(seed))
            logits, after = self._network(tokens, state if len(state) > 1 else (*state, None)[0])
        self._state = tuple(t.detach() for t in (after if isinstance(after, tuple) else (after,)))
        return logits

    def model(self) -> Model:
        model = self._model
        arrays = {name: weight.detach().numpy().copy() for name, weight in self._weights.items()}
        return self._backend.load(model.vocabulary, model.kind, model.config, arrays)

    def arrays(self) -> Arrays:
        kept = {f"run.state.{n}": tensor.numpy().copy() for n, tensor in enumerate(self._state)}
        kept["run.updates"] = np.array([self._updates])
        for name, weight in self._weights.items():
            for moment, tensor in self._optimiser.state[weight].items():
                kept[moment if moment == "step" else f"{moment}.{name}"] = tensor.numpy().copy()
        return kept

    def restore(self, arrays: Arrays) -> None:
        self._updates = int(arrays["run.updates"][0])
        states = sorted(name for name in arrays if name.startswith("run.state."))
        self._state = tuple(torch.tensor(arrays[name]) for name in states)
        for name, weight in self._weights.items() if "step" in arrays else ():
            moments = {m: torch.tensor(arrays[f"{m}.{name}"]) for m in ("exp_avg", "exp_avg_sq")}
            self._optimiser.state[weight] = {"step": torch.tensor(arrays["step"]), **moments}
