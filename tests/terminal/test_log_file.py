"""The log in the data home: what is in a line, when there is a file, and how large it grows."""

import logging
import os
import re

import pytest

from charplay.terminal import log
from charplay.terminal.log import start_log
from tests.conftest import make_environment

TOLD = logging.getLogger("charplay.told")


@pytest.fixture
def logged(home):
    """The log of a home, and whether private is on."""
    private = []
    before = list(logging.getLogger().handlers)
    handler = start_log(make_environment(home), lambda: bool(private))
    assert logging.getLogger().handlers == [*before, handler]
    yield handler, private
    logging.getLogger().removeHandler(handler)
    handler.close()


def test_there_is_no_file_before_there_is_something_in_it(logged, home):
    assert not home.exists()
    TOLD.error("sour")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} charplay\.told: sour\n",
        (home / "charplay.log").read_text(),
    )
    if os.name == "posix":
        assert ((home / "charplay.log").stat().st_mode & 0o777) == 0o600


def test_in_private_nothing_is_logged_and_after_it_again(logged, home):
    _, private = logged
    private.append(True)
    TOLD.error("secret")
    assert not home.exists()
    private.clear()
    TOLD.error("open")
    assert (home / "charplay.log").read_text().endswith("open\n")


def test_a_full_log_is_kept_beside_the_new_one_and_older_ones_go(home, monkeypatch):
    monkeypatch.setattr(log, "_LOG_BYTES", 100)
    handler = start_log(make_environment(home), lambda: False)
    try:
        for line in ("first", "second", "third"):
            TOLD.error(line + " " * 50)
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()
    files = {path.name: path.read_text().split()[3] for path in home.iterdir()}
    assert files == {"charplay.log": "third", "charplay.log.1": "second"}


def test_a_log_that_cannot_be_written_hinders_nobody(home, capsys):
    home.write_text("a file where the folder should be")
    handler = start_log(make_environment(home), lambda: False)
    TOLD.error("lost")
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert capsys.readouterr().err == ""
