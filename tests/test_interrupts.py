"""Ctrl-C is counted within, and raises KeyboardInterrupt again afterwards."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from charplay.interrupts import GIVE_UP, count_interrupts, giving_up


def test_every_ctrl_c_within_is_counted():
    with count_interrupts() as interrupts:
        assert interrupts.count == 0
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)
    assert interrupts.count == 2


def test_afterwards_ctrl_c_raises_as_before():
    with count_interrupts():
        pass
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_an_error_within_leaves_ctrl_c_as_it_was():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyError), count_interrupts():
        raise KeyError
    assert signal.getsignal(signal.SIGINT) is before


def test_another_thread_may_ask_for_it_and_counts_nothing():
    before = signal.getsignal(signal.SIGINT)

    def count():
        with count_interrupts() as interrupts:
            return interrupts.count, signal.getsignal(signal.SIGINT) is before

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(count).result() == (0, True)


@pytest.fixture
def stops():
    """How often it was handled by a handler of the process's own."""
    handled = []
    before = signal.signal(GIVE_UP, lambda number, frame: handled.append(number))
    yield handled
    signal.signal(GIVE_UP, before)


def test_work_that_is_given_up_ends_and_what_follows_is_done(stops):
    done = []
    with giving_up():
        done.append("begun")
        signal.raise_signal(GIVE_UP)
        done.append("ended")
    assert (done, len(stops)) == (["begun"], 1)
    signal.raise_signal(GIVE_UP)
    assert len(stops) == 2, "afterwards the signal is handled as before"


def test_an_error_in_work_that_may_be_given_up_is_an_error(stops):
    before = signal.getsignal(GIVE_UP)
    with pytest.raises(KeyError), giving_up():
        raise KeyError
    assert signal.getsignal(GIVE_UP) is before


def test_where_nobody_handles_the_signal_nothing_is_given_up():
    before = signal.getsignal(GIVE_UP)
    assert before is signal.SIG_DFL
    with giving_up():
        assert signal.getsignal(GIVE_UP) is before
