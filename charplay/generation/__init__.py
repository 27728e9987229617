"""Generation: from logits to a character, and from a place to an answer."""
