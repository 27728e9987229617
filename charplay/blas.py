"""The number of threads that matrix products run on.

In products of small matrices the threads wait for each other longer than they compute, and most of
the time if another program needs a core. So charplay computes each product on one thread, and uses
threads of its own to compute several things side by side.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Event, Lock
from typing import TypeVar

import numpy  # noqa: F401 - loads the library whose threads are limited
from threadpoolctl import ThreadpoolController

from charplay.interrupts import Interrupted

T = TypeVar("T")


class _Blas:
    """The libraries for matrix products in this process, and their number of threads.

    The number is one for the whole process. So the first caller that enters sets it to one, and the
    last that leaves restores it, each on any thread of this program; threadpoolctl alone would
    listen only to the thread that called first.
    """

    def __init__(self) -> None:
        self._libraries = ThreadpoolController().select(user_api="blas")
        self._lock = Lock()
        self._within = 0

    @property
    def threads(self) -> int:
        """Their number of threads when it is not limited to one."""
        with self._lock:
            return self._before if self._within else self._current()

    def enter(self) -> None:
        """Limit them to one thread."""
        with self._lock:
            if not self._within:
                self._before = self._current()
                self._obey_this_thread()
                self._limit = self._libraries.limit(limits=1)
            self._within += 1

    def leave(self) -> None:
        """Restore the number, if nothing else needs one thread."""
        with self._lock:
            self._within -= 1
            if not self._within:
                self._obey_this_thread()
                self._limit.restore_original_limits()

    def _obey_this_thread(self) -> None:
        """Make OpenBLAS take the number from this thread, whichever thread set it before."""
        for library in self._libraries.lib_controllers:
            if library.internal_api == "openblas":
                library.clear_controlling_thread(force=True)

    def _current(self) -> int:
        return max((library["num_threads"] for library in self._libraries.info()), default=1)


@cache
def _blas_libraries() -> _Blas:
    """The libraries of this process, looked for once, when first needed: that takes a while."""
    return _Blas()


def blas_threads() -> int:
    """How many threads there are: as many as cores, unless `--threads` or a variable limits them.

    Within `one_blas_thread` the number is the same: so many things can be computed side by side.
    """
    return _blas_libraries().threads


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Within, each matrix product runs on one thread; afterwards on as many as before."""
    blas = _blas_libraries()
    blas.enter()
    try:
        yield
    finally:
        blas.leave()


def run_side_by_side(tasks: Sequence[Callable[[Interrupted], T]]) -> list[T]:
    """The results of tasks, in their order, worked out on as many threads as there are.

    Each is given a function that tells whether to stop, and is to ask it after every piece of its
    work: it is true once one of them failed, or Ctrl-C ended the wait for them.
    """
    stop = Event()
    with one_blas_thread(), ThreadPoolExecutor(blas_threads()) as pool:
        try:
            waiting = [pool.submit(task, stop.is_set) for task in tasks]
            return [result.result() for result in waiting]
        except BaseException:
            stop.set()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
