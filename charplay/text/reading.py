"""Reading a text file piece by piece, so that one of any size passes through a few megabytes.

UTF-8, packed or not; a byte order mark is no part of the text, and every line ends by a newline.
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
    """The error for a text that is not what it was when it was read before."""
    return CorpusError(f"{source} changed while it was read", "try again when it is written")


class TextReader:
    """A text in pieces, from its file as often as it is gone through.

    Raises CorpusError, with line and byte, where the file is no text or does not stay the same.
    """

    def __init__(
        self, source: str, path: Traversable, lower: bool = False, piece: int = PIECE
    ) -> None:
        self._source, self._path, self._lower, self._piece = source, path, lower, piece
        self._sha256 = ""
        self._whole: bytes | None = None
        if path.is_dir():
            raise CorpusError(f"{source} is a folder", "name a file in it")
        if not path.is_file():
            raise CorpusError(
                f"{source} is no file that stays", "save the text in a file, and name it"
            )

    @property
    def sha256(self) -> str:
        """Checksum of the file, of one that is packed unpacked."""
        if not self._sha256:
            for _ in self._bytes():
                pass
        return self._sha256

    @property
    def small(self) -> bool:
        """Whether the text is of one piece, and stays in memory."""
        return bool(self.sha256) and self._whole is not None

    def __iter__(self) -> Iterator[str]:
        return _lowered(self._decoded()) if self._lower else self._decoded()

    def _decoded(self) -> Iterator[str]:
        """The text, decoded, whatever ends its lines turned to newlines."""
        utf8 = codecs.getincrementaldecoder("utf-8")()
        decoder = io.IncrementalNewlineDecoder(utf8, translate=True)
        place, first = _Place(), True
        for piece in self._bytes():
            if first:
                piece, first = self._unmarked(piece), False
            if (zero := piece.find(b"\x00")) >= 0:
                place.move(piece[:zero])
                raise CorpusError(
                    f"{self._source} is not a text: line {place.line} has a zero byte",
                    "give a plain text file",
                )
            yield self._text(decoder, piece, place)
        yield self._text(decoder, b"", place, final=True)

    def _unmarked(self, piece: bytes) -> bytes:
        """The first bytes without a byte order mark."""
        if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise CorpusError(f"{self._source} is UTF-16", "save it as UTF-8")
        return piece.removeprefix(codecs.BOM_UTF8)

    def _text(
        self,
        decoder: io.IncrementalNewlineDecoder,
        piece: bytes,
        place: "_Place",
        final: bool = False,
    ) -> str:
        try:
            text = decoder.decode(piece, final)
        except UnicodeDecodeError as error:
            # What the decoder had held back is the beginning of one character.
            place.byte -= len(error.object) - len(piece)
            place.move(error.object[: error.start])
            raise CorpusError(
                f"{self._source} is not UTF-8: line {place.line}, byte {place.byte + 1} "
                f"is 0x{error.object[error.start]:02x}",
                "save it as UTF-8",
            ) from error
        place.move(piece)
        return text

    def _bytes(self) -> Iterator[bytes]:
        """The file unpacked; its checksum is known once it has been gone through."""
        if self._whole is not None:
            yield self._whole
            return
        checksum = hashlib.sha256()
        try:
            with self._path.open("rb") as file, self._unpacked(file) as stream:
                piece = first = stream.read(self._piece)
                while piece:
                    checksum.update(piece)
                    yield piece
                    piece = stream.read(self._piece)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CorpusError(
                f"{self._source} is not a whole .gz file", "give the text unpacked"
            ) from error
        except OSError as error:
            raise CorpusError(
                f"{self._source} cannot be read: {error.strerror}", "see that you may read the file"
            ) from error
        if self._sha256 not in ("", checksum.hexdigest()):
            raise changed_error(self._source)
        self._sha256 = checksum.hexdigest()
        if len(first) < self._piece:
            self._whole = first

    def _unpacked(self, file: IO[bytes]) -> AbstractContextManager[IO[bytes] | gzip.GzipFile]:
        if self._path.name.lower().endswith(".gz"):
            return gzip.open(file)
        return nullcontext(file)


class _Place:
    """How far a file has been read: the line, from 1, and how many bytes of it."""

    def __init__(self) -> None:
        self.line, self.byte = 1, 0

    def move(self, read: bytes) -> None:
        """Go on behind some bytes."""
        ends = read.count(b"\n")
        self.line += ends
        self.byte = len(read) - read.rfind(b"\n") - 1 if ends else self.byte + len(read)


def _lowered(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces in lower case, parted after a blank: a sigma's form depends on its word."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        end = max(text.rfind(NEWLINE), text.rfind(" ")) + 1 or len(text)
        rest = text[end:]
        yield text[:end].lower()
    yield rest.lower()
