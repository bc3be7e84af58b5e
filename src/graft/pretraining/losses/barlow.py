"""The loss of Barlow Twins, which wants projections uncorrelated: Zbontar et al. 2021 (arXiv:2103.03230)."""

from __future__ import annotations

from torch import Tensor

OFF_DIAGONAL = 5e-3
EPSILON = 1e-5


def barlow(a: Tensor, b: Tensor, weight: float = OFF_DIAGONAL) -> Tensor:
    """Give sum_i (1 - C_ii)^2 + weight sum over i != j of C_ij^2 of the (B, D) projections of two views of B images.

    C is the (D, D) correlation, over the batch, of the dimensions of one view with those of the other.
    """
    matrix = _standard(a.float()).T @ _standard(b.float()) / len(a)
    same = matrix.diagonal()
    return (1 - same).square().sum() + weight * (matrix.square().sum() - same.square().sum())


def _standard(z: Tensor) -> Tensor:
    return (z - z.mean(0)) / (z.var(0, unbiased=False) + EPSILON).sqrt()
