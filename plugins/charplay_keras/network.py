"""The network as a stateful Keras model."""

from typing import Any

import keras

from charplay_keras.backend import KerasConfig
from charplay_keras.layers import LAYERS, Characters, Dropout

# Keras takes this many.
_SEEDS = 2**32


def network(
    vocabulary: int, config: KerasConfig, rows: int, *, last_only: bool = False, seed: int = 0
) -> Any:
    """Tokens `(B, T)`, B always `rows`, to logits `(B, T, V)`; last_only: of the last, `(B, V)`.

    Its trainable variables are the arrays of `weights.shapes`, in that order; the others count what
    its dropout has drawn.
    """
    tokens = keras.Input(batch_shape=(rows, None), dtype="int32")
    dense = config.hidden if config.cell == "unrolled" else 0
    x = Characters(vocabulary, config.embedding, dense)(tokens)
    for number in range(config.layers):
        sequences = not last_only or number < config.layers - 1
        layer = LAYERS[config.cell](config.hidden, stateful=True, return_sequences=sequences)
        x = layer(x)
        if config.dropout:
            x = Dropout(config.dropout, seed=(seed + number) % _SEEDS)(x)
    return keras.Model(tokens, keras.layers.Dense(vocabulary)(x))


def carried_states(model: Any) -> list[Any]:
    """The variables in which a network's recurrent layers keep their states."""
    recurrent = (layer for layer in model.layers if isinstance(layer, keras.layers.RNN))
    return [state for layer in recurrent for state in layer.states]
