"""Variance-Invariance-Covariance Regularization: Bardes, Ponce and LeCun 2022 (arXiv:2105.04906)."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import mse_loss

INVARIANCE, VARIANCE, COVARIANCE = 25.0, 25.0, 1.0
EPSILON = 1e-4


def vicreg(a: Tensor, b: Tensor) -> Tensor:
    """Give 25 s(a, b) + 25 (v(a) + v(b)) + c(a) + c(b) of the (B, D) projections of two views of B >= 2 images.

    s is the mean squared difference over images and dimensions, v(z) the mean over dimensions of
    max(0, 1 - sqrt(Var(z_d) + 1e-4)), which keeps them from collapsing, and c(z) the sum of the squared off-diagonal
    covariances divided by D, which keeps them from saying the same. Var and covariance divide by B - 1.
    """
    a, b = a.float(), b.float()
    spread = _variance(a) + _variance(b)
    return INVARIANCE * mse_loss(a, b) + VARIANCE * spread + COVARIANCE * (_covariance(a) + _covariance(b))


def _variance(z: Tensor) -> Tensor:
    return (1 - (z.var(0) + EPSILON).sqrt()).relu().mean()


def _covariance(z: Tensor) -> Tensor:
    centred = z - z.mean(0)
    matrix = centred.T @ centred / (len(z) - 1)
    return (matrix.square().sum() - matrix.diagonal().square().sum()) / z.shape[1]
