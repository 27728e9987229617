"""What a network does without while it trains, drawn anew for each update.

The draws of update k are those of `Philox(key=(seed, k))`: nothing is remembered but k.
"""

from dataclasses import dataclass

import numpy as np

from charplay import NO_TOKEN, Array, Tokens
from charplay_numpy.backend import NumpyConfig
from charplay_numpy.layers import Masks

# Apart from the seeds of weights and orders, which count from the plan's.
_KEY = 0x64726F70


@dataclass(frozen=True)
class Dropped:
    """An update's inputs `(B, T)`, and the masks of every layer."""

    inputs: Tokens
    masks: tuple[Masks, ...]

    def rows(self, part: slice) -> "Dropped":
        """The same for some of the rows."""
        masks = tuple(
            (None if above is None else above[part], None if own is None else own[part])
            for above, own in self.masks
        )
        return Dropped(self.inputs[part], masks)


class Dropout:
    """Drops units, one mask a sequence (Gal & Ghahramani 2016), and characters of the input."""

    def __init__(self, config: NumpyConfig, seed: int) -> None:
        self._config, self._seed = config, seed
        self._nothing: tuple[Masks, ...] = ((None, None),) * config.layers
        self._drops = bool(config.dropout or config.recurrent_dropout or config.input_dropout)
        self.update = 0

    def __call__(self, inputs: Tokens) -> Dropped:
        """What is left of the next update."""
        if not self._drops:
            return Dropped(inputs, self._nothing)
        config = self._config
        key = np.array([self._seed ^ _KEY, self.update], np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key))
        self.update += 1
        if config.input_dropout:
            gone = generator.random(inputs.shape, np.float32) < config.input_dropout
            inputs = np.where(gone, np.int32(NO_TOKEN), inputs)
        above = self._masks(generator, config.dropout, len(inputs))
        own = self._masks(generator, config.recurrent_dropout, len(inputs))
        return Dropped(inputs, tuple(zip(above, own, strict=True)))

    def _masks(
        self, generator: np.random.Generator, dropped: float, rows: int
    ) -> list[Array] | list[None]:
        """For each layer 0 for a unit that is dropped, else what keeps the mean; None for none."""
        layers, units = self._config.layers, self._config.hidden
        if not dropped:
            return [None] * layers
        kept = generator.random((layers, rows, units), np.float32) < 1 - dropped
        return list((kept / (1 - dropped)).astype(self._config.precision))
