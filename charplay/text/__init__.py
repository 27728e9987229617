"""Texts: characters as tokens, lists of names and prose, and the batches cut from them."""
