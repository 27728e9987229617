"""Texts: characters to tokens, lists of names and prose, and batches cut from them."""
