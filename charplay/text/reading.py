"""Reading a text file piece by piece, so that a file of any size takes a few megabytes.

The file is UTF-8, compressed by gzip or not. A byte order mark is left out, and every line end
becomes a newline.
"""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.resources.abc import Traversable
from typing import IO

from charplay.errors import CorpusError
from charplay.text.vocabulary import NEWLINE

PIECE = 1 << 22


def changed_error(source: str) -> CorpusError:
    """The error for a text that differs from what was read of it before."""
    return CorpusError(f"{source} changed while it was read", "try again when nothing writes to it")


class TextReader:
    """The pieces of a text file, which is read again each time that they are iterated.

    Raises CorpusError, with line and byte, if the file is not a text, or changes between readings.
    """

    def __init__(
        self, source: str, path: Traversable, lower: bool = False, piece: int = PIECE
    ) -> None:
        self._source, self._path, self._lower, self._piece = source, path, lower, piece
        self._sha256 = ""
        self._only_piece: bytes | None = None
        if path.is_dir():
            raise CorpusError(f"{source} is a folder", "name a file in it")
        if not path.is_file():
            raise CorpusError(
                f"{source} is not a regular file", "save the text in a file, and name that"
            )

    @property
    def sha256(self) -> str:
        """The checksum of the file, of a compressed one after decompression."""
        if not self._sha256:
            for _ in self._bytes():
                pass
        return self._sha256

    @property
    def small(self) -> bool:
        """Whether the text fits in one piece, which stays in memory."""
        return bool(self.sha256) and self._only_piece is not None

    def __iter__(self) -> Iterator[str]:
        return _lowercase_pieces(self._decoded()) if self._lower else self._decoded()

    def _decoded(self) -> Iterator[str]:
        """The decoded text, with a newline for each line end."""
        utf8 = codecs.getincrementaldecoder("utf-8")()
        decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        position, first = _Position(), True
        for piece in self._bytes():
            if first:
                piece, first = self._unmarked(piece), False
            if (zero := piece.find(b"\x00")) >= 0:
                position.advance(piece[:zero])
                raise CorpusError(
                    f"{self._source} is not a text: line {position.line} has a zero byte",
                    "give a plain text file",
                )
            yield self._decode(decoder, piece, position)
        yield self._decode(decoder, b"", position, final=True)

    def _unmarked(self, piece: bytes) -> bytes:
        """The first bytes without a byte order mark."""
        if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise CorpusError(f"{self._source} is UTF-16", "save it as UTF-8")
        return piece.removeprefix(codecs.BOM_UTF8)

    def _decode(
        self,
        decoder: io.IncrementalNewlineDecoder,
        piece: bytes,
        position: "_Position",
        final: bool = False,
    ) -> str:
        try:
            text = decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            # The decoder had held back the first bytes of a character.
            position.byte -= len(error.object) - len(piece)
            position.advance(error.object[: error.start])
            raise CorpusError(
                f"{self._source} is not UTF-8: line {position.line}, byte {position.byte + 1} "
                f"is 0x{error.object[error.start]:02x}",
                "save it as UTF-8",
            ) from error
        position.advance(piece)
        return text

    def _bytes(self) -> Iterator[bytes]:
        """The decompressed file; its checksum is known after the last piece."""
        if self._only_piece is not None:
            yield self._only_piece
            return
        checksum = hashlib.sha256()
        try:
            with self._path.open("rb") as file, self._decompressed(file) as stream:
                piece = first = stream.read(self._piece)
                while piece:
                    checksum.update(piece)
                    yield piece
                    piece = stream.read(self._piece)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CorpusError(
                f"{self._source} is not a whole .gz file", "give the text decompressed"
            ) from error
        except OSError as error:
            raise CorpusError(
                f"{self._source} cannot be read: {error.strerror}",
                "check that you may read the file",
            ) from error
        if self._sha256 not in ("", checksum.hexdigest()):
            raise changed_error(self._source)
        self._sha256 = checksum.hexdigest()
        if len(first) < self._piece:
            self._only_piece = first

    def _decompressed(self, file: IO[bytes]) -> AbstractContextManager[IO[bytes] | gzip.GzipFile]:
        if self._path.name.lower().endswith(".gz"):
            return gzip.open(file)
        return nullcontext(file)


class _Position:
    """How far a file was read: the line, from 1, and how many bytes of that line."""

    def __init__(self) -> None:
        self.line, self.byte = 1, 0

    def advance(self, read: bytes) -> None:
        """Count the line ends and bytes that were read."""
        ends = read.count(b"\n")
        self.line += ends
        self.byte = len(read) - read.rfind(b"\n") - 1 if ends else self.byte + len(read)


def _lowercase_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces in lower case, divided after a space: the form of a sigma depends on its word."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        end = max(text.rfind(NEWLINE), text.rfind(" ")) + 1 or len(text)
        rest = text[end:]
        yield text[:end].lower()
    yield rest.lower()
