"""The network as a stateful Keras model."""

from pkgutil import resolve_name
from typing import Any

import keras

from charplay import CELLS
from charplay_keras.config import LAYERS, KerasConfig
from charplay_keras.layers import Characters, Dropout

# Keras accepts this many.
_SEEDS = 2**32


def build_network(
    vocabulary: int, config: KerasConfig, rows: int, *, last_only: bool = False, seed: int = 0
) -> Any:
    """A model of tokens `(B, T)` to logits `(B, T, V)`; last_only: of the last, `(B, V)`.

    B is always `rows`. The trainable variables hold the arrays of `weights.array_shapes`, in that
    order; the others count what dropout has drawn.
    """
    tokens = keras.Input(batch_shape=(rows, None), dtype="int32")
    dense = config.hidden if CELLS[config.cell].shares_weights else 0
    x = Characters(vocabulary, config.embedding, dense)(tokens)
    layer_type = resolve_name(LAYERS[config.cell])
    for number in range(config.layers):
        sequences = not last_only or number < config.layers - 1
        x = layer_type(config.hidden, stateful=True, return_sequences=sequences)(x)
        if config.dropout:
            x = Dropout(config.dropout, seed=(seed + number) % _SEEDS)(x)
    return keras.Model(tokens, keras.layers.Dense(vocabulary)(x))


def carried_states(model: Any) -> list[Any]:
    """The variables in which a network's recurrent layers store their states, from below."""
    recurrent = (layer for layer in model.layers if isinstance(layer, keras.layers.RNN))
    return [state for layer in recurrent for state in layer.states]
