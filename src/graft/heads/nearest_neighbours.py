"""Nearest neighbours, their number by exact leave-one-out, nearer ones counting more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.basis import Scaling, scaling_of
from graft.heads.check import FeatureError, check_matrix, slices
from graft.heads.class_means import place
from graft.heads.learned import Learned
from graft.heads.leave_out import one_hot
from graft.heads.neighbours import nearest, shares
from graft.heads.threads import one_thread
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix

TRIED = (1, 2, 3, 5, 8, 13, 21, 34, 55)
MOST_LEFT_OUT = 5_000


class NearestNeighbours(Learned, Classifier):
    """Vote of the k nearest training samples by cosine of standardized features, as `shares` says.

    `k=None` takes the one of 1, 2, 3, 5, 8, … 55 with the lowest log loss when each sample, and its group, is left out
    (of more than 5,000 samples, evenly spaced ones). `path_` (M, 2) holds each k and its loss. Sample weights multiply
    votes. Cover and Hart 1967; Dudani 1976, The Distance-Weighted k-Nearest-Neighbor Rule.
    """

    name = "nearest-neighbours"
    rank = 40
    learned: ClassVar[dict[str, str]] = {
        "classes_": "K",
        "mean_": "D",
        "inverse_": "D",
        "points_": "N D",
        "votes_": "N K",
        "k_": "",
    }
    classes_: NDArray[Any]
    mean_: NDArray[np.float64]
    inverse_: NDArray[np.float64]
    points_: NDArray[np.float32]
    votes_: NDArray[np.float64]
    k_: int
    path_: NDArray[np.float64]

    def __init__(self, k: int | None = None) -> None:
        self.k = k

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        if self.k is not None and not (isinstance(self.k, int | np.integer) and self.k >= 1):
            raise FeatureError(f"The number of neighbours must be a whole number of at least 1, not {self.k!r}.")
        scaling = scaling_of(training.X, training.weight)
        self.classes_, self.mean_, self.inverse_ = training.classes, scaling.mean, scaling.inverse
        self.points_ = self._place(training.X)
        self.votes_ = one_hot(training.y, len(training.classes)) * training.weight[:, None]
        group = np.arange(len(training.y)) if training.group is None else training.group
        with one_thread():
            self._choose(training.y, training.weight, group)

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        points = self._place(check_matrix(X, self.n_features_in_))
        near, cosines = nearest(points, self.points_, min(self.k_ + 1, len(self.points_)))
        return shares(self.votes_, near, cosines, self.k_)

    def _place(self, X: Any) -> NDArray[np.float32]:
        points = np.empty(X.shape, dtype=np.float32)
        for rows in slices(*X.shape):
            points[rows] = place(Scaling(self.mean_, self.inverse_), X[rows], cosine=True)
        return points

    def _choose(self, y: NDArray[np.int64], weight: NDArray[np.float64], group: NDArray[np.int64]) -> None:
        if self.k is not None:
            self.k_, self.path_ = int(self.k), np.empty((0, 2))
            return
        rows = np.arange(len(y))[:: -(-len(y) // MOST_LEFT_OUT)]
        tried = [k for k in TRIED if k == 1 or k < len(y) / 2]
        near, cosines = nearest(self.points_[rows], self.points_, min(tried[-1] + 1, len(y)), (group[rows], group))
        losses = []
        for k in tried:
            p = shares(self.votes_, near, cosines, k)[np.arange(len(rows)), y[rows]]
            losses.append(float(-(weight[rows] @ np.log(p)) / weight[rows].sum()))
        self.k_ = tried[int(np.argmin(losses))]
        self.path_ = np.column_stack([tried, losses])
