"""Sessions: conversations kept as trees of turns, with the position where each was left."""
