"""A corpus that a plugin offers or the data home has: what is known before it is read."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from charplay.kind import Kind
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

    def to_data(self) -> dict[str, Any]:
        """The entry of a plugin as values that JSON can hold; ValueError where its file is no path.

        Its file is read where it lies, so it cannot be inside an archive.
        """
        if self.path is not None and not isinstance(self.path, Path):
            raise ValueError(f"its file {self.path} is no file of its own")
        plain = replace(self, path=None, reading=None)
        path = None if self.path is None else str(self.path)
        return {**asdict(plain), "path": path}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "CorpusEntry":
        """The entry that `to_data` wrote, also after a trip through JSON."""
        path, download = data["path"], data["download"]
        return cls(
            **{
                **data,
                "path": None if path is None else Path(path),
                "download": None if download is None else Download(**download),
            }
        )
