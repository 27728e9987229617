"""Ctrl-C is counted within, and raises KeyboardInterrupt again afterwards."""

import signal
from concurrent.futures import ThreadPoolExecutor

import pytest

from charplay.interrupts import count_interrupts


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
