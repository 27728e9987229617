"""Why an answer is as it is: each of its characters, and one of them with all that was expected."""

from __future__ import annotations

from dataclasses import dataclass, replace

from charplay.insight.choices import AnswerTrace, Choice
from charplay.insight.probabilities import Expectation, NextCharacters


@dataclass(frozen=True)
class Why:
    """Characters of an answer, and the one at `place` with what was expected there.

    turn: the number of the answer's turn; label: its seed and number; text: the whole answer;
    choices: how the characters that were asked for came; place: from 1, the one asked for, or of
    several the least expected.
    """

    model: str
    turn: int
    label: str
    text: str
    choices: tuple[Choice, ...]
    place: int
    expected: NextCharacters
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Explained:
    """Choices, and the least expected of them with all that was expected there."""

    choices: tuple[Choice, ...]
    place: int
    expected: Expectation


def explain_choices(trace: AnswerTrace, first: int, last: int) -> Explained:
    """How the characters of an answer from place `first` to `last` came.

    One that was given is taken for the least expected only where none was chosen.
    """
    choices: list[Choice] = []
    found: tuple[tuple[bool, float], int, Expectation] | None = None
    for choice, expected in trace:
        if choice.place > last:
            break
        if choice.place < first:
            continue
        choices.append(choice)
        worth = (choice.came != "given", choice.bits)
        if found is None or worth > found[0]:
            found = (worth, choice.place, expected)
    assert found is not None
    _, place, expected = found
    return Explained(tuple(choices), place, replace(expected, parts=trace.parts_at(place)))
