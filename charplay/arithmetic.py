"""How many threads matrix products run on.

On matrices as small as these a product's threads wait for each other longer than they compute, and
where another program wants a core they wait so for most of the time. So charplay computes each
product on one thread, and gives what runs side by side threads of its own.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from threadpoolctl import ThreadpoolController


@cache
def _libraries() -> "ThreadpoolController":
    """The libraries for matrix products in this process; looking for them takes a while."""
    import numpy  # noqa: F401 - brings the library that is looked for
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def blas_threads() -> int:
    """Threads that matrix products may run on: as many as there are cores, or were asked for."""
    return max((library["num_threads"] for library in _libraries().info()), default=1)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Within, matrix products run on the thread that asks for them; afterwards as before."""
    with _libraries().limit(limits=1):
        yield
