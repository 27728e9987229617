"""Downloading a file, and checking that it is the one expected."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from charplay.errors import CharplayError
from charplay.leftovers import temporary_folder
from charplay.transfer import RefusedError, transfer_file

_GONE = (404, 410)


@dataclass(frozen=True)
class WantedFile:
    """A file to download, and the words for its errors.

    name: what to call it. sha256: its checksum, if it is known. again: what to do after an error
    that may pass; instead: after one that will stay.
    """

    name: str
    url: str
    sha256: str | None = None
    again: str = "try again"
    instead: str = "download the file in another way and add it"

    @property
    def host(self) -> str:
        """The server that has the file."""
        try:
            return urlsplit(self.url).hostname or self.url
        except ValueError:  # brackets without an address in them
            return self.url

    @property
    def file(self) -> str:
        """A name for it here, with its ending, which tells how it is packed."""
        return "fetched" + PurePosixPath(self.url.partition("?")[0]).suffix

    def unreached(self, reason: str) -> CharplayError:
        """The error for a problem that may be gone the next time."""
        return CharplayError(
            f"{self.name} was not fetched: {reason}",
            f"check the network, then {self.again}",
        )

    def refused(self, reason: str) -> CharplayError:
        """The error for a problem that will be there the next time too."""
        return CharplayError(f"{self.name} was not fetched: {reason}", self.instead)

    def unexpected(self, difference: str) -> CharplayError:
        """The error for a file that is not the one expected."""
        return self.refused(f"{self.host} sent another file than expected: {difference}")


@contextmanager
def download_url(url: str) -> Iterator[Path]:
    """Within, the file at an address; CharplayError if it cannot be downloaded."""
    with download_file(WantedFile(url, url)) as path:
        yield path


@contextmanager
def download_file(wanted: WantedFile) -> Iterator[Path]:
    """Within, the file that is wanted, its checksum verified; it is removed afterwards.

    Raises CharplayError if it cannot be downloaded, or is not the one expected.
    """
    with temporary_folder() as folder:
        yield _retrieve_into(Path(folder), wanted)


def _retrieve_into(folder: Path, wanted: WantedFile) -> Path:
    import requests  # takes long to load, and few commands download anything

    path = folder / wanted.file
    try:
        digest = transfer_file(wanted.url, path)
    except RefusedError as error:
        raise wanted.refused(str(error)) from error
    except requests.HTTPError as error:
        status = error.response.status_code if error.response is not None else 0
        reason = "no longer has it" if status in _GONE else "refused it"
        raise wanted.refused(f"{wanted.host} {reason} (status {status})") from error
    except requests.Timeout as error:
        raise wanted.unreached(f"{wanted.host} does not answer") from error
    except requests.exceptions.ChunkedEncodingError as error:
        raise wanted.unreached(f"{wanted.host} stopped sending before the end") from error
    except requests.ConnectionError as error:
        raise wanted.unreached(f"there is no connection to {wanted.host}") from error
    except requests.RequestException as error:
        raise wanted.refused(f"{wanted.url} is not the address of a file") from error
    except OSError as error:
        raise wanted.unreached(f"{error.strerror or error}") from error
    if wanted.sha256 not in (None, digest):
        raise wanted.unexpected("its checksum is wrong")
    return path
