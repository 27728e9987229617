"""What a loss is measured by: no knowledge at all, and the best n-gram of the model's own text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from charplay.errors import CharplayError
from charplay.insight.reading import ExpectedPiece
from charplay.models.counting import HIGHEST_ORDER, KneserNey, counted_texts, find_best_order
from charplay.models.header import Header
from charplay.text.entry import CorpusEntry
from charplay.text.tokens import NO_TOKEN
from charplay.text.vocabulary import Vocabulary
from charplay.training.measuring import MOST_COUNTED
from charplay.training.texts import (
    stage_texts_of_model,
    text_choice_of,
    text_digest_of,
    texts_of_model,
)


@dataclass(frozen=True)
class CountingYardstick:
    """A Kneser-Ney model of the text that a model was trained on, and what to know of it."""

    counted: KneserNey | None
    notice: str = ""


def counting_yardstick(
    header: Header,
    local_text: str | None,
    corpora: Mapping[str, CorpusEntry],
    home: Path | None = None,
) -> CountingYardstick:
    """The best n-gram of a model's own training text; a notice says why there is none.

    `local_text` is the corpus or file that the library notes for the model. Its order is the one
    that was best on the part held out. A text that is not at hand raises nothing.
    """
    choice = text_choice_of(header, local_text)
    try:
        texts = texts_of_model(header, local_text, corpora, home)
        learned = [texts.known, *stage_texts_of_model(header, corpora, home)]
        total = sum(text.characters for text in learned)
        if total > MOST_COUNTED:
            return CountingYardstick(
                None,
                f"no n-gram of this text: the model's own has {total:,} characters, too many "
                "to count while you wait",
            )
        vocabulary = Vocabulary(header.vocabulary)
        counted = [part for text in learned for part in counted_texts(text, vocabulary)]
    except (CharplayError, KeyError):
        why = choice.corpus or "the model's file names no text"
        return CountingYardstick(
            None, f"no n-gram beside it: the text it was trained on is not at hand: {why}"
        )
    order = measured_counting(header)[0]
    if order is None:
        held_out = texts.held_out
        scored = counted_texts(held_out, vocabulary) if held_out.characters else counted
        _, order = find_best_order(counted, scored, len(vocabulary))
    changed = f"{choice.corpus} has changed since the model was trained on it"
    fits = texts.own.sha256 == text_digest_of(header)
    return CountingYardstick(
        KneserNey.count(counted, order, len(vocabulary)), "" if fits else changed
    )


def measured_counting(header: Header) -> tuple[int | None, float | None]:
    """The order that was best when a model was made, and its loss on the part held out.

    None for what the model's file does not say.
    """
    measured = header.provenance.get("counting")
    values = measured if isinstance(measured, dict) else {}
    order, loss = values.get("order"), values.get("held_out_loss")
    known = isinstance(order, int) and 1 <= order <= HIGHEST_ORDER
    held_out = float(loss) if isinstance(loss, int | float) and 0 < loss < inf else None
    return (order if known else None), held_out


class CountingReader:
    """Reads the pieces of a text with a Kneser-Ney model, from where a model of it begins."""

    def __init__(self, counted: KneserNey, opening: int) -> None:
        self._counted, self._opening = counted, opening
        self._recent = np.zeros(0, np.int32)

    def nats(self, piece: ExpectedPiece) -> NDArray[np.float64]:
        """The loss `(T,)` of each character of the next piece."""
        length = max(1, self._counted.order - 1)
        if piece.begins:
            self._recent = np.full(length, NO_TOKEN, np.int32)
            self._recent[-1] = self._opening
        read = np.concatenate([self._recent, piece.tokens])
        contexts = np.lib.stride_tricks.sliding_window_view(read[:-1], length)
        probabilities = self._counted.probabilities(contexts)
        self._recent = read[-length:]
        return -np.log(probabilities[np.arange(len(piece.tokens)), piece.tokens])
