"""Insight: names by form, and what a model expects, follows and has learned by heart."""
