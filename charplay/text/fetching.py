"""Fetching a file from where it is published, and making sure that it is the one expected."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from charplay.errors import CharplayError, CorpusError
from charplay.plan import TextChoice
from charplay.text.corpus import Corpus, load_corpus, pieces_of
from charplay.text.entry import CorpusEntry, Download

_SECONDS_WITHOUT_AN_ANSWER = 30
_GONE = (404, 410)


@dataclass(frozen=True)
class Wanted:
    """A file to fetch, and how to speak of it: what to type again, and what to do instead."""

    what: str
    url: str
    sha256: str | None = None
    again: str = "try again"
    instead: str = "get the file from elsewhere and add it"

    @property
    def host(self) -> str:
        """The server that it is asked of."""
        try:
            return urlsplit(self.url).hostname or self.url
        except ValueError:  # brackets that enclose no address
            return self.url

    @property
    def file(self) -> str:
        """What to call it here; its ending tells how it is packed."""
        return "fetched" + PurePosixPath(self.url.partition("?")[0]).suffix

    def unreached(self, reason: str) -> CharplayError:
        """An error that may be gone the next time."""
        return CharplayError(
            f"{self.what} was not fetched: {reason}", f"check the network, then {self.again}"
        )

    def refused(self, reason: str) -> CharplayError:
        """An error that will be there the next time."""
        return CharplayError(f"{self.what} was not fetched: {reason}", self.instead)


@contextmanager
def fetched(url: str) -> Iterator[Path]:
    """The file at an address, for as long as it is looked at.

    Raises CharplayError in plain words where it cannot be had.
    """
    with _fetched(Wanted(url, url)) as path:
        yield path


def fetched_corpus(entry: CorpusEntry, download: Download) -> Corpus:
    """The text of an entry, from the network, checked; nothing stays on the disk.

    Raises CharplayError in plain words where it cannot be had, or is not the one expected.
    """
    wanted = Wanted(
        entry.name,
        download.url,
        download.sha256,
        f"corpora fetch {entry.name} again",
        "get it from elsewhere and keep it: corpora add FILE --name NAME",
    )
    with _fetched(wanted) as path:
        located = {entry.name: replace(entry, path=path)}
        try:
            corpus = load_corpus(TextChoice(entry.name), located)
        except CorpusError as error:
            raise wanted.refused(error.message) from error
    _check_counts(wanted, corpus, download)
    return corpus


@contextmanager
def _fetched(wanted: Wanted) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="charplay-") as folder:
        yield _downloaded(wanted, Path(folder))


def _downloaded(wanted: Wanted, folder: Path) -> Path:
    """The file as it came, its checksum compared where one is known."""
    import pooch  # type: ignore[import-untyped]
    import requests

    # Its lines would stand in the middle of ours.
    pooch.get_logger().setLevel(logging.CRITICAL)
    known = f"sha256:{wanted.sha256}" if wanted.sha256 else None
    # Streamed, a connection would stay open where an answer is not read to its end.
    server = pooch.HTTPDownloader(timeout=_SECONDS_WITHOUT_AN_ANSWER, stream=False)
    try:
        return Path(pooch.retrieve(wanted.url, known, wanted.file, folder, downloader=server))
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        reason = "has it no longer" if status in _GONE else "refused it"
        raise wanted.refused(f"{wanted.host} {reason} (status {status})") from error
    except requests.Timeout as error:
        raise wanted.unreached(f"{wanted.host} does not answer") from error
    except requests.ConnectionError as error:
        raise wanted.unreached(f"there is no connection to {wanted.host}") from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise wanted.unreached(f"{wanted.host} broke off before the end") from error
    except requests.RequestException as error:
        raise wanted.refused(f"{wanted.url} leads to no file") from error
    except OSError as error:
        raise wanted.unreached(f"{error.strerror or error}") from error
    except ValueError as error:
        raise wanted.refused(_another(wanted, "its checksum is wrong")) from error


def _check_counts(wanted: Wanted, corpus: Corpus, download: Download) -> None:
    """Compare what is known of a text that has no checksum."""
    lowered = set[str]().union(*(piece.lower() for piece in pieces_of(corpus)))
    counts = (
        (download.characters, corpus.characters, "characters"),
        (download.distinct_lower, len(lowered), "distinct characters when lower-cased"),
    )
    for expected, found, what in counts:
        if expected is not None and expected != found:
            difference = f"it has {found:,} {what}, not {expected:,}"
            raise wanted.refused(_another(wanted, difference))


def _another(wanted: Wanted, difference: str) -> str:
    return f"what {wanted.host} sent is not what was expected: {difference}"
