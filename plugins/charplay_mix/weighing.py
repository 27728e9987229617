"""The weights of a mix: those that make a text that no part learned most probable."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from charplay import Corpus, Model, Weighing, log_probabilities

Floats = NDArray[np.float64]

# So many characters tell a few numbers well; of a large alphabet fewer, for memory.
_MOST_CHARACTERS, _MOST_NUMBERS = 30_000, 6_000_000
# The guess that all parts weigh alike counts as much as so many characters.
_PRIOR = 40.0
_STEPS = 20
_SMALLEST_STEP = 1e-5
_HALVINGS = 20
# What a part holds for impossible; less would drown the others.
_LEAST_LOG = -30.0


class PartViews:
    """What parts say of a text: log-probabilities of each, worked out once a part."""

    def __init__(self, text: Corpus | None) -> None:
        self._text = text
        self._views: list[tuple[Model, NDArray[np.float32]]] = []
        self._targets: NDArray[np.int32] = np.empty(0, np.int32)

    def weigh(self, parts: Sequence[Model]) -> Weighing:
        """The best weights, and the loss of their mix; equal ones where there is no text."""
        equal = np.full(len(parts), 1 / len(parts))
        if self._text is None or not self._text.characters:
            return Weighing(tuple(equal.tolist()), 0.0)
        views = np.stack([self._view(part, self._text) for part in parts])
        self._views = list(zip(parts, views, strict=True))
        weights = best_weights(views, self._targets, equal)
        return Weighing(tuple(weights.tolist()), mixed_loss(views, self._targets, weights))

    def _view(self, part: Model, text: Corpus) -> NDArray[np.float32]:
        for known, view in self._views:
            if known is part:
                return view
        most = most_weighed(len(part.vocabulary))
        view, self._targets = log_probabilities(part, text, most)
        return np.maximum(np.nan_to_num(view, nan=_LEAST_LOG), _LEAST_LOG)


def most_weighed(vocabulary_size: int) -> int:
    """About how many characters of a text weigh the parts."""
    return min(_MOST_CHARACTERS, max(100, _MOST_NUMBERS // vocabulary_size))


def mixed_loss(views: NDArray[np.float32], targets: NDArray[np.int32], weights: Floats) -> float:
    """The mean loss in nats a character of parts' views `(K, N, V)` mixed by weights `(K,)`."""
    probabilities = _mixed(views, weights)
    picked = probabilities[np.arange(len(targets)), targets]
    return float(-np.log(np.maximum(picked, np.finfo(float).tiny)).mean())


def best_weights(views: NDArray[np.float32], targets: NDArray[np.int32], guess: Floats) -> Floats:
    """The weights `(K,)`, none below 0, of parts' log-probabilities `(K, N, V)` at targets `(N,)`.

    The loss is convex in the weights, so Newton's method finds its minimum. A Gaussian prior around
    the guess keeps few characters from deciding all. A part whose weight would be negative is left
    out, and the others are weighed again.
    """
    weights, used = guess.copy(), np.ones(len(guess), bool)
    while True:
        weights[used] = _newton(views[used], targets, guess[used])
        negative = used & (weights < 0)
        if not negative.any() or negative.sum() == used.sum():
            return np.maximum(weights, 0)
        weights[negative] = 0
        used &= ~negative


def _newton(views: NDArray[np.float32], targets: NDArray[np.int32], guess: Floats) -> Floats:
    weights = guess.copy()
    picked = views[:, np.arange(len(targets)), targets].sum(axis=1)
    for _ in range(_STEPS):
        probabilities = _mixed(views, weights)
        means = np.einsum("nv,knv->kn", probabilities, views)
        gradient = means.sum(axis=1) - picked + _PRIOR * (weights - guess)
        curvature = _products(probabilities, views) - means @ means.T
        step = np.linalg.solve(curvature + _PRIOR * np.eye(len(guess)), gradient)
        shorter = _shortened(lambda tried: _penalised(views, targets, tried, guess), weights, step)
        weights = weights - shorter
        if np.abs(shorter).max() < _SMALLEST_STEP:
            break
    return weights


def _shortened(objective: Callable[[Floats], float], weights: Floats, step: Floats) -> Floats:
    """The step, halved until the objective falls; nothing where it does not."""
    now = objective(weights)
    for _ in range(_HALVINGS):
        if objective(weights - step) < now:
            return step
        step = step / 2
    return np.zeros_like(step)


def _penalised(
    views: NDArray[np.float32], targets: NDArray[np.int32], weights: Floats, guess: Floats
) -> float:
    """The summed loss of a mix, and what the prior adds to it."""
    away = float(((weights - guess) ** 2).sum())
    return len(targets) * mixed_loss(views, targets, weights) + _PRIOR / 2 * away


def _products(probabilities: Floats, views: NDArray[np.float32]) -> Floats:
    """The expected products of two parts' log-probabilities, summed over the text, `(K, K)`."""
    return np.array([[(probabilities * a * b).sum() for b in views] for a in views])


def _mixed(views: NDArray[np.float32], weights: Floats) -> Floats:
    """The probabilities `(N, V)` of a mix."""
    scores: Floats = np.tensordot(weights, views, axes=1)
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores
