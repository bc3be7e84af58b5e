"""Ridge regression for numbers as targets, the penalty by exact leave-one-out."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import check_matrix
from graft.heads.learned import Learned
from graft.heads.least_squares import least_squares
from graft.heads.linear import affine
from graft.heads.threads import one_thread
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix


class RidgeRegression(Learned):
    """Minimize sum_i w_i (y_i - b - B z_i)² + penalty ||B||² on standardized features z, as `LeastSquares` says.

    The penalty has the lowest weighted mean square of the errors made when each sample, or its group, is left out
    (Allen 1974, PRESS). `path_` (M, 2) holds the penalties and these mean squares.
    """

    name = "ridge-regression"
    rank = 20
    regression = True
    learned: ClassVar[dict[str, str]] = {"coef_": "D", "intercept_": ""}
    coef_: NDArray[np.float64]
    intercept_: float
    penalty_: float
    path_: NDArray[np.float64]

    def __init__(self) -> None:
        pass

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        with one_thread():
            squares = least_squares(training, training.y[:, None])
            rows, predicted = squares.all_left_out(1)
            errors = np.square(predicted[:, :, 0] - training.y[rows]) @ training.weight[rows]
            errors /= training.weight[rows].sum()
            self.penalty_ = float(squares.candidates[np.argmin(errors)])
            coef, intercept = squares.solution(self.penalty_)
        self.path_ = np.column_stack([squares.candidates, errors])
        self.coef_, self.intercept_ = coef[0], float(intercept[0])

    def predict(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N,) predicted numbers."""
        checked = check_matrix(X, self.n_features_in_)
        predicted: NDArray[np.float64] = affine(checked, self.coef_[None], np.array([self.intercept_]))[:, 0]
        return predicted
