"""What a spreadsheet's file holds once it is unpacked, measured before anything reads it."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from charplay.errors import CorpusError
from charplay.text.reading.reader import is_bomb

_NOT_WHOLE = (
    BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    zlib.error,
)  # fmt: skip
_PIECE, _LONGEST_CELL_TAG = 1 << 20, 100
_LARGEST = 2_000_000_000
# The place of a cell, as in `<c r="BC12"`.
_PLACE = re.compile(rb'<c\s[^>]{0,60}?\br="([A-Z]{1,3})([0-9]{1,7})"')
# A cell takes four bytes and more; so many cells may be empty in any sheet.
_BYTES_A_CELL, _MOST_EMPTY = 4, 1_000_000


def check_unpacked(source: str, raw: bytes) -> None:
    """CorpusError for a file that unpacks to far more than it is, or whose sheets are that wide.

    The sizes that the file tells of itself are not believed: everything is unpacked, in pieces.
    """
    size = cells = 0
    try:
        with ZipFile(BytesIO(raw)) as archive:
            for member in archive.infolist():
                rows = columns = 0
                for piece in _pieces(archive, member):
                    size += len(piece) - _LONGEST_CELL_TAG
                    if is_bomb(size, len(raw)) or size > _LARGEST:
                        raise _too_large(source)
                    for letters, row in _PLACE.findall(piece):
                        rows, columns = max(rows, int(row)), max(columns, _column(letters))
                cells += rows * columns
    except _NOT_WHOLE as error:
        raise unwhole_error(source) from error
    if cells > _MOST_EMPTY + size / _BYTES_A_CELL:
        raise _too_large(source)


def _pieces(archive: ZipFile, member: ZipInfo) -> Iterator[bytes]:
    """A member unpacked to its end, each piece after the end of the one before."""
    member.file_size = _LARGEST + 1
    last = b" " * _LONGEST_CELL_TAG
    with archive.open(member) as file:
        while piece := file.read(_PIECE):
            yield last + piece
            last = (last + piece)[-_LONGEST_CELL_TAG:]


def unwhole_error(source: str) -> CorpusError:
    """The error for a file that no spreadsheet program wrote."""
    return CorpusError(f"{source} is not a whole spreadsheet", "save it again as .xlsx, or as .csv")


def _column(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def _too_large(source: str) -> CorpusError:
    return CorpusError(
        f"{source} unpacks to far more than a table of its size holds",
        "if you trust it, save it as .csv, and name that",
    )
