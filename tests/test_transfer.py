"""A file from an address: within bounds of size, time and trust."""

import hashlib
from types import SimpleNamespace

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


def test_an_unsafe_address_is_not_even_asked(tmp_path, monkeypatch):
    monkeypatch.setattr(transfer, "_transfer", lambda *given: pytest.fail("it was asked"))
    with pytest.raises(RefusedError, match="begins with ftp:, and only https: is safe"):
        transfer_file("ftp://example.org/x", tmp_path / "file")


def test_a_server_that_refuses_is_told_as_that(tmp_path):
    with pytest.raises(requests.HTTPError, match="403"):
        fetched(sending(head("Content-Length: 1", status="403 Forbidden"), b"x"), tmp_path / "file")


def test_a_server_that_has_nothing_to_say_of_the_size_is_believed(tmp_path):
    for lines in ([], ["Content-Length: x"], ["Content-Encoding: Identity"]):
        fetched(sending(head(*lines), BODY), tmp_path / "file")
        assert (tmp_path / "file").read_bytes() == BODY


def expected(told):
    return transfer._expected_size(SimpleNamespace(headers={"Content-Length": told}))


def test_a_size_that_is_told_is_refused_before_anything_comes():
    for told in ("1001", "9999", "99999", "9" * 5000):
        with pytest.raises(RefusedError, match="larger than 0 MB"):
            expected(told)
    assert [expected(told) for told in ("1000", "7", "x", "")] == [1000, 7, None, None]


def test_each_server_is_asked_for_the_plain_file_and_not_waited_for_long():
    asked = []

    class Session:
        def get(self, url, **words):
            asked.append((url, words))

    transfer._ask(Session(), "https://example.org/x")
    assert asked == [
        (
            "https://example.org/x",
            {
                "stream": True,
                "allow_redirects": False,
                "timeout": 30,
                "headers": {"Accept-Encoding": "identity"},
            },
        )
    ]


class Leading:
    """Leads on so many times; it notes what it was asked for and what was closed."""

    def __init__(self, times):
        self.left, self.asked, self.closed = times, [], []

    def get(self, url, **words):
        self.asked.append(url)
        return self

    def get_redirect_target(self, response):
        self.left -= 1
        return f"/{self.left}" if self.left >= 0 else None

    def close(self):
        self.closed.append(self.asked[-1])


def test_five_servers_may_lead_on_and_each_is_closed():
    session = Leading(5)
    assert transfer._follow(session, "https://example.org/x") is session
    assert session.asked[:2] == ["https://example.org/x", "https://example.org/4"]
    assert (len(session.asked), session.closed) == (6, session.asked[:5])
    with pytest.raises(RefusedError, match="leads on more than 5 times"):
        transfer._follow(Leading(6), "https://example.org/x")


def test_whoever_gives_up_has_the_transfer_end(tmp_path, monkeypatch):
    given = []

    def work(url, path, given_up):
        given.append(given_up)
        return "digest"

    monkeypatch.setattr(transfer, "_transfer", work)
    assert transfer_file("https://example.org/x", tmp_path / "file") == "digest"
    assert given[0]() is True
