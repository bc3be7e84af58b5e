"""Ridge regression in closed form, with what it would predict for each sample had it been left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.basis import Basis, basis_of
from graft.heads.leave_out import Shrunk
from graft.heads.training import Training


@dataclass(frozen=True, eq=False)
class LeastSquares(Shrunk):
    """Minimize sum_i w_i ||t_i - b - B z_i||² + penalty ||B||² in the coordinates of `basis`, for any penalty.

    There the Gram matrix is diagonal, g = `eigenvalues` (r,), and z has weighted mean zero, so that with `moment`
    (r, K) = sum_i w_i z_i t_i the answer is B = moment / (g + penalty) and b = `mean` (K,).
    """

    basis: Basis
    training: Training
    targets: NDArray[np.float64]
    mean: NDArray[np.float64]
    moment: NDArray[np.float64]
    eigenvalues: NDArray[np.float64]

    def solution(self, penalty: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the (K, D) coefficients and (K,) intercepts on the features."""
        coef = (self.moment / (self.eigenvalues + penalty)[:, None]).T
        return self.basis.to_features(coef, self.mean)

    def left_out(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, n, K) predictions for samples, each by the fit without it (same scaling, same penalty).

        With h_i = w_i (1 / W + sum_j z_ij² / (g_j + penalty)) and residual e_i it is t_i - e_i / (1 - h_i)
        (Allen 1974, PRESS).
        """
        Z = self.basis.rotate(self.training.X[rows])
        targets, weight = self.targets[rows], self.training.weight[rows]
        total = self.training.weight.sum()
        inverse = self.inverses
        leverage = weight * (1 / total + inverse @ np.square(Z).T)
        fitted = Z @ (inverse[:, :, None] * self.moment) + self.mean
        left: NDArray[np.float64] = targets - (targets - fitted) / np.maximum(1 - leverage, 1e-12)[:, :, None]
        return left

    def left_out_together(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, m, K) predictions for the samples of one group by the fit without all of them.

        The block form of `left_out`: t - (I - H)⁻¹ e with the group's (m, m) part H of the hat matrix.
        """
        Z = self.basis.rotate(self.training.X[rows])
        targets, weight = self.targets[rows], self.training.weight[rows]
        shrunk = Z * self.inverses[:, None, :]
        hat = (1 / self.training.weight.sum() + shrunk @ Z.T) * weight
        residual = targets - self.mean - shrunk @ self.moment
        return targets - np.linalg.solve(np.eye(len(rows)) - hat, residual)


def least_squares(training: Training, targets: NDArray[np.float64]) -> LeastSquares:
    """Prepare the (N, K) targets for ridge regression on the standardized features of `training`."""
    weight: NDArray[Any] = training.weight
    basis = basis_of(training.X, weight, exact=True)
    mean = weight @ targets / weight.sum()
    moment = np.zeros((len(basis.curvature), targets.shape[1]))
    for rows, block in basis.scaling.blocks(training.X):
        moment += (block @ basis.rotation).T @ (weight[rows, None] * (targets[rows] - mean))
    return LeastSquares(basis, training, targets, mean, moment, basis.curvature * weight.sum())
