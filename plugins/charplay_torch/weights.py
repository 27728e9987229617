"""A network's arrays, as PyTorch calls and shapes them, and as charplay samples with them."""

from math import prod

import numpy as np
from numpy.random import Generator

from charplay import CELLS, Array, Arrays, LayerWeights, Plan, RecurrentWeights, Shapes, TextFacts
from charplay_torch import TorchConfig

_OF_LAYER = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def array_shapes(vocabulary: int, config: TorchConfig) -> Shapes:
    """Name and shape of every parameter of `Network`."""
    units, below = config.hidden, config.embedding or vocabulary
    rows = len(CELLS[config.cell].gates) * units
    shapes: Shapes = {"embedding.weight": (vocabulary, below)} if config.embedding else {}
    for layer in range(config.layers):
        of_layer = ((rows, below), (rows, units), (rows,), (rows,))
        shapes |= {f"layers.{kind}_l{layer}": shape for kind, shape in zip(_OF_LAYER, of_layer)}
        below = units
    output: Shapes = {"output.weight": (vocabulary, units), "output.bias": (vocabulary,)}
    return shapes | output if config.output_layer else shapes


def first_weights(vocabulary: int, config: TorchConfig, rng: Generator) -> Arrays:
    """Arrays as PyTorch's layers draw them: uniform within 1/√H, normal for an embedding."""
    bound, shapes = config.hidden**-0.5, array_shapes(vocabulary, config)
    arrays = {name: rng.uniform(-bound, bound, shape) for name, shape in shapes.items()}
    if config.embedding:
        arrays["embedding.weight"] = rng.standard_normal(shapes["embedding.weight"])
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def inference_weights(vocabulary: int, config: TorchConfig, arrays: Arrays) -> RecurrentWeights:
    """The arrays as `RecurrentModel` reads them; ValueError if they do not fit the config."""
    if {n: array.shape for n, array in arrays.items()} != array_shapes(vocabulary, config):
        raise ValueError("the arrays do not fit the model's configuration")
    table = _gate_columns(arrays["layers.weight_ih_l0"], config)
    return RecurrentWeights(
        cell=CELLS[config.cell],
        table=arrays["embedding.weight"] @ table if config.embedding else table,
        layers=tuple(_layer_weights(arrays, layer, config) for layer in range(config.layers)),
        output=arrays["output.weight"].T.copy() if config.output_layer else None,
        output_bias=arrays.get("output.bias"),
    )


def _layer_weights(arrays: Arrays, layer: int, config: TorchConfig) -> LayerWeights:
    parts = (_gate_columns(arrays[f"layers.{kind}_l{layer}"], config) for kind in _OF_LAYER)
    inputs, recurrent, bias, second = parts
    if CELLS[config.cell].has_recurrent_bias:
        return LayerWeights(recurrent, bias, inputs if layer else None, second)
    return LayerWeights(recurrent, bias + second, inputs if layer else None)


def _gate_columns(rows: Array, config: TorchConfig) -> Array:
    """Rows of gates as columns. A GRU's update gate is charplay's first, its reset PyTorch's."""
    gates = np.split(rows, len(CELLS[config.cell].gates))
    if config.cell == "gru":
        gates[:2] = gates[1::-1]
    return np.concatenate(gates).T.copy()


def memory_needed(config: TorchConfig, plan: Plan, facts: TextFacts) -> int:
    """Bytes at the peak; the factors are measured (`benchmarks/memory_needed.py`)."""
    weights = sum(map(prod, array_shapes(facts.vocabulary, config).values()))
    steps = plan.batch_size * (facts.longest if facts.kind == "names" else plan.length)
    units = (config.layers + 2) * config.hidden * (len(CELLS[config.cell].gates) + 1)
    return 290_000_000 + 4 * (weights * 16 + steps * (units + facts.vocabulary * 4))
