"""Counting: n-grams with interpolated modified Kneser-Ney smoothing, made in one pass."""

from charplay import RegisterBackend, hookimpl
from charplay_ngram.backend import NgramBackend


@hookimpl
def register_backends(register: RegisterBackend) -> None:
    """Offer the backend `ngram`."""
    register(NgramBackend())
