"""What a run hears of its end: in this process, with a clock and signals of the test's own."""

import os
import signal
import sys

import pytest

from charplay.interrupts import GIVE_UP
from charplay.jobs import ending
from charplay.jobs.ending import Ending
from charplay.jobs.requests import Requests
from tests.conftest import seen_by

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals as Linux has them")


class Exited(BaseException):
    """The process is over."""


@pytest.fixture
def now(monkeypatch):
    """The time, which stands still."""
    time = [64.0]
    seen_by(ending, "time", monkeypatch, monotonic=lambda: time[0])
    return time


@pytest.fixture
def sent(monkeypatch):
    """The signals that are sent, and the exits."""
    sent = []

    def leave(status):
        sent.append(("exit", status))
        raise Exited

    seen_by(ending, "os", monkeypatch, kill=lambda process, number: sent.append((process, number)))
    seen_by(ending, "os", monkeypatch, _exit=leave)
    monkeypatch.setattr(ending, "_send_to_thread", lambda thread, number: sent.append(number))
    monkeypatch.setattr(
        ending, "_signal_at_parents_end", lambda number: sent.append(("end", number))
    )
    return sent


@pytest.fixture
def learning():
    """Handles signals as they were before, at the end."""
    numbers = (signal.SIGTERM, signal.SIGHUP, GIVE_UP)
    before = {number: signal.getsignal(number) for number in numbers}
    woken = signal.set_wakeup_fd(-1)
    yield
    signal.set_wakeup_fd(woken)
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def make(tmp_path, now, sent, learning):
    """Makes an ending; `looks` at what there is for it, so many times."""
    told, all_made = [], []

    def make(parent=None, begun=True, nothing_learned=lambda: told.append("nothing")):
        parent = os.getppid() if parent is None else parent
        made = Ending(Requests(tmp_path / "requests"), parent, nothing_learned)
        all_made.append(made)
        if begun:
            made.begin_learning()
        return made

    make.told = told
    yield make
    signal.set_wakeup_fd(-1)
    for made in all_made:
        made._bell.close()
        made._rung.close()


def look(made, *signals):
    """One look, at which these signals have come."""
    looks = iter([bytes(signals)])
    made._wait = lambda: next(looks)
    with pytest.raises(StopIteration):
        made._guard()


def test_nothing_is_asked_at_first(make, sent):
    made = make()
    look(made)
    assert (made.stop_asked(), made.checkpoint_asked()) == (False, False)
    assert sent == [("end", signal.SIGTERM)]


def test_a_request_to_stop_is_heard_and_not_hurried(make, now, sent, tmp_path):
    made = make()
    Requests(tmp_path / "requests").ask("stop")
    look(made)
    assert made.stop_asked()
    now[0] += 10
    sent.clear()
    look(made)
    assert sent == [("end", signal.SIGTERM), GIVE_UP], "but not killed"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_the_run_which_is_killed_where_it_takes_too_long(make, now, sent, number):
    made = make()
    look(made, number)
    assert made.stop_asked()
    killed = (os.getpid(), signal.SIGKILL)
    for later, heard in (
        (0.14, []), (0.16, [GIVE_UP]), (1.69, [GIVE_UP]), (1.71, [GIVE_UP, killed]),
    ):  # fmt: skip
        now[0] = 64 + later
        sent.clear()
        look(made)
        assert sent[1:] == heard, later


def test_a_second_signal_gives_no_more_time(make, now, sent):
    made = make()
    look(made, signal.SIGTERM)
    now[0] += 1.71
    sent.clear()
    look(made, signal.SIGTERM)
    assert (os.getpid(), signal.SIGKILL) in sent


def test_another_signal_is_none_of_these(make):
    made = make()
    look(made, GIVE_UP, signal.SIGINT)
    assert not made.stop_asked()


def test_before_anything_was_learned_a_stop_ends_the_process(make, sent, tmp_path):
    made = make(begun=False)
    Requests(tmp_path / "requests").ask("stop")
    made._wait = lambda: b""
    with pytest.raises(Exited):
        made._guard()
    assert (make.told, sent[-1]) == (["nothing"], ("exit", 1))


def test_it_ends_also_where_that_cannot_be_told(make):
    def full():
        raise OSError

    made = make(begun=False, nothing_learned=full)
    with pytest.raises(Exited):
        made._ask_stop(hurried=False)


