"""A text that somebody offers: what is known of it before it is read."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from charplay.plan import Kind


@dataclass(frozen=True)
class Download:
    """Where a text can be fetched, and what tells that it came whole.

    sha256: of the file. characters: of the text, its line ends counted as one each.
    distinct_lower: distinct characters of the text when it is lower-cased. Each may be None.
    """

    url: str
    sha256: str | None = None
    characters: int | None = None
    distinct_lower: int | None = None


@dataclass(frozen=True)
class CorpusEntry:
    """One offered corpus: where its file lies, and what it is.

    path: None for a text that has to be fetched by its `download` first.
    size: names of a list, characters of prose. distinct: distinct characters, the newline that
    ends a name among them. Both are for lists of the texts, which read none of them.
    """

    name: str
    kind: Kind
    summary: str
    licence: str
    source: str
    path: Traversable | None = field(default=None, repr=False)
    size: int | None = None
    distinct: int | None = None
    download: Download | None = None
