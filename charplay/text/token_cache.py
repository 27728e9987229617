"""The tokens of large texts, kept in the data home and mapped into memory.

tokens/<key>.tokens    every token of the text, in the narrowest type that holds its vocabulary
tokens/<key>.json      what is known of them; written last, so that tokens without it are not whole

Whatever stands here can be made again from its text, and the folder may be emptied at any time.
"""

import json
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from charplay.files import open_replacement, remove_unfinished, replace_file
from charplay.text.vocabulary import Vocabulary

# Unsigned, and never an index of -1.
NarrowTokens = NDArray[np.unsignedinteger[Any]]

# Goes up when the same text comes to be read as other characters.
_FORMAT = 1
_STRETCH = 1 << 22


def encode_narrow(vocabulary: Vocabulary, piece: str) -> NarrowTokens:
    """Tokens of a text, a byte each for a vocabulary of up to 255 characters."""
    tokens: NarrowTokens = vocabulary.encode(piece).astype(np.min_scalar_type(len(vocabulary)))
    return tokens


class TokenCache:
    """The tokens of one text; `key` names all that they depend on."""

    def __init__(self, home: Path, key: str) -> None:
        folder = home / "tokens"
        self._tokens, self._record = folder / f"{key}.tokens", folder / f"{key}.json"

    def read(self) -> tuple[Vocabulary, NarrowTokens] | None:
        """The vocabulary and the tokens, mapped; None where they are not there, or not whole."""
        try:
            record = json.loads(self._record.read_bytes())
            vocabulary = Vocabulary(record["vocabulary"])
            tokens = self._mapped(vocabulary)
            whole = record == _record(vocabulary, tokens)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None
        return (vocabulary, tokens) if whole else None

    def write(
        self, vocabulary: Vocabulary, pieces: Iterable[NarrowTokens]
    ) -> tuple[Vocabulary, NarrowTokens]:
        """Keep the tokens of a text, and give back what `read` will."""
        remove_unfinished(self._tokens)
        with open_replacement(self._tokens) as stream:
            for piece in pieces:
                stream.write(piece.tobytes())
        tokens = self._mapped(vocabulary)
        replace_file(self._record, json.dumps(_record(vocabulary, tokens)).encode())
        return vocabulary, tokens

    def _mapped(self, vocabulary: Vocabulary) -> NarrowTokens:
        width = np.min_scalar_type(len(vocabulary))
        # A plain array, since every look at a part of a memmap costs microseconds more.
        return np.memmap(self._tokens, width, "r").view(np.ndarray)


def _record(vocabulary: Vocabulary, tokens: NarrowTokens) -> dict[str, Any]:
    checksum = zlib.crc32(vocabulary.characters.encode())
    for start in range(0, len(tokens), _STRETCH):
        checksum = zlib.crc32(tokens[start : start + _STRETCH].data, checksum)
    return {
        "format": _FORMAT,
        "vocabulary": vocabulary.characters,
        "tokens": len(tokens),
        "crc32": checksum,
    }
