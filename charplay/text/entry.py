"""A text that somebody offers: what is known of it before it is read."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from charplay.plan import Kind


@dataclass(frozen=True)
class CorpusEntry:
    """One offered corpus: where its file lies, and what it is."""

    name: str
    kind: Kind
    summary: str
    licence: str
    source: str
    path: Traversable = field(repr=False)
