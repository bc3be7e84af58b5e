"""One BLAS thread while a head is fitted, and two threads of our own where there is enough to share out."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Any

Mapper = Callable[[Callable[[int], Any], Iterable[int]], Iterator[Any]]


@functools.cache
def find_blas() -> Any:
    """Find the BLAS libraries once: going through all that is loaded takes longer than fitting a small head."""
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api="blas")


def one_thread() -> AbstractContextManager[Any]:
    """Keep BLAS to one thread: as fast on matrices of this size, and the same to the last bit on every machine."""
    limits: AbstractContextManager[Any] = find_blas().limit(limits=1)
    return limits


@contextmanager
def own_threads() -> Iterator[Mapper]:
    """Give an ordered map over two threads while BLAS keeps to one each: sums do not depend on the machine's cores."""
    with one_thread(), ThreadPoolExecutor(2) as pool:
        yield pool.map
