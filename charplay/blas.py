"""How many threads matrix products run on.

On matrices as small as these a product's threads wait for each other longer than they compute, and
where another program wants a core they wait so for most of the time. So charplay computes each
product on one thread, and gives what runs side by side threads of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock


class _Blas:
    """The libraries for matrix products in this process, whose threads are one number for all.

    So whoever asks first for one thread sets it, and whoever leaves last restores what was before,
    from whatever thread of this program: threadpoolctl would hear only the first that asked.
    """

    def __init__(self) -> None:
        import numpy  # noqa: F401 - brings the library that is looked for
        from threadpoolctl import ThreadpoolController

        self._libraries = ThreadpoolController().select(user_api="blas")
        self._lock = Lock()
        self._within = 0

    @property
    def threads(self) -> int:
        """Their number where nothing holds it to one."""
        with self._lock:
            return self._before if self._within else self._now()

    def enter(self) -> None:
        """Hold it to one."""
        with self._lock:
            if not self._within:
                self._before = self._now()
                self._heed_this_thread()
                self._limit = self._libraries.limit(limits=1)
            self._within += 1

    def leave(self) -> None:
        """Let go of it."""
        with self._lock:
            self._within -= 1
            if not self._within:
                self._heed_this_thread()
                self._limit.restore_original_limits()

    def _heed_this_thread(self) -> None:
        for library in self._libraries.lib_controllers:
            if library.internal_api == "openblas":
                library.clear_controlling_thread(force=True)

    def _now(self) -> int:
        return max((library["num_threads"] for library in self._libraries.info()), default=1)


@cache
def _blas() -> _Blas:
    """Made when first needed, since looking for the libraries takes a while."""
    return _Blas()


def blas_threads() -> int:
    """Threads that there are for matrix products: as many as cores, or as were asked for.

    Within `one_blas_thread` they are still there, for what runs side by side.
    """
    return _blas().threads


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Within, matrix products run on the thread that asks for them; afterwards as before."""
    blas = _blas()
    blas.enter()
    try:
        yield
    finally:
        blas.leave()
