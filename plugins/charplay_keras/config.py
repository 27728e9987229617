"""The options of a network of the backend `keras`, and the table of the cells that it trains."""

from dataclasses import dataclass

from charplay import option

# Each cell by its name, and the layer that trains it. As text, because that layer needs TensorFlow
# and this module is imported whenever charplay starts.
LAYERS = {
    "lstm": "charplay_keras.layers:LstmLayer",
    "gru": "charplay_keras.layers:GruLayer",
    "rnn": "charplay_keras.layers:RnnLayer",
    "unrolled": "charplay_keras.layers:UnrolledLayer",
}


@dataclass(frozen=True)
class KerasConfig:
    """The shape of a recurrent network."""

    cell: str = option(
        "lstm",
        "kind of cell; unrolled: one dense layer for each character, tanh of (hidden + input)",
        choices=tuple(LAYERS),
    )
    layers: int = option(1, "number of layers, each reading the one below", minimum=1, maximum=16)
    hidden: int = option(128, "hidden units in each layer", minimum=1, maximum=8192)
    embedding: int = option(0, "units of the input embedding; 0: one-hot", minimum=0)
    dropout: float = option(0, "dropout on each layer's output", minimum=0, maximum=0.95)
    window: int = option(
        0,
        "how many last characters the network sees, read anew at each; 0: all, in a carried state",
        minimum=0,
        maximum=1000,
    )
