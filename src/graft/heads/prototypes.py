"""Prototypes for few labels: unit-length class means, those of few samples shrunk most."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.basis import scaling_of
from graft.heads.check import FeatureError, check_matrix, slices
from graft.heads.learned import Learned
from graft.heads.leave_out import LeaveOut, one_hot
from graft.heads.power import is_skewed, power
from graft.heads.softmax import best_sharpness, softmax
from graft.heads.threads import one_thread
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix

DOUBTS = (0.0, 1.0, 4.0)


@dataclass(frozen=True, eq=False)
class ShrunkMeans(LeaveOut):
    """Sums (K, D) and weights (K,) of the placed samples `Z` (N, D) of each class; candidates are the doubts tau."""

    training: Training
    Z: NDArray[np.float64]
    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]
    doubts: tuple[float, ...]

    @property
    def candidates(self) -> NDArray[np.float64]:
        """The doubts, in units of samples."""
        return np.array(self.doubts)

    @property
    def class_sizes(self) -> NDArray[np.float64]:
        """The weights of the classes: no mean without a sample."""
        return self.sizes

    def means(self, doubt: float) -> NDArray[np.float64]:
        """Give the (K, D) prototypes."""
        return self.sums / (self.sizes + doubt)[:, None]

    def left_out(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, n, K) scores; a sample changes only the prototype of its own class: (sum - w z) / (n - w + tau)."""
        Z, y, weight = self.Z[rows], self.training.y[rows], self.training.weight[rows]
        found = []
        for doubt in self.doubts:
            scores = closeness(Z, self.means(doubt))
            own = (self.sums[y] - weight[:, None] * Z) / (self.sizes[y] - weight + doubt)[:, None]
            scores[np.arange(len(y)), y] = np.einsum("nd,nd->n", Z - own / 2, own)
            found.append(scores)
        return np.stack(found)

    def left_out_together(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, m, K) scores by the prototypes without any of these samples."""
        share = one_hot(self.training.y[rows], len(self.sizes)) * self.training.weight[rows, None]
        sums, sizes = self.sums - share.T @ self.Z[rows], self.sizes - share.sum(axis=0)
        return np.stack([closeness(self.Z[rows], sums / (sizes + doubt)[:, None]) for doubt in self.doubts])


class Prototypes(Learned, Classifier):
    """p = softmax(b (z @ m_k - ||m_k||² / 2)) with z the sample, raised to `power_`, minus the mean, at unit length.

    Features that are skewed and never negative are raised to 1/2, others left as they are. m_k = sum of the class
    / (its weight + tau): a class of few samples is drawn to the middle of all. Of tau = 0, 1 and 4 the one with the
    lowest log loss, at its best b, is taken when each sample, or its group, is left out. Features are not scaled one by
    one: the spread of each is not known from few samples. Snell et al. 2017 (arXiv:1703.05175); Wang et al. 2019,
    SimpleShot (arXiv:1911.04623); James and Stein 1961.
    """

    name = "prototypes"
    rank = 9
    learned: ClassVar[dict[str, str]] = {
        "classes_": "K", "mean_": "D", "varies_": "D", "means_": "K D", "power_": "", "sharpness_": "", "doubt_": "",
    }  # fmt: skip
    classes_: NDArray[Any]
    mean_: NDArray[np.float64]
    varies_: NDArray[np.float64]
    means_: NDArray[np.float64]
    power_: float
    sharpness_: float
    doubt_: float

    def __init__(self, doubt: float | None = None) -> None:
        self.doubt = doubt

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        if self.doubt is not None and not 0 <= float(self.doubt) < float("inf"):
            raise FeatureError(f"The doubt must be a number from 0 up, or None to choose it, not {self.doubt!r}.")
        with one_thread():
            self.power_ = 0.5 if is_skewed(training.X) else 1.0
            scaling = scaling_of(raised(training.X, self.power_), training.weight)
            self.mean_, self.varies_ = scaling.mean, np.sign(scaling.inverse)
            Z = placed(training.X, self.power_, self.mean_, self.varies_)
            share = one_hot(training.y, len(training.classes)) * training.weight[:, None]
            doubts = DOUBTS if self.doubt is None else (float(self.doubt),)
            means = ShrunkMeans(training, Z, share.T @ Z, share.sum(axis=0), doubts)
            rows, scores = means.all_left_out(len(training.classes))
            best, self.sharpness_, _ = best_sharpness(scores, training.y[rows], training.weight[rows])
        self.classes_, self.doubt_, self.means_ = training.classes, doubts[best], means.means(doubts[best])

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        checked = check_matrix(X, self.n_features_in_)
        scores = np.empty((len(checked), len(self.classes_)))
        for rows in slices(*checked.shape):
            scores[rows] = closeness(placed(checked[rows], self.power_, self.mean_, self.varies_), self.means_)
        return softmax(self.sharpness_ * scores)


def raised(X: Any, exponent: float) -> NDArray[np.float64]:
    """Give float64 features raised to a power."""
    return np.asarray(X, dtype=np.float64) if exponent == 1 else power(X, exponent)


def placed(X: Any, exponent: float, mean: NDArray[np.float64], varies: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (N, D) features raised to a power, minus the mean, 0 where `varies` (D,) is, at unit length."""
    Z = (raised(X, exponent) - mean) * varies
    Z /= np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12)
    return Z


def closeness(Z: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give (n, K): minus half the squared distances of (n, D) to (K, D), but for what is the same for every class."""
    near: NDArray[np.float64] = Z @ means.T - np.square(means).sum(axis=1) / 2
    return near
