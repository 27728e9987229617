"""Reading a text file piece by piece, so that a file of any size takes a few megabytes.

The file is compressed by gzip or not. Byte order marks are left out, every line end becomes a
newline, and the text is in Unicode's form NFC.
"""

import codecs
import gzip
import hashlib
import io
import zlib
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO

from charplay.errors import CorpusError
from charplay.readable import why_unreadable
from charplay.text.reading.cleaning import Cleaned, clean_pieces
from charplay.text.reading.encodings import certain_encoding, check_encoding, wrong_encoding
from charplay.text.vocabulary import NEWLINE

PIECE = 1 << 22
# A text is packed to a third or a tenth; one of a single line again and again to less.
_MOST_UNPACKED, _MOST_TIMES = 50_000_000, 100


class PackedError(CorpusError):
    """A packed file holds far more than most do; it is read where `large` says so."""

    def __init__(self, message: str) -> None:
        super().__init__(message, "if you trust it, add --large")


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether a compressed file holds far more than any text or table that was packed."""
    return unpacked > _MOST_UNPACKED and unpacked > _MOST_TIMES * packed


def changed_error(source: str) -> CorpusError:
    """The error for a text that differs from what was read of it before."""
    return CorpusError(f"{source} changed while it was read", "try again when nothing writes to it")


def check_file(source: str, path: Traversable) -> None:
    """CorpusError where a path is not that of a file."""
    if path.is_dir():
        raise CorpusError(f"{source} is a folder", "name a file in it")
    try:
        is_file = not why_unreadable(path) if isinstance(path, Path) else path.is_file()
    except OSError as error:
        raise unreadable_error(source, error) from error
    if not is_file:
        raise CorpusError(
            f"{source} is not a regular file", "save the text in a file, and name that"
        )


class TextReader:
    """The pieces of a text file, which is read again each time that they are iterated.

    encoding: UTF-8, or UTF-16 where that is certain, unless given; cleaned: what the last reading
    to the end cleaned; large: whether a packed file may hold any amount, else PackedError. Raises
    UsageError for an encoding that there is not, and CorpusError, with line and byte, if the file
    is not a text, or changes between readings.
    """

    def __init__(
        self,
        source: str,
        path: Traversable,
        lower: bool = False,
        piece: int = PIECE,
        encoding: str | None = None,
        large: bool = False,
    ) -> None:
        self._source, self._path, self._lower, self._piece = source, path, lower, piece
        self._encoding, self._large = check_encoding(encoding) if encoding else "", large
        self._sha256, self._packed_size = "", 0
        self._only_piece: bytes | None = None
        self.cleaned = Cleaned()
        check_file(source, path)

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

    @property
    def encoding(self) -> str:
        """The encoding by which the file is read."""
        if not self._encoding:
            self._encoding = certain_encoding(self._source, next(self._bytes(), b""))
        return self._encoding

    def __iter__(self) -> Iterator[str]:
        self.cleaned = Cleaned()
        pieces = clean_pieces(self._decoded(), self.cleaned)
        return _lowercase_pieces(pieces) if self._lower else pieces

    def _decoded(self) -> Iterator[str]:
        """The decoded text, with a newline for each line end."""
        decode = codecs.getincrementaldecoder(self.encoding)()
        decoder = io.IncrementalNewlineDecoder(decode, translate=True)
        line_end = NEWLINE.encode(self.encoding).removeprefix(codecs.BOM_UTF16)
        position, first = _Position(line_end), True
        for piece in self._bytes():
            if first and piece.startswith(codecs.BOM_UTF8):
                position.byte = -len(codecs.BOM_UTF8)
            first = False
            if len(line_end) == 1 and (zero := piece.find(b"\0")) >= 0:
                position.advance(piece[:zero])
                raise CorpusError(
                    f"{self._source} is not a text: line {position.line} has a zero byte",
                    "give a plain text file, or a table as .csv or .xlsx",
                )
            yield self._decode(decoder, piece, position)
        yield self._decode(decoder, b"", position, final=True)

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
            line_start = error.object.rfind(b"\n", 0, error.start) + 1
            position.advance(error.object[: error.start])
            where = f"line {position.line}, byte {position.byte + 1}"
            found = f"{where} is 0x{error.object[error.start]:02x}"
            raise wrong_encoding(
                self._source, self.encoding, found, error.object[line_start:]
            ) from error
        except UnicodeError as error:
            raise CorpusError(
                f"{self._source} is not {self.encoding}: {error}",
                "leave out --encoding, or give another",
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
                size = 0
                while piece:
                    size += len(piece)
                    self._check_unpacked(size, stream)
                    checksum.update(piece)
                    yield piece
                    piece = stream.read(self._piece)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise CorpusError(
                f"{self._source} is not a whole .gz file", "give the text decompressed"
            ) from error
        except OSError as error:
            raise unreadable_error(self._source, error) from error
        if self._sha256 not in ("", checksum.hexdigest()):
            raise changed_error(self._source)
        self._sha256 = checksum.hexdigest()
        if len(first) < self._piece:
            self._only_piece = first

    def _check_unpacked(self, size: int, stream: IO[bytes] | gzip.GzipFile) -> None:
        """PackedError where a small .gz file holds more than any text that was packed."""
        if self._large or not isinstance(stream, gzip.GzipFile):
            return
        if is_bomb(size, self._packed_size):
            raise PackedError(
                f"{self._source} has {self._packed_size:,} bytes, and holds {size:,} and more"
            )

    def _decompressed(self, file: IO[bytes]) -> AbstractContextManager[IO[bytes] | gzip.GzipFile]:
        if self._path.name.lower().endswith(".gz"):
            self._packed_size = file.seek(0, io.SEEK_END)
            file.seek(0)
            return gzip.open(file)
        return nullcontext(file)


def unreadable_error(source: str, error: OSError) -> CorpusError:
    """The error for a file that the system does not let us read."""
    return CorpusError(
        f"{source} cannot be read: {error.strerror}", "check that you may read the file"
    )


class _Position:
    """How far a file was read: the line, from 1, and how many bytes of that line."""

    def __init__(self, line_end: bytes) -> None:
        self.line, self.byte = 1, 0
        self._line_end = line_end

    def advance(self, read: bytes) -> None:
        """Count the line ends and bytes that were read."""
        ends = read.count(self._line_end)
        self.line += ends
        last = read.rfind(self._line_end) + len(self._line_end)
        self.byte = len(read) - last if ends else self.byte + len(read)


def _lowercase_pieces(pieces: Iterable[str]) -> Iterator[str]:
    """Pieces in lower case, divided after a space: the form of a sigma depends on its word."""
    rest = ""
    for piece in pieces:
        text = rest + piece
        end = max(text.rfind(NEWLINE), text.rfind(" ")) + 1 or len(text)
        rest = text[end:]
        yield text[:end].lower()
    yield rest.lower()
