"""Class means of standardized or unit-length features, with every sample or group taken out of them exactly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.basis import Scaling, scaling_of
from graft.heads.check import slices
from graft.heads.leave_out import LeaveOut, one_hot
from graft.heads.training import Training


def place(scaling: Scaling, X: Any, cosine: bool) -> NDArray[np.float64]:
    """Give the (n, D) standardized features, divided by their lengths for cosine."""
    Z = scaling.apply(X)
    return Z / np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12) if cosine else Z


def closeness(Z: NDArray[np.float64], means: NDArray[np.float64], cosine: bool) -> NDArray[np.float64]:
    """Give (n, K): minus half the squared distances to (K, D) means, or the cosines with them."""
    near: NDArray[np.float64] = Z @ means.T
    length = np.square(means).sum(axis=1)
    if cosine:
        near /= np.sqrt(np.maximum(length, 1e-24))
    else:
        near -= 0.5 * (np.square(Z).sum(axis=1)[:, None] + length)
    return near


@dataclass(frozen=True, eq=False)
class ClassMeans(LeaveOut):
    """Sums (A, K, D) and weights (K,) of the classes, for each of A ways to place the samples (`cosines`)."""

    training: Training
    scaling: Scaling
    cosines: tuple[bool, ...]
    sums: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @property
    def candidates(self) -> NDArray[np.float64]:
        """The numbers of the ways to place the samples."""
        return np.arange(float(len(self.cosines)))

    @property
    def class_sizes(self) -> NDArray[np.float64]:
        """The weights of the classes: no mean without a sample."""
        return self.sizes

    def left_out(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, n, K) closenesses; a sample changes only the mean of its own class: (n_c m_c - w x) / (n_c - w)."""
        y, weight = self.training.y[rows], self.training.weight[rows, None]
        found = []
        for sums, cosine in zip(self.sums, self.cosines, strict=True):
            Z = place(self.scaling, self.training.X[rows], cosine)
            scores = closeness(Z, sums / self.sizes[:, None], cosine)
            mean = (sums[y] - weight * Z) / (self.sizes[y, None] - weight)
            inner, length = np.einsum("nd,nd->n", Z, mean), np.square(mean).sum(axis=1)
            near = inner / np.sqrt(np.maximum(length, 1e-24)) if cosine else -0.5 * np.square(Z - mean).sum(axis=1)
            scores[np.arange(len(y)), y] = near
            found.append(scores)
        return np.stack(found)

    def left_out_together(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, m, K) closenesses to the means without any of these samples."""
        share = one_hot(self.training.y[rows], len(self.sizes)) * self.training.weight[rows, None]
        left = self.sizes - share.sum(axis=0)
        found = []
        for sums, cosine in zip(self.sums, self.cosines, strict=True):
            Z = place(self.scaling, self.training.X[rows], cosine)
            found.append(closeness(Z, (sums - share.T @ Z) / left[:, None], cosine))
        return np.stack(found)


def means_of(training: Training, cosines: tuple[bool, ...]) -> ClassMeans:
    """Sum the placed samples of each class, in blocks of rows."""
    scaling = scaling_of(training.X, training.weight)
    share = one_hot(training.y, len(training.classes)) * training.weight[:, None]
    sums = np.zeros((len(cosines), len(training.classes), training.X.shape[1]))
    for rows in slices(*training.X.shape):
        for number, cosine in enumerate(cosines):
            sums[number] += share[rows].T @ place(scaling, training.X[rows], cosine)
    return ClassMeans(training, scaling, cosines, sums, share.sum(axis=0))
