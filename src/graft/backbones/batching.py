"""Batches of one fixed shape, so that the features of an input do not depend on its company."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Run = Callable[[Sequence[Any]], NDArray[np.float32]]


def in_fixed_batches(items: Sequence[Any], rows: int, run: Run) -> NDArray[np.float32]:
    """Give the (N, D) results of `run` on N items, always handed `rows` of them; the last is repeated to fill up.

    Libraries choose their kernels by shape, and two kernels may round differently; with one shape there is one result.
    """
    results = []
    for start in range(0, len(items), rows):
        part = list(items[start : start + rows])
        filled = part + [part[-1]] * (rows - len(part))
        results.append(run(filled)[: len(part)])
    return np.concatenate(results) if len(results) != 1 else results[0]


def in_buckets(lengths: Sequence[int], step: int, limit: int) -> dict[int, list[int]]:
    """Group indices by length rounded up to a multiple of `step`, at most `limit`; the shortest bucket comes first."""
    buckets: dict[int, list[int]] = {}
    for index, length in enumerate(lengths):
        buckets.setdefault(min(-(-length // step) * step, limit), []).append(index)
    return dict(sorted(buckets.items()))
