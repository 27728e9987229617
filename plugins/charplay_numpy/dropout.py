"""What a network does without while it trains, drawn anew for each update.

The draws of update k are those of `Philox(key=(seed, k))`: nothing is remembered but k.
"""

from dataclasses import dataclass

import numpy as np

from charplay import NO_TOKEN, Array, Tokens
from charplay_numpy.backend import NumpyConfig

# Apart from the seeds of weights and orders, which count from the plan's.
_KEY = 0x64726F70


@dataclass(frozen=True)
class Dropped:
    """An update's inputs `(B, T)`, and for each layer the mask `(B, H)` of its units, if any."""

    inputs: Tokens
    masks: tuple[Array, ...] = ()

    def rows(self, part: slice) -> "Dropped":
        """The same for some of the rows."""
        return Dropped(self.inputs[part], tuple(mask[part] for mask in self.masks))


class Dropout:
    """Drops units, one mask a sequence (Gal & Ghahramani 2016), and characters of the input."""

    def __init__(self, config: NumpyConfig, seed: int) -> None:
        self._config, self._seed = config, seed
        self.update = 0

    def __call__(self, inputs: Tokens) -> Dropped:
        """What is left of the next update."""
        config = self._config
        if not config.dropout and not config.input_dropout:
            return Dropped(inputs)
        key = np.array([self._seed ^ _KEY, self.update], np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key))
        self.update += 1
        if config.input_dropout:
            gone = generator.random(inputs.shape, np.float32) < config.input_dropout
            inputs = np.where(gone, np.int32(NO_TOKEN), inputs)
        if not config.dropout:
            return Dropped(inputs)
        kept = 1 - config.dropout
        shape = (config.layers, len(inputs), config.hidden)
        masks = (generator.random(shape, np.float32) < kept) / np.asarray(kept, config.precision)
        return Dropped(inputs, tuple(masks.astype(config.precision, copy=False)))
