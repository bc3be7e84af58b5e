"""Standardize and rotate: the coordinates in which penalized linear methods are diagonal, or nearly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import slices

GRAM_ROWS = 50_000


@dataclass(frozen=True, eq=False)
class Scaling:
    """Weighted (D,) `mean`, and (D,) `inverse` of the standard deviation: 0 for a column that is constant."""

    mean: NDArray[np.float64]
    inverse: NDArray[np.float64]

    def apply(self, X: Any) -> NDArray[np.float64]:
        """Give (X - mean) * inverse."""
        block = np.asarray(X, dtype=np.float64) - self.mean
        block *= self.inverse
        return block

    def blocks(self, X: Any) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Give all standardized rows, block by block."""
        for rows in slices(*X.shape):
            yield rows, self.apply(X[rows])


@dataclass(frozen=True, eq=False)
class Basis:
    """Coordinates z = ((x - mean) * inverse) @ rotation, with orthonormal (D, r) `rotation`.

    In them the weighted Gram matrix of the standardized features is diagonal: `curvature` (r,) holds the weighted
    mean of z_j². A squared-norm penalty on coefficients is the same in either coordinates. With N < D the (N, r)
    coordinates of the samples themselves are known without rotating: they are `own`.
    """

    scaling: Scaling
    rotation: NDArray[np.float64]
    curvature: NDArray[np.float64]
    own: NDArray[np.float64] | None = None

    def rotate_own(self, X: Any, dtype: Any = np.float64) -> NDArray[Any]:
        """Give the (N, r) coordinates of the very features the basis was made from: known already where N < D."""
        return self.rotate(X, dtype) if self.own is None else self.own.astype(dtype)

    def rotate(self, X: Any, dtype: Any = np.float64) -> NDArray[Any]:
        """Give the (N, r) coordinates of (N, D) features."""
        Z = np.empty((len(X), self.rotation.shape[1]), dtype=dtype)
        rotation = self.rotation.astype(dtype)
        for rows, block in self.scaling.blocks(X):
            Z[rows] = block.astype(dtype, copy=False) @ rotation
        return Z

    def to_features(
        self, coef: NDArray[np.float64], intercept: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn (K, r) coefficients on z and their (K,) intercepts into (K, D) and (K,) ones on x."""
        raw = (coef @ self.rotation.T) * self.scaling.inverse
        return raw, intercept - raw @ self.scaling.mean

    def enter(
        self, coef: NDArray[np.float64], bias: NDArray[np.float64], held: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Turn (P, K, r) coefficients and (P, K) intercepts on z into (P * K, D) and (P * K,) ones on x."""
        return self.to_features(coef.reshape(-1, coef.shape[2]), bias.ravel())

    def leave(
        self, gradient: NDArray[np.float64], slope: NDArray[np.float64], held: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        """Turn (P * K, D) gradients and (P * K,) slopes of the intercepts on x into (P, K, r) gradients on z."""
        centred = (gradient - slope[:, None] * self.scaling.mean) * self.scaling.inverse
        return (centred @ self.rotation).reshape(len(held), -1, self.rotation.shape[1])

    def from_other(self, other: Basis, theta: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn (K, r' + 1) parameters on the coordinates of another basis into the nearest (K, r + 1) ones on these."""
        raw, intercept = other.to_features(theta[:, :-1], theta[:, -1])
        scaled = np.divide(raw, self.scaling.inverse, out=np.zeros_like(raw), where=self.scaling.inverse > 0)
        return np.column_stack([scaled @ self.rotation, intercept + raw @ self.scaling.mean])


def scaling_of(X: Any, weight: NDArray[np.float64]) -> Scaling:
    """Give the weighted mean and scale of each column, in float64 and two passes over blocks of rows."""
    total = weight.sum()
    mean, square = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    first = np.asarray(X[0], dtype=np.float64)
    unit = Scaling(first, np.ones(X.shape[1]))
    for rows, block in unit.blocks(X):
        mean += weight[rows] @ block
    mean /= total
    for rows, block in unit.blocks(X):
        block -= mean
        np.square(block, out=block)
        square += weight[rows] @ block
    deviation = np.sqrt(square / total)
    varies = deviation > 1e-7 * np.abs(first + mean)
    return Scaling(first + mean, np.divide(1.0, deviation, out=np.zeros_like(mean), where=varies))


def basis_of(X: Any, weight: NDArray[np.float64], exact: bool = False) -> Basis:
    """Standardize (N, D) features and find the eigenvectors of their weighted Gram matrix.

    With N < D that matrix is (N, N) and the basis spans the samples; otherwise it is (D, D) and the basis is complete.
    Unless `exact` the (D, D) matrix is made in float32 from at most about 50,000 evenly spaced rows: then `curvature`
    is an estimate, and still nothing is lost.
    """
    scaling = scaling_of(X, weight)
    if len(X) < X.shape[1]:
        return _from_samples(X, weight, scaling)
    step = 1 if exact else -(-len(X) // GRAM_ROWS)
    gram, total = np.zeros((X.shape[1], X.shape[1])), 0.0
    for rows, block in scaling.blocks(X[::step]):
        share = weight[::step][rows]
        block *= np.sqrt(share)[:, None]
        block = block if exact else block.astype(np.float32)
        gram += block.T @ block
        total += share.sum()
    values, vectors = np.linalg.eigh(gram / total)
    varies = values > 0 if not scaling.inverse.all() else np.ones(len(values), dtype=bool)
    return Basis(scaling, vectors[:, varies], np.maximum(values[varies], 0))


def _from_samples(X: Any, weight: NDArray[np.float64], scaling: Scaling) -> Basis:
    share = np.sqrt(weight / weight.sum())[:, None]
    rows = scaling.apply(X)
    rows *= share
    values, vectors = np.linalg.eigh(rows @ rows.T)
    keep = values > 1e-10 * max(values[-1], 1e-300)
    values, vectors = values[keep], vectors[:, keep]
    return Basis(scaling, rows.T @ (vectors / np.sqrt(values)), values, vectors * np.sqrt(values) / share)
