"""How a model would spell a beginning that was typed in any case."""

import numpy as np

from charplay.generation.place import initial_place
from charplay.models.contract import Model

# Beginnings kept at each letter: a likely one may begin with an unlikely letter.
_KEPT = 16


def likeliest_spelling(model: Model, text: str) -> str:
    """The likeliest beginning of a text that differs from one in case or typography alone.

    `text` is in the model's characters; it is given back where they leave no choice.
    """
    vocabulary = model.vocabulary
    choices = [vocabulary.alike(character) for character in text]
    if all(len(alike) == 1 for alike in choices):
        return text
    place = initial_place(model)
    state, pending = place.state, np.array([place.pending], np.int32)
    kept = [(0.0, "")]
    for alike in choices:
        logits, state = model.step(state, pending)
        log_probabilities = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
        grown = [
            (score + float(log_probabilities[row, vocabulary.index[character]]), row, character)
            for row, (score, _) in enumerate(kept)
            for character in alike
        ]
        grown = sorted(grown, key=lambda each: -each[0])[:_KEPT]
        rows = [row for _, row, _ in grown]
        state = {name: array[rows] for name, array in state.items()}
        pending = vocabulary.encode("".join(character for *_, character in grown))
        kept = [(score, kept[row][1] + character) for score, row, character in grown]
    return kept[0][1]
