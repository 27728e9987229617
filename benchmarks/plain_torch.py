"""A plain loop of PyTorch: an LSTM over one-hot characters. It uses nothing of charplay."""

from collections.abc import Callable

import numpy as np
import torch
from torch import nn


class Network(nn.Module):
    """A recurrent layer over one-hot characters, and a layer of logits."""

    def __init__(self, cell: str, vocabulary: int, units: int) -> None:
        super().__init__()
        self.vocabulary = vocabulary
        self.layer = getattr(nn, cell.upper())(vocabulary, units, batch_first=True)
        self.output = nn.Linear(units, vocabulary)

    def forward(self, tokens, state):
        one_hot = nn.functional.one_hot(tokens, self.vocabulary).float()
        hidden, state = self.layer(one_hot, state)
        return self.output(hidden), state


def prepare_epoch(
    cell: str, units: int, inputs: np.ndarray, targets: np.ndarray, threads: int
) -> Callable[[], list[float]]:
    """A function that trains on streams `(batches, B, T)`, the state carried along."""
    torch.set_num_threads(threads)
    network = Network(cell, int(inputs.max()) + 1, units)
    optimiser = torch.optim.Adam(network.parameters(), lr=0.001)
    loss_of = nn.CrossEntropyLoss()
    batches = [
        tuple(torch.tensor(part, dtype=torch.long) for part in pair)
        for pair in zip(inputs, targets)
    ]

    def epoch() -> list[float]:
        losses, state = [], None
        for seen, wanted in batches:
            logits, state = network(seen, state)
            state = tuple(s.detach() for s in state) if cell == "lstm" else state.detach()
            loss = loss_of(logits.flatten(0, 1), wanted.flatten())
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            losses.append(loss.item())
        return losses

    return epoch