def test_a_parent_that_is_gone_already_stops_the_run(make, sent):
    made = make(parent=-1)
    look(made)
    assert made.stop_asked()
    made = make()
    made._lose_parent()
    assert made.stop_asked()


def test_a_run_that_is_told_to_stay_goes_on_without_its_parent(make, sent, tmp_path):
    requests = Requests(tmp_path / "requests")
    made = make()
    requests.ask("stay")
    look(made)
    assert (sent, requests.asked()) == ([("end", signal.SIGTERM), ("end", 0)], set())
    made._lose_parent()
    assert not made.stop_asked()


def test_the_end_of_standard_input_is_that_of_the_parent(make, monkeypatch):
    made = make()
    read = iter([b"x", b"x", b""])
    seen_by(ending, "os", monkeypatch, read=lambda descriptor, size: next(read))
    made._wait_for_parent()
    assert made.stop_asked()
    assert list(read) == []

    def closed(descriptor, size):
        raise OSError

    again = make()
    seen_by(ending, "os", monkeypatch, read=closed)
    again._wait_for_parent()
    assert again.stop_asked()


def test_a_checkpoint_is_asked_for_until_it_was_saved(make, tmp_path):
    made = make()
    Requests(tmp_path / "requests").ask("checkpoint")
    assert made.checkpoint_asked()
    look(made)
    assert made.checkpoint_asked()
    made.checkpoint_saved()
    assert not made.checkpoint_asked()
    assert not made.stop_asked()


def test_the_pause_is_about_the_longest_lately(make, now):
    made = make()
    pauses = []
    for later in (2.0, 0.1, 0.1, 3.0, 2.8):
        now[0] += later
        made.stop_asked()
        pauses.append(made.pause)
    assert pauses == pytest.approx([2.0, 1.8, 1.62, 3.0, 2.8])


def test_once_something_is_learned_signals_are_left_to_who_watches(make):
    made = make(begun=False)
    before = signal.getsignal(signal.SIGTERM)
    assert before is not ending._ignore_signal
    made.begin_learning()
    for number in (signal.SIGTERM, signal.SIGHUP, GIVE_UP):
        assert signal.getsignal(number) is ending._ignore_signal
    signal.signal(signal.SIGTERM, before)
    made.begin_learning()
    assert signal.getsignal(signal.SIGTERM) is before, "once is enough"


def test_a_signal_wakes_who_watches(make, monkeypatch):
    made = make()
    assert made._wait.__func__ is Ending._wait
    signal.raise_signal(signal.SIGHUP)
    assert made._wait() == bytes([signal.SIGHUP])
    assert made._wait() == b""
    slept = []
    seen_by(ending, "time", monkeypatch, sleep=slept.append)
    made._ask_stop(hurried=False)
    assert made._wait() == b""
    assert slept == [0.02]


def test_it_watches_in_threads_that_do_not_keep_the_process(make, monkeypatch):
    made, threads = make(), []

    class Thread:
        def __init__(self, target, daemon):
            self._told = (target.__name__, daemon)

        def start(self):
            threads.append(self._told)

    monkeypatch.setattr(ending.threading, "Thread", Thread)
    made.watch()
    assert threads == [("_wait_for_parent", True), ("_guard", True)]


def test_linux_is_asked_for_a_signal_at_the_parents_end(monkeypatch):
    asked = []

    class Library:
        def __init__(self, name):
            self.prctl = lambda *given: asked.append((name, *given))

    monkeypatch.setattr(ending.ctypes, "CDLL", Library)
    ending._signal_at_parents_end(signal.SIGTERM)
    assert asked == [(None, 1, 15, 0, 0, 0)]
    monkeypatch.setattr(ending.sys, "platform", "darwin")
    ending._signal_at_parents_end(signal.SIGTERM)
    assert len(asked) == 1


def test_a_thread_is_sent_a_signal(monkeypatch):
    sent = []
    monkeypatch.setattr(ending.signal, "pthread_kill", lambda *given: sent.append(given))
    monkeypatch.setattr(ending.signal, "raise_signal", lambda number: sent.append(number))
    ending._send_to_thread(7, GIVE_UP)
    ending._send_to_thread(None, GIVE_UP)
    assert sent == [(7, GIVE_UP), GIVE_UP]
