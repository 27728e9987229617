"""Scoring a text while it is learned: by counting, and by gradient where a network can learn here.

Every character is scored before anything learns it. What the model says, what its network says as
it has adapted so far (dynamic evaluation: Krause et al. 2018), and what counting the text so far
says are weighted, and their logarithms summed; the weights learn too, by the gradient of the loss.
They depend on how long a context counting has met before (Mahoney 2005, §4).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from charplay.insight.reading import ExpectedPiece, log_softmax
from charplay.models.contract import Backend, Model
from charplay.models.growing_counts import GrowingCounts
from charplay.plan import Plan, Stage
from charplay.text.batching import Batch

Floats = NDArray[np.float64]

_ORDER = 8
_WEIGHT_RATE = 0.003
_COUNTING_WEIGHT = 0.1
# What a model holds for impossible is taken for this unlikely: it may come all the same.
_LEAST = -40.0
# Found on an inner tenth of a play: from 0.03 to 0.3 it makes little difference.
_LEARNING_RATE, _CLIPPED, _AT_ONCE = 0.1, 1.0, 20


class AdaptiveScorer:
    """Scores a text while it is learned; `by` says what learns, `notice` why a network does not."""

    def __init__(self, model: Model, backend: Backend) -> None:
        networks = adapting_networks(model, backend)
        self._networks = [_CorrectingNetwork(*each, model.opening_token) for each in networks]
        self._counts = GrowingCounts(len(model.vocabulary), _ORDER)
        self._opening = model.opening_token
        shares = [0.5, 0.5] if networks else [1.0]
        self._weights = np.tile([*shares, _COUNTING_WEIGHT], (_ORDER, 1))
        self.by = "counting and gradient" if networks else "counting"
        self.notice = (
            "" if networks else "the model's own weights stay as they are: " + (_why_fixed(backend))
        )
        self.total = 0.0

    def read(self, piece: ExpectedPiece) -> None:
        """Score the next piece of a text, and learn it."""
        views = [piece.log_probabilities]
        if self._networks:
            views.append(self._adapted(piece))
        if piece.begins:
            self._counts.begin(self._opening)
        for place, token in enumerate(piece.tokens.tolist()):
            counted = np.log(self._counts.expect())
            self.total += self._mix(np.stack([*(view[place] for view in views), counted]), token)
            self._counts.learn(token)

    def _adapted(self, piece: ExpectedPiece) -> Floats:
        """What the model says with what its networks have learned."""
        learned = [network.read(piece) for network in self._networks]
        return log_softmax(piece.log_probabilities + np.sum(learned, axis=0))

    def _mix(self, views: Floats, token: int) -> float:
        """The loss of a token under views `(N, V)`, after which their weights learn."""
        weights = self._weights[self._counts.depth]
        views = np.maximum(views, _LEAST)
        scores = log_softmax(weights @ views)
        weights += _WEIGHT_RATE * (views[:, token] - views @ np.exp(scores))
        return -float(scores[token])


def adapting_networks(model: Model, backend: Backend) -> list[tuple[Backend, Model, bool]]:
    """The networks of a model that can learn by gradient in this process; whether each is a part.

    One that needs a package to learn is left out: that runs in a process of its own. So is a part
    that knows fewer characters.
    """
    parts = backend.parts(model)
    found = [(each, part, True) for each, part in parts] or [(backend, model, False)]
    return [
        (each, part, is_part)
        for each, part, is_part in found
        if each.takes_prior
        and not each.requires
        and part.vocabulary.characters == model.vocabulary.characters
    ]


def _why_fixed(backend: Backend) -> str:
    if backend.requires:
        return f"learning with {backend.name} needs {', '.join(backend.requires)}"
    return f"nothing of {backend.name} learns by gradient here"


class _CorrectingNetwork:
    """A network that learns what the whole model lacks, as it reads.

    The logits of the rest of the model are a prior that it adds its own to.
    """

    def __init__(self, backend: Backend, network: Model, is_part: bool, opening: int) -> None:
        stages = (Stage(updates=1, learning_rate=_LEARNING_RATE),)
        plan = Plan(
            cutting="stream",
            batch_size=1,
            length=_AT_ONCE,
            optimiser="sgd",
            clip_norm=_CLIPPED,
            held_out=0,
            stages=stages,
        )
        self._learner = backend.learner(network, plan)
        self._network, self._is_part, self._opening = network, is_part, opening
        self._begin()

    def _begin(self) -> None:
        self._before = self._after = self._network.initial_state(1)
        self._pending, self._fresh = self._opening, True

    def read(self, piece: ExpectedPiece) -> Floats:
        """How much more likely each character has become by learning, as logarithms `(T, V)`."""
        if piece.begins:
            self._begin()
        starts = range(0, len(piece.tokens), _AT_ONCE)
        return np.concatenate([self._read_some(piece, slice(s, s + _AT_ONCE)) for s in starts])

    def _read_some(self, piece: ExpectedPiece, some: slice) -> Floats:
        targets = piece.tokens[some]
        inputs = np.concatenate(([self._pending], targets[:-1])).astype(np.int32)[None]
        fixed, self._before = self._network.advance(self._before, inputs)
        moved, self._after = self._learner.model().advance(self._after, inputs)
        own = log_softmax(fixed[0])
        prior = None
        if self._is_part:
            prior = (piece.log_probabilities[some] - own)[None].astype(np.float32)
        self._learner.update(
            Batch(inputs, targets[None], self._fresh, len(targets), prior), _LEARNING_RATE
        )
        self._pending, self._fresh = int(targets[-1]), False
        learned: Floats = log_softmax(moved[0]) - own
        return learned
