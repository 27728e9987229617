"""A corpus that a plugin offers or the data home has: what is known before it is read."""

from dataclasses import dataclass, field
from importlib.resources.abc import Traversable

from charplay.plan import Kind
from charplay.text.reading.text_reading import TextReading


@dataclass(frozen=True)
class Download:
    """Where a text can be fetched, and what shows that it came whole.

    sha256: the checksum of the file. characters: how many the text has, each line end counted as
    one. distinct_lower: how many distinct characters it has when lower-cased. Each may be None.
    """

    url: str
    sha256: str | None = None
    characters: int | None = None
    distinct_lower: int | None = None


@dataclass(frozen=True)
class CorpusEntry:
    """A corpus: what it is, and where its file is.

    path: None for a text that has to be fetched first, as its `download` says.
    size: how many names a list has, or characters prose has. distinct: how many distinct
    characters, including the newline that ends a name. Both let a listing show them unread.
    reading: of a text that the person added, how its file was read.
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
    reading: TextReading | None = None
