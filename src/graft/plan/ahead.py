"""Work beside other work: what a fit needs later is made ready while one core waits for another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def beside(give: Callable[Arguments, Result], *args: Arguments.args, **named: Arguments.kwargs) -> Future[Result]:
    """Start `give` in a thread of its own; its result, or its error, is there once it is asked for."""
    pool = ThreadPoolExecutor(1, "graft-beside")
    started = pool.submit(give, *args, **named)
    pool.shutdown(wait=False)
    return started


def import_for_later(counted: bool) -> None:
    """Import what comes after embedding, beside it, and find the BLAS libraries: a network is compiled on one core.

    `counted`: whether words will be, by a library that takes seconds to import. What fails here fails again where it is
    needed, and is said there.
    """
    import scipy.special  # noqa: F401

    from graft.heads.threads import find_blas

    find_blas()
    if counted:
        import sklearn.feature_extraction.text  # noqa: F401
