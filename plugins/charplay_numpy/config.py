"""The options of a network of the backend `numpy`, and the table of the cells that it trains."""

from dataclasses import dataclass

from charplay import option

# Each cell by its name, and the class that trains it. As text, because that class needs NumPy and
# this module is imported whenever charplay starts.
TRAINING_CELLS = {
    "rnn": "charplay_numpy.cells:RnnTraining",
    "lstm": "charplay_numpy.cells:LstmTraining",
    "gru": "charplay_numpy.cells:GruTraining",
}


@dataclass(frozen=True)
class NumpyConfig:
    """The shape of a recurrent network, and how its training is regularised."""

    cell: str = option("rnn", "kind of cell", choices=tuple(TRAINING_CELLS))
    layers: int = option(1, "number of layers, each reading the one below", minimum=1, maximum=16)
    hidden: int = option(128, "hidden units in each layer", minimum=1, maximum=8192)
    embedding: int = option(0, "units of the input embedding; 0: one-hot", minimum=0)
    dropout: float = option(0, "dropout on each layer's output", minimum=0, maximum=0.95)
    recurrent_dropout: float = option(
        0, "dropout on each layer's recurrent input", minimum=0, maximum=0.95
    )
    input_dropout: float = option(
        0, "dropout on the input: the share of characters hidden", minimum=0, maximum=0.95
    )
    averaging: float = option(
        0,
        "how much of the running average of the weights each update keeps; 0: no average",
        minimum=0,
        maximum=0.99999,
    )
    output_layer: bool = option(
        True, "a layer from hidden units to logits; off: the hidden units are the logits"
    )
    precision: str = option("float32", "floating-point type", choices=("float32", "float64"))
    initialiser: str = option(
        "glorot",
        "first weights: glorot with orthogonal recurrence, uniform within 1/sqrt(hidden), or "
        "the published exercise's small normal ones",
        choices=("glorot", "uniform", "course"),
    )
