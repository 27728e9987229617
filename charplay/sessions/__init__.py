"""Conversations that are kept: trees of turns, and where in them one stands."""
