"""The tokens of large texts, cached in the data home and mapped into memory.

tokens/<key>.tokens    all tokens of the text, in the narrowest type that fits its vocabulary
tokens/<key>.json      their record; written last, so tokens without it are incomplete

Everything here can be made again from its text, so the folder may be emptied at any time.
"""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.errors import CorpusError
from charplay.files import open_replacement, replace_file
from charplay.readable import open_readable, read_record
from charplay.text.vocabulary import Vocabulary

# Unsigned, so that no token is -1.
NarrowTokens = NDArray[np.unsignedinteger[Any]]

# Raise it when the same text comes to be read as other characters.
_FORMAT = 2
_CHUNK = 1 << 22


def encode_narrow(vocabulary: Vocabulary, piece: str) -> NarrowTokens:
    """The tokens of a text, one byte each for a vocabulary of up to 255 characters."""
    tokens: NarrowTokens = vocabulary.encode(piece).astype(np.min_scalar_type(len(vocabulary)))
    return tokens


@dataclass(frozen=True, eq=False)
class CachedTokens:
    """The tokens of a text, its vocabulary, and notes on what was cleaned when it was read."""

    vocabulary: Vocabulary
    tokens: NarrowTokens
    notes: tuple[str, ...] = ()


class TokenCache:
    """The cached tokens of one text; `key` stands for all that they depend on."""

    def __init__(self, home: Path, key: str) -> None:
        folder = home / "tokens"
        self._tokens, self._record = folder / f"{key}.tokens", folder / f"{key}.json"

    def read(self) -> CachedTokens | None:
        """The mapped tokens; None if they are missing or incomplete."""
        try:
            record = json.loads(read_record(self._record))
            vocabulary = Vocabulary(record["vocabulary"])
            notes = tuple(map(str, record["notes"]))
            found = CachedTokens(vocabulary, self._map_tokens(vocabulary), notes)
            complete = record == _tokens_record(found)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        except CorpusError:  # more characters than any vocabulary has
            return None
        return found if complete else None

    def write(
        self, vocabulary: Vocabulary, pieces: Iterable[NarrowTokens], notes: tuple[str, ...] = ()
    ) -> CachedTokens:
        """Store the tokens of a text; what `read` gives from now on."""
        with open_replacement(self._tokens) as stream:
            for piece in pieces:
                stream.write(piece.tobytes())
        found = CachedTokens(vocabulary, self._map_tokens(vocabulary), notes)
        replace_file(self._record, json.dumps(_tokens_record(found)).encode())
        return found

    def _map_tokens(self, vocabulary: Vocabulary) -> NarrowTokens:
        width = np.min_scalar_type(len(vocabulary))
        # A plain array: every slice of a memmap would take microseconds longer.
        with open_readable(self._tokens) as file:
            return np.memmap(file, width, "r").view(np.ndarray)


def _tokens_record(found: CachedTokens) -> dict[str, Any]:
    tokens = found.tokens
    checksum = zlib.crc32(found.vocabulary.characters.encode())
    for start in range(0, len(tokens), _CHUNK):
        checksum = zlib.crc32(tokens[start : start + _CHUNK].data, checksum)
    return {
        "format": _FORMAT,
        "vocabulary": found.vocabulary.characters,
        "tokens": len(tokens),
        "crc32": checksum,
        "notes": list(found.notes),
    }
