"""Dropout: the units and characters that an update of the network does without.

The draws of update k are those of `Philox(key=(seed, k))`, so k alone needs to be remembered.
"""

from dataclasses import dataclass

import numpy as np

from charplay import NO_TOKEN, Array, Tokens
from charplay_numpy.config import NumpyConfig
from charplay_numpy.layers import Masks

# Apart from the seeds of weights and orders, which count from the plan's.
_KEY = 0x64726F70


@dataclass(frozen=True)
class DroppedBatch:
    """An update's inputs `(B, T)` after dropout, and the masks of every layer."""

    inputs: Tokens
    masks: tuple[Masks, ...]

    def rows(self, part: slice) -> "DroppedBatch":
        """The same for some of the rows."""
        masks = tuple(
            Masks(
                None if mask.output is None else mask.output[part],
                None if mask.recurrent is None else mask.recurrent[part],
            )
            for mask in self.masks
        )
        return DroppedBatch(self.inputs[part], masks)


class Dropout:
    """Drops units, one mask a sequence (Gal & Ghahramani 2016), and characters of the input."""

    def __init__(self, config: NumpyConfig, seed: int) -> None:
        self._config, self._seed = config, seed
        self._no_masks = (Masks(),) * config.layers
        self._drops = bool(config.dropout or config.recurrent_dropout or config.input_dropout)
        self.update = 0

    def __call__(self, inputs: Tokens) -> DroppedBatch:
        """The inputs and masks of the next update."""
        if not self._drops:
            return DroppedBatch(inputs, self._no_masks)
        config = self._config
        key = np.array([self._seed ^ _KEY, self.update], np.uint64)
        generator = np.random.Generator(np.random.Philox(key=key))
        self.update += 1
        if config.input_dropout:
            dropped = generator.random(inputs.shape, np.float32) < config.input_dropout
            inputs = np.where(dropped, np.int32(NO_TOKEN), inputs)
        output = self._draw_masks(generator, config.dropout, len(inputs))
        recurrent = self._draw_masks(generator, config.recurrent_dropout, len(inputs))
        return DroppedBatch(inputs, tuple(map(Masks, output, recurrent)))

    def _draw_masks(
        self, generator: np.random.Generator, dropped: float, rows: int
    ) -> list[Array] | list[None]:
        """For each layer a mask: 0 for a dropped unit, else what keeps the mean; None for none."""
        layers, units = self._config.layers, self._config.hidden
        if not dropped:
            return [None] * layers
        kept = generator.random((layers, rows, units), np.float32) < 1 - dropped
        return list((kept / (1 - dropped)).astype(self._config.precision))
