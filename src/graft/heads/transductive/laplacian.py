"""LaplacianShot: near the prototype of its class, and of one class with its neighbours among the queries."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.softmax import softmax
from graft.heads.transductive.placing import place, squared_distances

NEIGHBOURS = 3
RECTIFYING = 10.0
STRENGTH = 1.0
ROUNDS, ENOUGH = 30, 1e-7


def laplacian(
    support: Any, labels: Any, queries: Any, *, neighbours: int = NEIGHBOURS, strength: float = STRENGTH
) -> NDArray[np.float64]:
    """Give the (m, K) assignments y that minimize sum_q y_q @ a_q - strength/2 sum_{pq} w_pq y_p @ y_q + y_q @ log y_q.

    a (m, K) are squared distances to the prototypes, w (m, m) is 1 where one query is among the nearest of the other,
    made symmetric by its mean. Each bound is minimized by y_q = softmax(-a_q + strength sum_p w_qp y_p), from
    softmax(-a) on. Prototypes are rectified first: means of support and queries by softmax(10 cosine), as the paper
    has it; batches of any composition will do. Ziko et al. 2020, Laplacian Regularized Few-Shot Learning
    (arXiv:2006.15486). Raises FeatureError as `place` does.
    """
    both = place(support, labels, queries)
    means = both.prototypes()
    length = np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-12)
    means = both.prototypes(softmax(RECTIFYING * (both.queries @ (means / length).T)))
    away = squared_distances(both.queries, means)
    near = affinity(both.queries, neighbours)
    return settled(away, strength * near)


def settled(away: NDArray[np.float64], near: Any) -> NDArray[np.float64]:
    """Give y where y = softmax(-away + near @ y), from softmax(-away) on: (m, K) costs and (m, m) affinities."""
    beliefs = softmax(-away)
    for _ in range(ROUNDS):
        before = beliefs
        beliefs = softmax(-away + near @ beliefs)
        if np.abs(beliefs - before).max(initial=0.0) < ENOUGH:
            break
    return beliefs


def affinity(Z: NDArray[np.float64], neighbours: int) -> NDArray[np.float64]:
    """Give the symmetric (m, m) affinities: half for being among the `neighbours` nearest of each other, each way."""
    near = np.zeros((len(Z), len(Z)))
    count = min(neighbours, len(Z) - 1)
    if count < 1:
        return near
    distance = squared_distances(Z, Z)
    np.fill_diagonal(distance, np.inf)
    nearest = np.argsort(distance, axis=1, kind="stable")[:, :count]
    np.put_along_axis(near, nearest, 1.0, axis=1)
    symmetric: NDArray[np.float64] = (near + near.T) / 2
    return symmetric
