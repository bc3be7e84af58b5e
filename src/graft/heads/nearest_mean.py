"""Nearest class mean, the distance and the sharpness by exact leave-one-out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.basis import Scaling
from graft.heads.check import FeatureError, check_matrix, slices
from graft.heads.class_means import closeness, means_of, place
from graft.heads.learned import Learned
from graft.heads.softmax import best_sharpness, softmax
from graft.heads.threads import one_thread
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix

Metric = Literal["euclidean", "cosine"]


class NearestMean(Learned, Classifier):
    """p = softmax(-b d_k), d_k half the squared distance of the standardized sample to the mean of class k.

    With metric 'cosine' samples and means are divided by their lengths, so that d_k is 1 - cosine. `metric=None` takes
    the one with the lower log loss, at its best sharpness b, when each sample, or its group, is left out of the means.
    Snell et al. 2017, Prototypical Networks; Wang et al. 2019, SimpleShot.
    """

    name = "nearest-mean"
    rank = 10
    learned: ClassVar[dict[str, str]] = {
        "classes_": "K",
        "mean_": "D",
        "inverse_": "D",
        "means_": "K D",
        "cosine_": "",
        "sharpness_": "",
    }
    classes_: NDArray[Any]
    mean_: NDArray[np.float64]
    inverse_: NDArray[np.float64]
    means_: NDArray[np.float64]
    cosine_: bool
    sharpness_: float

    def __init__(self, metric: Metric | None = None) -> None:
        self.metric = metric

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        if self.metric not in (None, *get_args(Metric)):
            raise FeatureError(f"The metric {self.metric!r} is unknown; use 'euclidean', 'cosine', or None to choose.")
        with one_thread():
            metrics = ("euclidean", "cosine") if self.metric is None else (self.metric,)
            means = means_of(training, tuple(metric == "cosine" for metric in metrics))
            rows, scores = means.all_left_out(len(training.classes))
            best, self.sharpness_, _ = best_sharpness(scores, training.y[rows], training.weight[rows])
        self.classes_, self.mean_, self.inverse_ = training.classes, means.scaling.mean, means.scaling.inverse
        self.means_, self.cosine_ = means.sums[best] / means.sizes[:, None], means.cosines[best]

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        checked = check_matrix(X, self.n_features_in_)
        scaling = Scaling(self.mean_, self.inverse_)
        scores = np.empty((len(checked), len(self.classes_)))
        for rows in slices(*checked.shape):
            scores[rows] = closeness(place(scaling, checked[rows], self.cosine_), self.means_, self.cosine_)
        return softmax(self.sharpness_ * scores)
