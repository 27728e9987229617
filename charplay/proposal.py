"""What backends propose to do with a text: plain values that every package may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from charplay.plan import Kind, Plan, Stage


@dataclass(frozen=True)
class TextFacts:
    """What is known of a text before training: its kind, its size, its distinct characters.

    size: names of a list, characters of prose; characters: all that a model has to predict;
    longest: characters of the longest name with its line end, 0 for prose.
    """

    kind: Kind
    size: int
    characters: int
    vocabulary: int
    longest: int = 0


@dataclass(frozen=True)
class Proposal:
    """What a backend would do with a text.

    summary: a phrase, like "an n-gram"; expected: the held-out loss, as a multiple of that of
    counting.
    """

    plan: Plan = field(default_factory=Plan)
    config: Mapping[str, Any] = field(default_factory=dict)
    summary: str = ""
    expected: float = 1


def usual_plan(kind: Kind, characters: int) -> Plan:
    """A plan that suits most texts of that kind and that many characters."""
    if kind == "names":
        stages = (Stage(epochs=40, learning_rate=0.005),)
        return Plan(clip_norm=5, patience=5, inner=0.1, stages=stages)
    return Plan(
        cutting="stream",
        batch_size=max(1, min(32, characters // 1280)),
        clip_norm=5,
        patience=3,
        inner=0.1,
        stages=(Stage(epochs=20, learning_rate=0.003, schedule="linear"),),
    )
