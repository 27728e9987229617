"""Downloading a file: what it is called here, its checksum, and the words where it fails."""

import hashlib

import pytest
import requests

from charplay.download import WantedFile, download_file, download_url
from charplay.errors import CharplayError
from charplay.transfer import RefusedError

TEXT = b"a list\n"


def wanted(url="https://example.org/list.csv.gz?x=1", **more):
    return WantedFile("the list", url, **more)


@pytest.mark.parametrize(
    ("url", "host", "file"),
    [
        ("https://example.org/a/list.csv", "example.org", "fetched.csv"),
        ("https://example.org:8080/list.txt.gz?x=.zip", "example.org", "fetched.gz"),
        ("https://example.org/list", "example.org", "fetched"),
        ("no address", "no address", "fetched"),
        ("http://[::/list.txt", "http://[::/list.txt", "fetched.txt"),
    ],
)
def test_a_file_has_a_server_and_a_name_with_its_ending(url, host, file):
    assert (wanted(url).host, wanted(url).file) == (host, file)


def test_a_problem_that_may_pass_is_told_with_what_to_do_again():
    error = wanted().unreached("it is late")
    assert error.message == "the list was not fetched: it is late"
    assert error.hint == "check the network, then try again"
    assert wanted(again="type it again").unreached("").hint == (
        "check the network, then type it again"
    )


def test_a_problem_that_stays_is_told_with_another_way():
    error = wanted().refused("it is gone")
    assert error.message == "the list was not fetched: it is gone"
    assert error.hint == "download the file in another way and add it"
    assert wanted(instead="take another").refused("").hint == "take another"
    assert wanted().unexpected("no list").message == (
        "the list was not fetched: example.org sent another file than expected: no list"
    )


def test_a_file_is_there_within_and_gone_afterwards(server):
    url = server.url("/list.txt", TEXT)
    with download_url(url) as path:
        assert path.read_bytes() == TEXT
        assert path.name == "fetched.txt"
    assert not path.exists()
    assert not path.parent.exists()


@pytest.mark.parametrize("digest", [None, hashlib.sha256(TEXT).hexdigest()])
def test_a_file_of_the_checksum_expected_is_taken(server, digest):
    with download_file(wanted(server.url("/list.txt", TEXT), sha256=digest)) as path:
        assert path.read_bytes() == TEXT


def told(url, **more):
    with pytest.raises(CharplayError) as caught, download_file(wanted(url, **more)):
        pass
    return caught.value


def test_a_file_of_another_checksum_is_refused(server):
    error = told(server.url("/list.txt", TEXT), sha256="0" * 64)
    assert error.message.endswith("sent another file than expected: its checksum is wrong")


def test_a_file_that_is_not_there_is_told_as_gone(server):
    error = told(server.url("/none.txt"))
    assert error.message == ("the list was not fetched: 127.0.0.1 no longer has it (status 404)")
    assert error.hint == "download the file in another way and add it"


def test_a_transfer_that_breaks_off_may_pass(server):
    error = told(server.url("/list.txt", TEXT * 1000, cut=True))
    assert error.message == "the list was not fetched: 127.0.0.1 stopped sending before the end"
    assert error.hint == "check the network, then try again"


def test_a_server_that_nobody_is_at_may_come_back(nobody):
    error = told(nobody)
    assert error.message == "the list was not fetched: there is no connection to 127.0.0.1"
    assert error.hint.startswith("check the network")


class Answer:
    def __init__(self, status):
        self.status_code = status


@pytest.mark.parametrize(
    ("problem", "reason", "passes"),
    [
        (
            requests.HTTPError(response=Answer(410)),
            "example.org no longer has it (status 410)",
            False,
        ),
        (requests.HTTPError(response=Answer(403)), "example.org refused it (status 403)", False),
        (requests.HTTPError(), "example.org refused it (status 0)", False),
        (requests.Timeout(), "example.org does not answer", True),
        (requests.exceptions.InvalidURL(), "URL is not the address of a file", False),
        (RefusedError("it is too large"), "it is too large", False),
        (OSError(28, "No space left on device"), "No space left on device", True),
        (OSError("odd"), "odd", True),
    ],
)
def test_each_problem_is_told_in_its_own_words(monkeypatch, problem, reason, passes):
    def fail(url, path):
        raise problem

    monkeypatch.setattr("charplay.download.transfer_file", fail)
    error = told("https://example.org/list.csv")
    shown = reason.replace("URL", "https://example.org/list.csv")
    assert error.message == f"the list was not fetched: {shown}"
    assert error.hint.startswith("check the network") is passes
