"""What a model expects next: every character's probability, before and after the cuts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.generation.options import Sampling
from charplay.generation.place import Place
from charplay.generation.sampling import Probabilities, token_probabilities
from charplay.generation.steering import forbid_empty
from charplay.models.arrays import Array
from charplay.models.contract import Model


@dataclass(frozen=True)
class NextCharacter:
    """A character that may come next.

    rank: 1 for the likeliest; probability: under the model; bits: its surprise, -log2 of that;
    drawn: its probability after temperature and cuts; parts: under each part of a mix.
    """

    rank: int
    character: str
    probability: float
    bits: float
    drawn: float
    parts: tuple[float, ...] = ()


@dataclass(frozen=True)
class NextCharacters:
    """What a model expects after a text, the likeliest first.

    options: those that temperature and cuts differ in from none, in words; uncertainty: the mean
    surprise in bits of what may come, before and `drawn_uncertainty` after them; others: how many
    characters are not listed, with their probability together; parts: the parts of a mix.
    """

    model: str
    text: str
    options: str
    characters: tuple[NextCharacter, ...]
    uncertainty: float
    drawn_uncertainty: float
    others: int
    others_probability: float
    others_drawn: float
    parts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expectation:
    """The probabilities `(V,)` of the next token: the model's, as drawn from, and each part's."""

    model: Probabilities
    drawn: Probabilities
    parts: Mapping[str, Probabilities]

    @classmethod
    def at(cls, model: Model, place: Place, sampling: Sampling, fresh: bool) -> Expectation:
        """What is expected at a place; `fresh`: a name has no letter yet, and cannot end."""
        tokens = np.array([[place.pending]], np.int32)
        logits, _ = model.advance(place.state, tokens)
        views = model.views(place.state, tokens)
        return cls.of(model, logits[0, 0], sampling, fresh, {n: v[0, 0] for n, v in views.items()})

    @classmethod
    def of(
        cls,
        model: Model,
        logits: Array,
        sampling: Sampling,
        fresh: bool,
        views: Mapping[str, Array] | None = None,
    ) -> Expectation:
        """What logits `(V,)` say, and those of the parts of a mix."""
        allowed = forbid_empty(logits[None], model.vocabulary.newline) if fresh else logits[None]
        drawn = token_probabilities(allowed, sampling)[0]
        parts = {name: softmax(each) for name, each in (views or {}).items()}
        return cls(softmax(logits), drawn, parts)

    def rows(self, characters: str, most: int) -> tuple[NextCharacter, ...]:
        """The likeliest characters, at most so many, all that may be drawn among equals first."""
        order = np.lexsort((-self.drawn, -self.model))
        return tuple(
            NextCharacter(
                rank=rank,
                character=characters[token],
                probability=float(self.model[token]),
                bits=bits_of(self.model[token]),
                drawn=float(self.drawn[token]),
                parts=tuple(float(part[token]) for part in self.parts.values()),
            )
            for rank, token in enumerate(order[:most].tolist(), start=1)
        )

    def listed(self, characters: str, most: int, **told: Any) -> NextCharacters:
        """The likeliest characters with what there is besides; `told` as for `next_characters`."""
        rows = self.rows(characters, most)
        return NextCharacters(
            characters=rows,
            uncertainty=entropy_of(self.model),
            drawn_uncertainty=entropy_of(self.drawn),
            others=len(characters) - len(rows),
            others_probability=max(0.0, 1 - sum(row.probability for row in rows)),
            others_drawn=max(0.0, 1 - sum(row.drawn for row in rows)),
            parts=tuple(self.parts),
            **told,
        )

    def rank_of(self, token: int) -> int:
        """The rank of a token: 1 for the likeliest."""
        order = np.lexsort((-self.drawn, -self.model))
        return int(np.flatnonzero(order == token)[0]) + 1


def next_characters(
    model: Model,
    place: Place,
    sampling: Sampling,
    most: int,
    /,
    *,
    fresh: bool = False,
    **told: Any,
) -> NextCharacters:
    """What a model expects at a place: its `most` likeliest characters.

    fresh: a name has no letter yet. `told` are fields of the result that stand beside: model, text,
    options, notices.
    """
    expected = Expectation.at(model, place, sampling, fresh)
    return expected.listed(model.vocabulary.characters, most, **told)


def softmax(logits: Array) -> Probabilities:
    """The probabilities `(…, V)` of logits, in double precision."""
    return token_probabilities(logits, Sampling())


def bits_of(probability: float) -> float:
    """The surprise of a probability, in bits: -log2 of it; infinite for none."""
    return float(-np.log2(probability)) if probability > 0 else float("inf")


def entropy_of(probabilities: NDArray[np.float64]) -> float:
    """The mean surprise of what has these probabilities, in bits."""
    some = probabilities[probabilities > 0]
    return float(-(some * np.log2(some)).sum()) + 0.0
