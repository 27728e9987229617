"""What a spreadsheet's file holds once it is unpacked, measured before anything reads it."""

import re
import zlib
from collections.abc import Iterator
from io import BytesIO
from zipfile import BadZipFile, LargeZipFile, ZipFile, ZipInfo

from charplay.errors import CorpusError
from charplay.text.reading.reader import PackedError, is_bomb

_NOT_WHOLE = (
    BadZipFile, LargeZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError,
    zlib.error,
)  # fmt: skip
_AS_CSV = "save what you need of it as .csv, and name that"
_PIECE, _LONGEST_TAG = 1 << 20, 10_000
_LARGEST, _NO_END = 2_000_000_000, 1 << 62
# The place of a cell, as in `<c r="BC12"`.
_PLACE = re.compile(rb'<c\s[^>]{0,60}?\br="([A-Z]{1,3})([0-9]{1,7})"')
# A sheet, a row or a cell of an .ods; a row or a cell may stand for many alike.
_TAG = re.compile(rb"<table:(table|table-row|(?:covered-)?table-cell)(?![\w-])([^>]*)>")
_REPEATED = re.compile(rb'number-(?:rows|columns)-repeated="([0-9]{1,9})"')
# A cell takes four bytes and more; so many cells may be empty in any sheet.
_BYTES_A_CELL, _MOST_EMPTY = 4, 1_000_000


def check_unpacked(source: str, raw: bytes, large: bool = False) -> None:
    """PackedError for a file that unpacks to far more than it is, unless it is to be `large`.

    CorpusError for one that is no spreadsheet, or has gigabytes or a desert of cells. The sizes
    that the file tells of itself are not believed: everything is unpacked, in pieces.
    """
    size = cells = 0
    try:
        with ZipFile(BytesIO(raw)) as archive:
            for member in archive.infolist():
                extent = _Extent()
                for carried, piece in _pieces(archive, member):
                    size += len(piece) - carried
                    if size > _LARGEST:
                        raise CorpusError(f"{source} unpacks to gigabytes", _AS_CSV)
                    if not large and is_bomb(size, len(raw)):
                        raise PackedError(f"{source} has {len(raw):,} bytes, and holds far more")
                    extent.read(piece)
                cells += extent.cells
    except _NOT_WHOLE as error:
        raise unwhole_error(source) from error
    if cells > _MOST_EMPTY + size / _BYTES_A_CELL:  # which are all made to be read
        raise CorpusError(f"{source} has {cells:,} cells, nearly all of them empty", _AS_CSV)


def _pieces(archive: ZipFile, member: ZipInfo) -> Iterator[tuple[int, bytes]]:
    """A member unpacked to its end, each piece with the tag that the one before did not end, and
    how many bytes of it that are."""
    member.file_size = _NO_END
    held = b""
    with archive.open(member) as file:
        while unpacked := file.read(_PIECE):
            piece = held + unpacked
            yield len(held), piece
            begun = piece.rfind(b"<")
            is_open = begun >= 0 and piece.find(b">", begun) < 0
            held = piece[begun:] if is_open and len(piece) - begun < _LONGEST_TAG else b""


class _Extent:
    """How far the cells of sheets reach, by the places of an .xlsx or the repeats of an .ods."""

    def __init__(self) -> None:
        self._cells = 0
        self._begin_sheet()

    def _begin_sheet(self) -> None:
        self._rows = self._columns = 0
        self._above = self._alike = self._width = 0

    @property
    def cells(self) -> int:
        """How many cells there are, in each sheet to the last row and column that has something."""
        return self._cells + self._rows * self._columns

    def read(self, piece: bytes) -> None:
        """Note the cells in a piece of the sheet."""
        for letters, row in _PLACE.findall(piece):
            self._reach(int(row), _column(letters))
        for kind, attributes in _TAG.findall(piece):
            found = _REPEATED.search(attributes)
            self._read_tag(kind, attributes, int(found[1]) if found else 1)

    def _read_tag(self, kind: bytes, attributes: bytes, alike: int) -> None:
        if kind == b"table":
            self._cells = self.cells
            self._begin_sheet()
        elif kind == b"table-row":
            self._above, self._alike, self._width = self._above + self._alike, alike, 0
        else:
            self._width += alike
            if b"value-type=" in attributes:
                self._reach(self._above + self._alike, self._width)

    def _reach(self, row: int, column: int) -> None:
        self._rows, self._columns = max(self._rows, row), max(self._columns, column)


def unwhole_error(source: str) -> CorpusError:
    """The error for a file that no spreadsheet program wrote."""
    return CorpusError(f"{source} is not a whole spreadsheet", "save it again as .xlsx, or as .csv")


def _column(letters: bytes) -> int:
    """The number of a column: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
