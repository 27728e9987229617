"""Stacks of recurrent cells as in their equations: one row, one step and one gate at a time.

The tests of the engine use it as their oracle. Vectors belong to one row. Every gate k of a layer
has matrices Wk (H, I) and Uk (H, H) and a bias bk (H,). A gate of the GRU has a second bias ck,
which is added to the recurrent product. Shapes: V vocabulary, I input of a layer, H hidden units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Layer = dict[str, Array]
State = tuple[Array, ...]
Step = dict[str, Array]
# The tokens to read and the tokens to predict; None means no token.
Row = tuple[Sequence[int | None], Sequence[int | None]]
# Dropout masks (H,) of a layer: of its output, and of its recurrent input.
Masks = tuple[Array, Array]

GATES = {"rnn": "h", "lstm": "ifgo", "gru": "zrn"}


@dataclass
class Network:
    """Weights, or their gradients: embedding (V, E) or None, output (V, H), output_bias (V,)."""

    cell: str
    embedding: Array | None
    layers: list[Layer]
    output: Array
    output_bias: Array

    @classmethod
    def drawn(
        cls,
        cell: str,
        vocabulary: int,
        hidden: int,
        layers: int,
        embedding: int,
        scale: float,
        seed: int = 0,
    ) -> "Network":
        """Normal weights and biases; with an embedding of 0 units the input is one-hot."""
        random = np.random.default_rng(seed)
        drawn = lambda *shape: random.normal(0, scale, shape)  # noqa: E731
        stack = []
        below = embedding or vocabulary
        for _ in range(layers):
            layer = {}
            for k in GATES[cell]:
                layer |= {f"W{k}": drawn(hidden, below), f"U{k}": drawn(hidden, hidden)}
                layer[f"b{k}"] = drawn(hidden)
                if cell == "gru":
                    layer[f"c{k}"] = drawn(hidden)
            stack.append(layer)
            below = hidden
        return cls(
            cell,
            drawn(vocabulary, embedding) if embedding else None,
            stack,
            drawn(vocabulary, hidden),
            drawn(vocabulary),
        )

    def arrays(self) -> list[Array]:
        """All arrays, always in the same order."""
        below = [] if self.embedding is None else [self.embedding]
        within = [array for layer in self.layers for array in layer.values()]
        return [*below, *within, self.output, self.output_bias]

    def zeros(self) -> "Network":
        return Network(
            self.cell,
            None if self.embedding is None else np.zeros_like(self.embedding),
            [{name: np.zeros_like(array) for name, array in w.items()} for w in self.layers],
            np.zeros_like(self.output),
            np.zeros_like(self.output_bias),
        )

    @property
    def hidden(self) -> int:
        """The number of units of each layer."""
        return self.output.shape[1]

    def zero_state(self) -> list[State]:
        """The state of each layer before the first character."""
        names = ("h", "c") if self.cell == "lstm" else ("h",)
        return [tuple(np.zeros(self.hidden) for _ in names) for _ in self.layers]

    def input(self, token: int | None) -> Array:
        """The input of the first layer for a token; zeros for no token."""
        if self.embedding is None:
            x = np.zeros(len(self.output))
            if token is not None:
                x[token] = 1
            return x
        return np.zeros(self.embedding.shape[1]) if token is None else self.embedding[token]


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def softmax(x: Array) -> Array:
    e = np.exp(x - x.max())
    return e / e.sum()


def rnn(w: Layer, x: Array, state: State, mask: Array) -> Step:
    (before,) = state
    masked = before * mask
    h = np.tanh(w["Wh"] @ x + w["Uh"] @ masked + w["bh"])
    return {"x": x, "masked": masked, "mask": mask, "h": h}


def rnn_back(w: Layer, s: Step, after: State, d: Layer) -> tuple[Array, State]:
    (dh,) = after
    dx, d_before = add_gate_gradients(w, "h", dh * (1 - s["h"] ** 2), s, d)
    return dx, (d_before,)


def lstm(w: Layer, x: Array, state: State, mask: Array) -> Step:
    before, c_before = state
    masked = before * mask
    i = sigmoid(w["Wi"] @ x + w["Ui"] @ masked + w["bi"])
    f = sigmoid(w["Wf"] @ x + w["Uf"] @ masked + w["bf"])
    g = np.tanh(w["Wg"] @ x + w["Ug"] @ masked + w["bg"])
    o = sigmoid(w["Wo"] @ x + w["Uo"] @ masked + w["bo"])
    c = f * c_before + i * g
    h = o * np.tanh(c)
    return {"x": x, "masked": masked, "mask": mask, "c_before": c_before} | {
        "i": i, "f": f, "g": g, "o": o, "c": c, "h": h
    }  # fmt: skip


def lstm_back(w: Layer, s: Step, after: State, d: Layer) -> tuple[Array, State]:
    dh, dc = after
    i, f, g, o = s["i"], s["f"], s["g"], s["o"]
    tanh_c = np.tanh(s["c"])
    dc = dc + dh * o * (1 - tanh_c**2)
    errors = {
        "i": dc * g * i * (1 - i),
        "f": dc * s["c_before"] * f * (1 - f),
        "g": dc * i * (1 - g**2),
        "o": dh * tanh_c * o * (1 - o),
    }
    gates = [add_gate_gradients(w, k, errors[k], s, d) for k in "ifgo"]
    return sum(dx for dx, _ in gates), (sum(dh for _, dh in gates), dc * f)


def gru(w: Layer, x: Array, state: State, mask: Array) -> Step:
    (before,) = state
    masked = before * mask
    z = sigmoid(w["Wz"] @ x + w["bz"] + w["Uz"] @ masked + w["cz"])
    r = sigmoid(w["Wr"] @ x + w["br"] + w["Ur"] @ masked + w["cr"])
    recurrent = w["Un"] @ masked + w["cn"]
    n = np.tanh(w["Wn"] @ x + w["bn"] + r * recurrent)
    h = z * before + (1 - z) * n
    return {"x": x, "before": before, "masked": masked, "mask": mask} | {
        "z": z, "r": r, "recurrent": recurrent, "n": n, "h": h
    }  # fmt: skip


def gru_back(w: Layer, s: Step, after: State, d: Layer) -> tuple[Array, State]:
    (dh,) = after
    z, r, n = s["z"], s["r"], s["n"]
    dn = dh * (1 - z) * (1 - n**2)
    dz = dh * (s["before"] - n) * z * (1 - z)
    dr = dn * s["recurrent"] * r * (1 - r)
    gates = [
        add_gate_gradients(w, "z", dz, s, d),
        add_gate_gradients(w, "r", dr, s, d),
        add_gate_gradients(w, "n", dn, s, d, recurrent=dn * r),
    ]
    return sum(dx for dx, _ in gates), (sum(dh for _, dh in gates) + dh * z,)


def add_gate_gradients(
    w: Layer, k: str, error: Array, s: Step, d: Layer, recurrent: Array | None = None
) -> tuple[Array, Array]:
    """Add a gate to the gradients `d`; give the gradients of its input and of the state before.

    error: the gradient of the loss with respect to W x + b. recurrent: the gradient with respect to
    U h + c, if it differs.
    """
    recurrent = error if recurrent is None else recurrent
    d["W" + k] += np.outer(error, s["x"])
    d["b" + k] += error
    d["U" + k] += np.outer(recurrent, s["masked"])
    if "c" + k in d:
        d["c" + k] += recurrent
    return w["W" + k].T @ error, s["mask"] * (w["U" + k].T @ recurrent)


STEP = {"rnn": rnn, "lstm": lstm, "gru": gru}
BACK = {"rnn": rnn_back, "lstm": lstm_back, "gru": gru_back}


@dataclass
class Trace:
    """What the backward pass needs from a forward pass over a row."""

    loss: float
    steps: list[list[Step]]
    probabilities: list[Array]
    state: list[State]


def forward(
    net: Network,
    X: Sequence[int | None],
    Y: Sequence[int | None],
    state: Sequence[State],
    masks: Sequence[Masks],
) -> Trace:
    """The loss summed over the steps that have a target, and everything that was computed."""
    trace = Trace(0.0, [], [], list(state))
    for x_token, y_token in zip(X, Y, strict=True):
        x, steps = net.input(x_token), []
        for number, (w, (above, mask)) in enumerate(zip(net.layers, masks, strict=True)):
            step = STEP[net.cell](w, x, trace.state[number], mask)
            trace.state[number] = (step["h"], step["c"]) if "c" in step else (step["h"],)
            x = step["h"] * above
            steps.append(step)
        y = softmax(net.output @ x + net.output_bias)
        if y_token is not None:
            trace.loss -= np.log(y[y_token])
        trace.steps.append(steps)
        trace.probabilities.append(y)
    return trace


def backward(
    net: Network,
    trace: Trace,
    X: Sequence[int | None],
    Y: Sequence[int | None],
    masks: Sequence[Masks],
) -> Network:
    """Gradients of the summed loss, by back-propagation through time."""
    d = net.zeros()
    after = net.zero_state()
    for t in reversed(range(len(Y))):
        if Y[t] is None:
            dx = np.zeros(net.hidden)
        else:
            dy = trace.probabilities[t].copy()
            dy[Y[t]] -= 1
            d.output += np.outer(dy, trace.steps[t][-1]["h"] * masks[-1][0])
            d.output_bias += dy
            dx = net.output.T @ dy
        for number in reversed(range(len(net.layers))):
            dh, *rest = after[number]
            dx, after[number] = BACK[net.cell](
                net.layers[number],
                trace.steps[t][number],
                (dh + dx * masks[number][0], *rest),
                d.layers[number],
            )
        if d.embedding is not None and X[t] is not None:
            d.embedding[X[t]] += dx
    return d


def gradient(
    net: Network,
    rows: Sequence[Row],
    scale: float,
    states: Sequence[Sequence[State]] | None = None,
    masks: Sequence[Sequence[Masks]] | None = None,
) -> tuple[float, Network, list[list[State]]]:
    """(loss summed over rows and divided by scale, its gradients, the last state of each row).

    Without `states` the rows start from zeros; without `masks` no unit is masked.
    """
    loss, d, last, ones = 0.0, net.zeros(), [], np.ones(net.hidden)
    for number, (X, Y) in enumerate(rows):
        row_masks = masks[number] if masks else [(ones, ones)] * len(net.layers)
        trace = forward(net, X, Y, states[number] if states else net.zero_state(), row_masks)
        more = backward(net, trace, X, Y, row_masks)
        loss += trace.loss / scale
        for total, array in zip(d.arrays(), more.arrays(), strict=True):
            total += array / scale
        last.append(trace.state)
    return loss, d, last


def clip(d: Network, limit: float | None, norm: float | None) -> None:
    """Limit each element of the gradients, then the norm of all of them."""
    if limit is not None:
        for array in d.arrays():
            np.clip(array, -limit, limit, out=array)
    size = np.sqrt(sum((array**2).sum() for array in d.arrays()))
    if norm is not None and size > norm:
        for array in d.arrays():
            array *= norm / size


class Descent:
    """Stochastic gradient descent."""

    def step(self, net: Network, d: Network, rate: float) -> None:
        for weight, gradient in zip(net.arrays(), d.arrays(), strict=True):
            weight -= rate * gradient


class Adam:
    """Adam (Kingma & Ba 2015)."""

    def __init__(self, net: Network) -> None:
        self.t = 0
        self.m, self.v = net.zeros(), net.zeros()

    def step(self, net: Network, d: Network, rate: float) -> None:
        self.t += 1
        for weight, g, m, v in zip(
            net.arrays(), d.arrays(), self.m.arrays(), self.v.arrays(), strict=True
        ):
            m[...] = 0.9 * m + 0.1 * g
            v[...] = 0.999 * v + 0.001 * g**2
            m_hat, v_hat = m / (1 - 0.9**self.t), v / (1 - 0.999**self.t)
            weight -= rate * m_hat / (np.sqrt(v_hat) + 1e-8)
