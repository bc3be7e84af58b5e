"""The lie of the samples in feature space: main directions for a map, and each sample's nearest others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from graft.heads.base import Matrix

SPARE, ROUNDS = 10, 4


class Near(NamedTuple):
    """The (N, k) places of the nearest other rows, nearest first, and the (N, k) cosine distances to them."""

    places: NDArray[np.int64]
    distance: NDArray[np.float32]


def principal(X: Matrix, count: int = 32, seed: int = 0) -> NDArray[np.float32]:
    """Give the (N, P) coordinates on the P = `count` main directions (fewer where there are fewer), the first widest.

    The left singular vectors of X times their singular values, by randomized subspace iteration (Halko, Martinsson and
    Tropp 2011); those of the small factor B by the eigenvectors of B Bᵀ, which many columns do not slow. Dense columns
    are centred first, sparse ones are not (latent semantic analysis). Of the two signs of each direction the one with
    the larger largest coordinate is taken.
    """
    rows: Any = X if hasattr(X, "tocsr") else np.asarray(X, dtype=np.float32) - np.mean(X, axis=0, dtype=np.float32)
    P = min(count, *rows.shape)
    span = np.random.default_rng(seed).normal(size=(rows.shape[1], min(P + SPARE, *rows.shape))).astype(np.float32)
    for _ in range(ROUNDS):
        span = rows.T @ np.linalg.qr(rows @ span)[0]
    basis = np.linalg.qr(rows @ span)[0]
    small = np.asarray(rows.T @ basis, dtype=np.float64)
    squares, u = np.linalg.eigh(small.T @ small)
    found = np.asarray((basis @ u * np.sqrt(np.maximum(squares, 0)))[:, ::-1][:, :P], dtype=np.float32)
    largest = found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])]
    return np.asarray(found * np.where(largest < 0, -1, 1), dtype=np.float32)


def nearest(X: Matrix, count: int = 5) -> Near:
    """Give each row's nearest other rows by cosine; at most `count`, N - 1 of fewer rows."""
    rows: Any = X
    product = rows @ rows.T
    likeness: NDArray[Any] = np.asarray(product.toarray() if hasattr(product, "tocsr") else product, dtype=np.float32)
    length = np.sqrt(np.maximum(likeness.diagonal(), 0))
    length[length == 0] = 1
    likeness /= length
    likeness /= length[:, None]
    np.fill_diagonal(likeness, -np.inf)
    k = min(count, len(likeness) - 1)
    index = np.argsort(-likeness, axis=1, kind="stable")[:, :k]
    return Near(index, 1 - np.take_along_axis(likeness, index, axis=1))
