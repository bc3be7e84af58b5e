"""Scores of numbers: mean absolute error, root mean squared error and R²."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.weights import Floats, as_weights, ratio, weighted_mean


def mae(targets: NDArray[Any], predicted: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the mean absolute error, in the unit of the targets."""
    return weighted_mean(np.abs(np.asarray(targets) - np.asarray(predicted)), weights)


def rmse(targets: NDArray[Any], predicted: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the root of the mean squared error, in the unit of the targets."""
    return np.sqrt(weighted_mean((np.asarray(targets) - np.asarray(predicted)) ** 2, weights))


def r2(targets: NDArray[Any], predicted: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give R² = 1 - Σ w (y - p)² / Σ w (y - ȳ)², ȳ the weighted mean; NaN where the targets do not vary."""
    y, p = np.asarray(targets, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    w = as_weights(weights, len(y))
    centred = y - y.mean()
    spread = w @ centred**2 - w.sum(axis=-1) * weighted_mean(centred, w) ** 2
    varies = spread > 1e-12 * (w @ centred**2)
    return np.asarray(1 - ratio(w @ (y - p) ** 2, np.where(varies, spread, 0.0)), dtype=np.float64)
