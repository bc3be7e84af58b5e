"""Sums and means under sample weights: one set (N,) or many at once (B, N), as a bootstrap needs them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def as_weights(weights: NDArray[Any] | None, n: int) -> Floats:
    """Give `weights` as floats (..., n), or n ones; raises DataError on a wrong length or a negative weight."""
    if weights is None:
        return np.ones(n)
    given = np.asarray(weights, dtype=np.float64)
    if given.ndim == 0 or given.shape[-1] != n:
        raise DataError(f"The sample weights have shape {given.shape}, but there are {n} samples.")
    if given.size and not given.min() >= 0:
        raise DataError("A sample weight is negative or not a number; weights must be 0 or more.")
    return given


def ratio(top: NDArray[Any], bottom: NDArray[Any]) -> Floats:
    """Divide, giving NaN where the bottom is 0 (the ratio is undefined) and saying nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(bottom == 0, np.nan, np.true_divide(top, bottom)), dtype=np.float64)


def weighted_mean(values: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give Σ wᵢ vᵢ / Σ wᵢ of (N,) values, one for each set of weights; NaN when the weights sum to 0."""
    w = as_weights(weights, len(values))
    return ratio(w @ np.asarray(values, dtype=np.float64), w.sum(axis=-1))


def totals(labels: NDArray[Any], n_labels: int, weights: Floats) -> Floats:
    """Sum the (..., N) weights of each label 0..n_labels-1, giving (..., n_labels)."""
    rows = weights.reshape(math.prod(weights.shape[:-1]), weights.shape[-1])
    cells = np.asarray(labels, dtype=np.int64) + n_labels * np.arange(len(rows))[:, None]
    summed = np.asarray(np.bincount(cells.ravel(), rows.ravel(), minlength=n_labels * len(rows)), dtype=np.float64)
    return summed.reshape(*weights.shape[:-1], n_labels)


def macro(values: NDArray[Any]) -> Floats:
    """Give the plain mean over the last axis (classes), leaving out the undefined (NaN); NaN when all are."""
    known = ~np.isnan(values)
    return ratio(np.where(known, values, 0.0).sum(axis=-1), known.sum(axis=-1))
