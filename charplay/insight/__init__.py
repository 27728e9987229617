"""Insight into names: search, plausibility, nearest names, sounds, drug stems."""
