"""The campaign's own eyes: each kind of finding is seen."""

import time

import pytest

from charplay.testing.world import Said
from tests.campaign import watching
from tests.campaign.watching import check_said, raw_controls, watched_work


def spin():
    while True:
        pass


def test_work_without_an_end_is_a_finding(monkeypatch):
    monkeypatch.setattr(watching, "WORK_SECONDS", 0.05)
    with pytest.raises(AssertionError, match="did not end"), watched_work("a loop"):
        spin()


def test_waiting_without_an_end_is_a_finding(monkeypatch):
    monkeypatch.setattr(watching, "WAIT_SECONDS", 0.05)
    with pytest.raises(AssertionError, match="did not end"), watched_work("a wait"):
        time.sleep(60)


def test_much_memory_is_a_finding():
    with pytest.raises(AssertionError, match="MB"), watched_work("a large file"):
        bytearray(400_000_000)
    with watched_work("a large file", file_bytes=40_000_000):
        bytearray(400_000_000)


@pytest.mark.parametrize("told", ["Traceback (most", "charplay broke", "--- Logging error ---"])
def test_words_that_show_a_fault_are_findings(told):
    with pytest.raises(AssertionError):
        check_said(Said(1, "", told), "words")


def test_controls_are_told_from_the_renderers_own():
    assert raw_controls("\x1b[1mbold\x1b[0m\n\ttext\r\x1b[2K") == []
    assert raw_controls("\x1b]0;title\x07 \x9b31m \u202eback") == ["\x07", "\x1b", "\x9b", "\u202e"]
