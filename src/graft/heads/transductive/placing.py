"""Support and queries side by side: checked, made symmetric where skewed, centred together, at unit length."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import FeatureError, check_matrix
from graft.heads.leave_out import one_hot
from graft.heads.power import is_skewed
from graft.heads.prototypes import placed, raised
from graft.heads.training import check_training


@dataclass(frozen=True, eq=False)
class Placed:
    """Unit-length `support` (n, D) with `shares` (n, K) of the classes, one each, and `queries` (m, D)."""

    support: NDArray[np.float64]
    shares: NDArray[np.float64]
    queries: NDArray[np.float64]

    def prototypes(self, beliefs: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        """Give the (K, D) class means of the support, and of the queries by what is believed of them (m, K)."""
        total, sums = self.shares.sum(axis=0), self.shares.T @ self.support
        if beliefs is not None:
            total, sums = total + beliefs.sum(axis=0), sums + beliefs.T @ self.queries
        means: NDArray[np.float64] = sums / total[:, None]
        return means


def place(support: Any, labels: Any, queries: Any) -> Placed:
    """Place both by the mean of all of them; raises FeatureError on what no function of this room can take."""
    training = check_training(support, labels, None, None)
    width = training.X.shape[1]
    others = check_matrix(queries, width)
    if training.classes.dtype.kind not in "iu" or (training.classes != np.arange(len(training.classes))).any():
        raise FeatureError(
            f"The labels must be the class numbers 0 to {len(training.classes) - 1}, each at least once, and are "
            f"{', '.join(map(str, training.classes[:5].tolist()))}; number the classes first."
        )
    everything = np.concatenate([training.X, others]).astype(np.float64)
    exponent = 0.5 if is_skewed(everything) else 1.0
    Z = placed(everything, exponent, raised(everything, exponent).mean(axis=0), np.ones(width))
    return Placed(Z[: len(training.X)], one_hot(training.y, len(training.classes)), Z[len(training.X) :])


def squared_distances(Z: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (m, k) squared distances of (m, D) from (k, D)."""
    found = np.square(Z).sum(axis=1)[:, None] + np.square(points).sum(axis=1) - 2 * (Z @ points.T)
    nonnegative: NDArray[np.float64] = np.maximum(found, 0.0)
    return nonnegative
