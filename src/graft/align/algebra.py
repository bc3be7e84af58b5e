"""Small pieces of algebra that several methods share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def unit(X: NDArray[Any]) -> Floats:
    """Divide each row of (N, D) by its length; a row of zeros stays."""
    length = np.linalg.norm(X, axis=1, keepdims=True)
    rows: Floats = X / np.maximum(length, 1e-12)
    return rows


def log_softmax(scores: Floats) -> Floats:
    """Give log p for (N, K) scores, p = exp(score) / sum over the row."""
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs: Floats = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return logs


def spectral(matrix: Floats, change: Callable[[Floats], Floats]) -> Floats:
    """Give V f(values) Vᵀ of a symmetric (D, D) matrix with eigenvalues >= 0, `change` being f."""
    values, vectors = np.linalg.eigh(matrix)
    changed: Floats = (vectors * change(np.maximum(values, 0.0))) @ vectors.T
    return changed


def covariance(X: Floats, weight: Floats | None = None) -> Floats:
    """Give the (D, D) covariance of (N, D), of mean (weighted) squares."""
    w = np.full(len(X), 1 / len(X)) if weight is None else weight / weight.sum()
    centred = X - w @ X
    found: Floats = (centred * w[:, None]).T @ centred
    return found


def directions(X: Floats, most: int) -> Floats:
    """Give the (D, r) directions of largest variance of (N, D), r <= most, without those of no variance.

    The sign of each is such that its largest entry is positive, so that equal data give equal directions.
    """
    from scipy.linalg import eigh

    centred = X - X.mean(axis=0)
    tall = len(X) > X.shape[1]
    squares = centred.T @ centred if tall else centred @ centred.T
    first = max(0, len(squares) - max(1, min(most, len(X) - 1)))  # all of them would take twice as long
    values, vectors = eigh(squares, subset_by_index=(first, len(squares) - 1))
    keep = np.argsort(values)[::-1][: min(most, len(X) - 1)]
    keep = keep[values[keep] > 1e-10 * max(values.max(), 1e-300)]
    if not len(keep):
        return np.eye(X.shape[1], 1)
    basis = vectors[:, keep] if tall else unit(vectors[:, keep].T @ centred).T
    sign = np.sign(basis[np.abs(basis).argmax(axis=0), np.arange(basis.shape[1])])
    turned: Floats = basis * sign
    return turned


def squared_distances(A: Floats, B: Floats) -> Floats:
    """Give the (N, M) squared Euclidean distances of the rows of (N, D) and (M, D)."""
    inner: Floats = np.square(A).sum(axis=1)[:, None] + np.square(B).sum(axis=1) - 2 * (A @ B.T)
    return np.maximum(inner, 0.0)


def width_of(A: Floats, B: Floats, most: int = 500) -> float:
    """Give the median squared distance of pairs of rows, of at most `most` evenly spaced rows of both together."""
    both = np.concatenate([A, B])
    some = both[np.linspace(0, len(both) - 1, min(most, len(both))).astype(int)]
    return float(np.median(squared_distances(some, some)[np.triu_indices(len(some), 1)])) or 1.0
