"""Completion: what may come next in a line that is being typed, from the commands' data."""
