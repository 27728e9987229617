"""A file from an address: within bounds of size, time and trust."""

import hashlib

import pytest
import requests

from charplay import transfer
from charplay.transfer import RefusedError, check_address, transfer_file
from tests.campaign.hostile_server import BODY, head, hostile_server, sending


@pytest.fixture(autouse=True)
def nearby(monkeypatch):
    """Bounds that a test can wait for, and no proxy."""
    monkeypatch.setattr(transfer, "MOST_BYTES", 1000)
    monkeypatch.setattr(transfer, "MOST_SECONDS", 0.5)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")


def fetched(answer, path):
    with hostile_server(answer) as server:
        return transfer_file(f"{server.address}/file", path)


def test_a_file_comes_with_its_checksum(tmp_path):
    answer = sending(head(f"Content-Length: {len(BODY)}"), BODY)
    assert fetched(answer, tmp_path / "file") == hashlib.sha256(BODY).hexdigest()
    assert (tmp_path / "file").read_bytes() == BODY


@pytest.mark.parametrize("size", [1000, 1001])
@pytest.mark.parametrize("told", [True, False], ids=["told", "not told"])
def test_a_file_has_a_largest_size_whether_the_server_tells_it_or_not(tmp_path, size, told):
    lines = [f"Content-Length: {size}"] if told else []
    answer = sending(head(*lines), b"a" * size)
    if size == 1000:
        fetched(answer, tmp_path / "file")
    else:
        with pytest.raises(RefusedError, match="larger than"):
            fetched(answer, tmp_path / "file")


def test_all_of_it_has_to_come_in_time(tmp_path):
    answer = sending(head("Content-Length: 900"), again=b"a", pause=0.1)
    with pytest.raises(RefusedError, match="takes longer than"):
        fetched(answer, tmp_path / "file")


def test_less_than_was_told_is_no_file(tmp_path):
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        fetched(sending(head(f"Content-Length: {len(BODY) + 1}"), BODY), tmp_path / "file")


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Location: http://["], "not an address"),
        (["Location: /again"], "leads on more than 5 times"),
        (["Location: http://192.0.2.1/x"], "only https: is safe"),
        (["Location: file:///etc/passwd"], "only https: is safe"),
    ],
)
def test_where_a_server_leads_is_looked_at_first(tmp_path, lines, told):
    with pytest.raises(RefusedError, match=told):
        fetched(sending(head(*lines, status="302 Found")), tmp_path / "file")


def test_what_is_compressed_unasked_is_not_unpacked(tmp_path):
    with pytest.raises(RefusedError, match="compressed"):
        fetched(sending(head("Content-Encoding: gzip"), BODY), tmp_path / "file")


@pytest.mark.parametrize(
    "url",
    ["https://example.org/x", "http://localhost/x", "http://127.0.0.7:80/x", "http://[::1]/x"],
)
def test_an_address_is_safe_by_https_or_on_this_machine(url):
    check_address(url)


@pytest.mark.parametrize(
    "url",
    ["http://example.org/x", "ftp://example.org/x", "file:///etc/passwd", "https:///x", "x",
     "http://127.0.0.1.example.org/", "http://[", "http://[nobody]/", ""],
)  # fmt: skip
def test_any_other_address_is_not_read(url):
    with pytest.raises(RefusedError):
        check_address(url)


def test_https_does_not_lead_to_http_even_on_this_machine():
    check_address("http://127.0.0.1/x", "http://127.0.0.1/y")
    check_address("https://example.org/x", "http://127.0.0.1/y")
    with pytest.raises(RefusedError, match="from https: to http:"):
        check_address("http://127.0.0.1/x", "https://example.org/y")
