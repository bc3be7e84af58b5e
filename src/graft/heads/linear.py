"""Classifiers whose scores are linear in the features: one prediction for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.base import Classifier
from graft.heads.check import check_matrix, slices
from graft.heads.learned import Learned
from graft.heads.softmax import softmax

if TYPE_CHECKING:
    from graft.heads.base import Matrix


def affine(X: Matrix, coef: NDArray[np.float64], intercept: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (N, K) scores X @ coef.T + intercept in float64, in blocks of rows so that memory stays flat."""
    scores = np.empty((X.shape[0], len(coef)))
    for rows in slices(*X.shape):
        scores[rows] = np.asarray(X[rows], dtype=np.float64) @ coef.T
    scores += intercept
    return scores


class LinearClassifier(Learned, Classifier):
    """A classifier with (K, D) `coef_` and (K,) `intercept_`: p = softmax(x @ coef_.T + intercept_)."""

    learned: ClassVar[dict[str, str]] = {"classes_": "K", "coef_": "K D", "intercept_": "K"}
    coef_: NDArray[np.float64]
    intercept_: NDArray[np.float64]

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        return softmax(affine(check_matrix(X, self.n_features_in_), self.coef_, self.intercept_))

    def _set_linear(self, classes: NDArray[Any], coef: NDArray[Any], intercept: NDArray[Any]) -> None:
        self.classes_ = classes
        self.coef_ = np.ascontiguousarray(coef, dtype=np.float64)
        self.intercept_ = np.asarray(intercept, dtype=np.float64)


def both_sides(theta: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Split (K, r + 1) parameters into coefficients and intercepts; one score s becomes -s/2 and s/2."""
    full = theta if len(theta) > 1 else np.concatenate([-theta, theta]) / 2
    return full[:, :-1], full[:, -1]
