"""The vanilla recurrent network as in its equations, one character at a time.

The tests use it as their oracle, and the benchmarks compare with it. Vectors are columns, the input
is one-hot, and a Python loop runs over time; it does only what the equations say. The letters are
those of the published exercise.

Shapes: V vocabulary, H hidden units; Wax (H, V), Waa (H, H), Wya (V, H), b (H, 1), by (V, 1).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass
class Parameters:
    """Weights of the network, or their gradients, which have the same shapes."""

    Wax: Array
    Waa: Array
    Wya: Array
    b: Array
    by: Array

    @classmethod
    def exercise(cls, hidden: int, vocabulary: int) -> "Parameters":
        """Small normal weights from ``RandomState(1)``, zero biases."""
        random = np.random.RandomState(1)
        return cls(
            Wax=random.randn(hidden, vocabulary) * 0.01,
            Waa=random.randn(hidden, hidden) * 0.01,
            Wya=random.randn(vocabulary, hidden) * 0.01,
            b=np.zeros((hidden, 1)),
            by=np.zeros((vocabulary, 1)),
        )

    def zeros(self) -> "Parameters":
        return Parameters(*(np.zeros_like(array) for array in vars(self).values()))


def softmax(z: Array) -> Array:
    e = np.exp(z - np.max(z))
    return e / e.sum(axis=0)


def one_hot(token: int | None, size: int) -> Array:
    x = np.zeros((size, 1))
    if token is not None:
        x[token] = 1
    return x


@dataclass
class Trace:
    """What the backward pass needs from a forward pass."""

    loss: float
    x: list[Array]
    a: list[Array]
    y: list[Array]


def forward(X: Sequence[int | None], Y: Sequence[int], a_prev: Array, p: Parameters) -> Trace:
    """The summed loss, and the input, hidden state and prediction of every step."""
    trace = Trace(0.0, [], [a_prev], [])
    size = len(p.by)
    for x_token, y_token in zip(X, Y, strict=True):
        x = one_hot(x_token, size)
        a = np.tanh(np.dot(p.Wax, x) + np.dot(p.Waa, trace.a[-1]) + p.b)
        y = softmax(np.dot(p.Wya, a) + p.by)
        trace.loss -= np.log(y[y_token, 0])
        trace.x.append(x)
        trace.a.append(a)
        trace.y.append(y)
    return trace


def backward(trace: Trace, Y: Sequence[int], p: Parameters) -> Parameters:
    """Gradients of the summed loss, by back-propagation through time."""
    d = p.zeros()
    da_next = np.zeros_like(p.b)
    for t in reversed(range(len(Y))):
        dy = np.copy(trace.y[t])
        dy[Y[t]] -= 1
        a, a_prev = trace.a[t + 1], trace.a[t]
        da_raw = (1 - a * a) * (np.dot(p.Wya.T, dy) + da_next)
        d.Wya += np.dot(dy, a.T)
        d.by += dy
        d.Wax += np.dot(da_raw, trace.x[t].T)
        d.Waa += np.dot(da_raw, a_prev.T)
        d.b += da_raw
        da_next = np.dot(p.Waa.T, da_raw)
    return d


def clip(gradients: Parameters, limit: float) -> None:
    for array in vars(gradients).values():
        np.clip(array, -limit, limit, out=array)


def descend(p: Parameters, gradients: Parameters, rate: float) -> None:
    for weight, gradient in zip(vars(p).values(), vars(gradients).values(), strict=True):
        weight -= rate * gradient


def optimise(
    X: Sequence[int | None],
    Y: Sequence[int],
    a_prev: Array,
    p: Parameters,
    rate: float,
    limit: float,
) -> tuple[float, Parameters, Array]:
    """One step of gradient descent: (loss before it, clipped gradients, last state)."""
    trace = forward(X, Y, a_prev, p)
    gradients = backward(trace, Y, p)
    clip(gradients, limit)
    descend(p, gradients, rate)
    return trace.loss, gradients, trace.a[-1]


def sample(p: Parameters, newline: int, seed: int, longest: int) -> list[int]:
    """Token indices of one name; the generator gets a new seed before every character."""
    x = np.zeros_like(p.by)
    a = np.zeros_like(p.b)
    indices: list[int] = []
    counter = 0
    while counter != longest and (not indices or indices[-1] != newline):
        a = np.tanh(np.dot(p.Wax, x) + np.dot(p.Waa, a) + p.b)
        y = softmax(np.dot(p.Wya, a) + p.by)
        random = np.random.RandomState(counter + seed)
        index = int(random.choice(len(y), p=y.ravel()))
        indices.append(index)
        x = one_hot(index, len(y))
        seed += 1
        counter += 1
    if counter == longest:
        indices.append(newline)
    return indices


def shuffled(names: Sequence[str]) -> list[str]:
    """The names in the exercise's order: lower-cased, stripped, shuffled by ``RandomState(0)``."""
    examples = [name.lower().strip() for name in names]
    np.random.RandomState(0).shuffle(examples)
    return examples


def train(
    names: Sequence[str],
    p: Parameters,
    updates: int,
    rate: float,
    limit: float,
) -> Iterator[tuple[int, float]]:
    """Train on one name after another; yields (iteration, smoothed loss) after each update.

    The hidden state carries over from name to name, as in the published exercise.
    """
    examples = shuffled(names)
    characters = sorted(set("\n".join(examples) + "\n"))
    index = {character: i for i, character in enumerate(characters)}
    newline = index["\n"]
    a_prev = np.zeros_like(p.b)
    smoothed = -np.log(1.0 / len(characters)) * 7
    for iteration in range(updates):
        letters = [index[character] for character in examples[iteration % len(examples)]]
        loss, _, a_prev = optimise([None, *letters], [*letters, newline], a_prev, p, rate, limit)
        smoothed = smoothed * 0.999 + loss * 0.001
        yield iteration, smoothed
