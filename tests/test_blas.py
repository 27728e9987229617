"""Threads of matrix products: one within, and whatever came before afterwards."""

import os
import signal
import threading
import time

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from charplay.blas import blas_threads, one_blas_thread, run_side_by_side


@pytest.fixture(autouse=True)
def _two_threads():
    """A process whose matrix products run on two threads, whatever the machine has."""
    with threadpool_limits(2, user_api="blas"):
        yield


def running_on():
    """Threads that a product would take now."""
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_within_there_is_one_thread_and_afterwards_as_many_as_before():
    with one_blas_thread():
        assert running_on() == {1}
    assert running_on() == {2}


def test_how_many_there_are_is_known_within_too():
    assert blas_threads() == 2
    with one_blas_thread():
        assert blas_threads() == 2


def test_what_goes_wrong_within_restores_them_too():
    with pytest.raises(KeyboardInterrupt), one_blas_thread():
        raise KeyboardInterrupt
    assert running_on() == {2}


def test_the_inner_of_two_leaves_one_thread_to_the_outer():
    with one_blas_thread():
        with one_blas_thread():
            assert running_on() == {1}
        assert running_on() == {1}
    assert running_on() == {2}


def test_who_leaves_first_leaves_one_thread_to_who_came_later():
    entered, left = threading.Event(), threading.Event()

    def other():
        with one_blas_thread():
            entered.set()
            left.wait(10)

    thread = threading.Thread(target=other)
    with one_blas_thread():
        thread.start()
        assert entered.wait(10)
    assert running_on() == {1}
    left.set()
    thread.join()
    assert running_on() == {2}


def test_as_many_threads_as_were_asked_for_are_counted():
    with threadpool_limits(1, user_api="blas"):
        assert blas_threads() == 1
        with one_blas_thread():
            assert blas_threads() == 1
        assert running_on() == {1}


def test_tasks_run_side_by_side_give_their_results_in_order():
    tasks = [lambda stop, n=n: (n, stop(), running_on()) for n in range(5)]
    assert run_side_by_side(tasks) == [(n, False, {1}) for n in range(5)]
    assert running_on() == {2}


def test_where_one_task_fails_the_others_are_told_to_stop():
    begun, told = threading.Event(), threading.Event()

    def wait(stop):
        begun.set()
        while not stop():
            time.sleep(0.001)
        told.set()

    def fail(stop):
        begun.wait(10)
        raise KeyError

    with pytest.raises(KeyError):
        run_side_by_side([fail, wait])
    assert told.is_set()


def test_ctrl_c_during_the_wait_tells_the_tasks_to_stop():
    def press(stop):
        os.kill(os.getpid(), signal.SIGINT)
        while not stop():
            time.sleep(0.001)

    # A runner that is started in the background may ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            run_side_by_side([press])
    finally:
        signal.signal(signal.SIGINT, before)
    assert running_on() == {2}
