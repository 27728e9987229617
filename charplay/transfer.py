"""A file from an address, within bounds: of size, of time, of how far it leads on.

Only https is used; http is for a server on this machine.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import Future
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    import requests

MOST_BYTES, MOST_SECONDS = 512_000_000, 600.0
_SILENT_SECONDS = 30
_MOST_REDIRECTS = 5
_PIECE = 1 << 16
_NO_ADDRESS = "it leads to what is not an address"


class RefusedError(Exception):
    """An address, or what its server sends, is beyond the bounds; the reason, in words."""


def transfer_file(url: str, path: Path) -> str:
    """Write the file at an address; its sha256 in hexadecimal.

    Raises RefusedError for what is beyond the bounds, requests.RequestException where the network
    or the server fails, OSError where the file cannot be written. Ctrl-C is heard at once.
    """
    check_address(url)
    result: Future[str] = Future()
    given_up = Event()

    def work() -> None:
        try:
            result.set_result(_transfer(url, path, given_up.is_set))
        except BaseException as error:
            result.set_exception(error)

    # A server that sends a byte now and then holds the thread, and nobody else.
    Thread(target=work, daemon=True).start()
    try:
        return result.result(MOST_SECONDS)
    except TimeoutError:
        if result.done():
            raise
        raise RefusedError(f"it takes longer than {MOST_SECONDS / 60:.0f} minutes") from None
    finally:
        given_up.set()


def check_address(url: str, before: str = "") -> None:
    """RefusedError for an address that is not safe to read, or not after the one before."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise RefusedError("that is not the address of a file") from error
    if parts.scheme == "https" and host:
        return
    if parts.scheme != "http" or not _is_here(host):
        raise RefusedError(f"its address begins with {parts.scheme}:, and only https: is safe")
    if before.startswith("https:"):
        raise RefusedError("it leads from https: to http:")


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _transfer(url: str, path: Path, given_up: Callable[[], bool]) -> str:
    import requests  # takes long to load, and few commands need it

    digest, size = hashlib.sha256(), 0
    with requests.Session() as session, _follow(session, url) as response:
        response.raise_for_status()
        expected = _expected_size(response)
        with path.open("wb") as file:
            for piece in response.iter_content(_PIECE):
                size += len(piece)
                if given_up() or size > MOST_BYTES:
                    raise _too_large()
                digest.update(piece)
                file.write(piece)
        if expected not in (None, size):
            raise requests.exceptions.ChunkedEncodingError(f"{size} of {expected} bytes")
    return digest.hexdigest()


def _follow(session: "requests.Session", url: str) -> "requests.Response":
    """The answer of the server to which an address leads."""
    for _ in range(_MOST_REDIRECTS + 1):
        response = _ask(session, url)
        target = session.get_redirect_target(response)
        if target is None:
            return response
        response.close()
        before, url = url, _joined(url, target)
        check_address(url, before)
    raise RefusedError(f"it leads on more than {_MOST_REDIRECTS} times")


def _ask(session: "requests.Session", url: str) -> "requests.Response":
    """The answer of one server, whose body is not read yet."""
    try:
        return session.get(
            url,
            stream=True,
            allow_redirects=False,
            timeout=_SILENT_SECONDS,
            headers={"Accept-Encoding": "identity"},
        )
    except ValueError as error:
        if isinstance(error, OSError):  # one of requests' own
            raise
        # Of the next address, which is read although nothing follows it.
        raise RefusedError(_NO_ADDRESS) from error


def _joined(url: str, target: str) -> str:
    """The address to which another leads."""
    try:
        return urljoin(url, target)
    except ValueError as error:
        raise RefusedError(_NO_ADDRESS) from error


def _expected_size(response: "requests.Response") -> int | None:
    """The size that the server tells; RefusedError where that, or the packing, cannot be."""
    packed = response.headers.get("Content-Encoding", "identity")
    if packed.lower() not in ("", "identity"):
        raise RefusedError("the server sends it compressed, though it was asked not to")
    told = response.headers.get("Content-Length", "")
    if not (told.isascii() and told.isdecimal()):
        return None
    if len(told) > len(str(MOST_BYTES)) or int(told) > MOST_BYTES:
        raise _too_large()
    return int(told)


def _too_large() -> RefusedError:
    return RefusedError(f"it is larger than {MOST_BYTES / 1e6:,.0f} MB")
