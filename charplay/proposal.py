"""What backends propose to do with a text: plain values that every package may read."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from charplay.kind import Kind
from charplay.plan import Plan, Stage

# What is read at once where a text is read once; longer pieces of prose cost memory, and save
# nothing.
_NAMES_AT_ONCE, _LONGEST_PIECE = 256, 8192
# So often a model that is counted anew for each checkpoint can be saved.
_SECONDS_BETWEEN_CHECKPOINTS = 600


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


def usual_plan(facts: TextFacts) -> Plan:
    """A plan that suits most networks and texts: many passes, until they no longer help."""
    if facts.kind == "names":
        stages = (Stage(epochs=40, learning_rate=0.005),)
        return Plan(clip_norm=5, patience=5, inner=0.1, stages=stages)
    return Plan(
        cutting="stream",
        batch_size=max(1, min(32, facts.characters // 1280)),
        clip_norm=5,
        patience=3,
        inner=0.1,
        stages=(Stage(epochs=20, learning_rate=0.003, schedule="linear"),),
    )


def one_pass_plan(facts: TextFacts) -> Plan:
    """A plan that reads a text once and in order, as counting does, and keeps no inner part."""
    plan = Plan(
        batch_size=_NAMES_AT_ONCE,
        checkpoint_seconds=_SECONDS_BETWEEN_CHECKPOINTS,
        stages=(Stage(epochs=1),),
    )
    if facts.kind == "names":
        return plan
    # A last piece that is not full is left out: at most a five-hundredth of the text.
    length = max(1, min(_LONGEST_PIECE, facts.characters // 500))
    return replace(plan, cutting="stream", batch_size=1, length=length)
