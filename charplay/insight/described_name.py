"""What is known of a name: values without any arithmetic, so that a view can name them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from charplay.generation.generator import Stopped


@dataclass(frozen=True)
class DescribedName:
    """A name with what is known of it, and the label that gives it again.

    loss: under the model, in nats per character, the newline included. centile: how many of 100
    held-out names are less plausible; None where too few were held out. listed: `training`,
    `held out` or `new`; None where the model's list is not available. nearest: the known name
    that is fewest edits away; edits: how many. label: what to type after `--seed`.
    """

    text: str
    loss: float
    centile: int | None
    listed: str | None
    nearest: str | None
    edits: int | None
    seed: int
    number: int
    label: str
    stopped: Stopped


@dataclass(frozen=True)
class Claim:
    """A stem of an International Nonproprietary Name, and what it says about a drug."""

    stem: str
    meaning: str


@dataclass(frozen=True)
class SoundingName(DescribedName):
    """A described name with the known name that sounds nearest, and the stems that it contains.

    sound_edits: edits between the sound keys of the two names.
    """

    sounds_like: str | None = None
    sound_edits: int | None = None
    stems: tuple[Claim, ...] = ()
