"""What a grown model is held to."""

import numpy as np


def proportions(model, tokens, of):
    """log p(c) of characters `of` after each token, less that of the first of them."""
    vocabulary = model.vocabulary
    logits, _ = model.advance(model.initial_state(1), vocabulary.encode(tokens)[None])
    chosen = logits[0][:, vocabulary.encode(of)].astype(np.float64)
    return chosen - chosen[:, :1]


def assert_old_characters_keep_their_proportions(model, larger, text="aceggeca"):
    """After any text in old characters, one is so many times as probable as another as before."""
    old = model.vocabulary.characters
    np.testing.assert_allclose(
        proportions(larger, text, old), proportions(model, text, old), rtol=1e-4, atol=1e-5
    )
