"""Fetching a file from where it is published, and making sure that it is the one expected."""

import logging
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from charplay.errors import CharplayError

_SECONDS_WITHOUT_AN_ANSWER = 30
_GONE = (404, 410)


@dataclass(frozen=True)
class WantedFile:
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

    def unexpected(self, difference: str) -> CharplayError:
        """An error for a file that is not the one expected."""
        return self.refused(f"{self.host} sent another file than expected: {difference}")


@contextmanager
def download_url(url: str) -> Iterator[Path]:
    """The file at an address, for as long as it is looked at.

    Raises CharplayError in plain words where it cannot be had.
    """
    with download_file(WantedFile(url, url)) as path:
        yield path


@contextmanager
def download_file(wanted: WantedFile) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="charplay-") as folder:
        yield _downloaded(wanted, Path(folder))


def _downloaded(wanted: WantedFile, folder: Path) -> Path:
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
        raise wanted.unexpected("its checksum is wrong") from error
