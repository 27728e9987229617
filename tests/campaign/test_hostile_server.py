"""Downloads from a server that lies, drips, never ends or leads astray."""

import tempfile

import pytest

from charplay import transfer
from tests.campaign.hostile_server import ANSWERS, BODY, head, hostile_server, sending
from tests.campaign.watching import watched_call

pytestmark = pytest.mark.campaign


@pytest.fixture(autouse=True)
def nearby(monkeypatch, tmp_path):
    """Bounds that a test can wait for, no proxy, and a place where leftovers would be seen."""
    monkeypatch.setattr(transfer, "MOST_SECONDS", 1.5)
    monkeypatch.setattr(transfer, "MOST_BYTES", 3_000_000)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))


@pytest.mark.parametrize("what", ANSWERS)
def test_a_hostile_server_is_told_in_one_line_and_leaves_nothing(tmp_path, what):
    with hostile_server(ANSWERS[what]) as server:
        said = watched_call(tmp_path / "home", ["models", "add", f"{server.address}/m.safetensors"])
    assert said.status == 1, said.told
    assert said.err.startswith("error: ")
    assert len(said.err.splitlines()) == 2
    assert not list((tmp_path / "temporary").iterdir())
    assert not list((tmp_path / "home" / "models").glob("**/*"))


def test_a_server_that_says_no_length_is_read_to_its_end(tmp_path):
    with hostile_server(sending(head(), BODY)) as server:
        said = watched_call(tmp_path / "home", ["models", "add", f"{server.address}/m.safetensors"])
    assert "is not a whole model file" in said.err
