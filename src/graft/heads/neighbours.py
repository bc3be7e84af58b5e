"""The nearest points by cosine, block against block so that memory stays flat, and the vote among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

QUERIES = 512
POINTS = 8192


def nearest(
    queries: NDArray[np.float32],
    points: NDArray[np.float32],
    count: int,
    groups: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Give the (n, count) indices of the nearest unit-length points, nearest first, and their cosines.

    Equally near points come in their own order. With `groups` (of the queries, of the points) those of the query's
    own group have cosine minus infinity.
    """
    indices, cosines = np.empty((len(queries), count), dtype=np.int64), np.empty((len(queries), count))
    for start in range(0, len(queries), QUERIES):
        rows = slice(start, start + QUERIES)
        found = np.empty((len(queries[rows]), 0), dtype=np.int64)
        values = np.empty(found.shape, dtype=np.float32)
        for first in range(0, len(points), POINTS):
            here = slice(first, first + POINTS)
            block = queries[rows] @ points[here].T
            if groups is not None:
                block[groups[0][rows, None] == groups[1][here]] = -np.inf
            names = np.broadcast_to(np.arange(first, first + block.shape[1]), block.shape)
            found, values = _best(np.hstack([found, names]), np.hstack([values, block]), count)
        indices[rows], cosines[rows] = found, values
    return indices, cosines


def _best(
    names: NDArray[np.int64], values: NDArray[np.float32], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if values.shape[1] > count:
        kept = np.argpartition(-values, count - 1, axis=1)[:, :count]
        names, values = np.take_along_axis(names, kept, axis=1), np.take_along_axis(values, kept, axis=1)
    order = np.lexsort((names, -values), axis=1)
    return np.take_along_axis(names, order, axis=1), np.take_along_axis(values, order, axis=1)


def shares(
    votes: NDArray[np.float64], near: NDArray[np.int64], cosines: NDArray[np.float64], k: int
) -> NDArray[np.float64]:
    """Give the (n, K) shares of the votes of the k nearest, and of one more vote split as the classes are.

    With d the squared distance 2 - 2 cosine, the j-th votes with weight 1 - d_j / (2 d_{k+1}): from 1 at no distance
    to 1/2 at that of the first that no longer votes (Dudani's rule goes to 0, and loses the last ones). The added vote
    keeps every probability above zero. Points of the query's own group do not vote.
    """
    distance = np.maximum(2 - 2 * cosines, 0)
    distance[~np.isfinite(distance)] = np.inf
    edge = distance[:, min(k, distance.shape[1] - 1)]
    edge = np.where(np.isfinite(edge) & (edge > 0), edge, 4.0)
    k = min(k, near.shape[1])
    weight = np.where(np.isfinite(distance[:, :k]), 1 - distance[:, :k] / (2 * edge[:, None]), 0.0)
    total = votes.sum(axis=0) / votes.sum()
    counted = np.einsum("nk,nkc->nc", weight, votes[near[:, :k]]) + total
    result: NDArray[np.float64] = counted / counted.sum(axis=1, keepdims=True)
    return result
