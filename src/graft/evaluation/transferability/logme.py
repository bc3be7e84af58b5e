"""LogME: the log evidence of a Bayesian linear model of the targets on the features.

You et al. 2021, "LogME: Practical assessment of pre-trained models for transfer learning" (arXiv:2102.11005), with the
fixed point of You et al. 2022, "Ranking and tuning pre-trained models" (arXiv:2110.10545).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.transferability.checks import classes, matrix
from graft.evaluation.weights import Floats

ROUNDS, CLOSE, TINY = 100, 1e-6, 1e-12


def logme(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give the mean over columns y of the targets of log p(y | F) / N at the best precisions a, b.

    Columns are one per class (its indicator), or the targets themselves where they are amounts. With the prior
    w ~ N(0, I / a) and noise of variance 1 / b, A = a I + b F'F and m = b A⁻¹ F'y,

    log p = (N log b + D log a - N log 2π - b ||F m - y||² - a m'm - log det A) / 2,

    and a, b are where a m'm = g and b ||F m - y||² = N - g, g the sum of b s² / (a + b s²) over the singular values s
    of F (N, D). Raises DataError for features that are no finite table and for targets of one class.
    """
    F = matrix(features)
    if np.asarray(targets).dtype.kind == "f":
        columns = amounts(targets, len(F))[:, None]
    else:
        labels, sizes = classes(targets, len(F))
        columns = np.eye(len(sizes))[labels]
    left, values, _ = np.linalg.svd(F, full_matrices=False)
    found = [evidence(values, left.T @ y, float(y @ y), F.shape) for y in columns.T]
    return float(np.mean(found))


def amounts(targets: NDArray[Any], n: int) -> Floats:
    """Give (N,) finite amounts; raises DataError for another length, gaps, or amounts that are all the same."""
    y = np.asarray(targets, dtype=np.float64)
    if y.shape != (n,) or not np.isfinite(y).all():
        raise DataError(f"The targets must be one finite number for each of the {n} samples; look for gaps in them.")
    if np.ptp(y) == 0:
        raise DataError(f"All {n} targets are {y[0]:g}; there is nothing to tell apart.")
    return y


def evidence(values: Floats, inner: Floats, square: float, shape: tuple[int, ...]) -> float:
    """Give log p(y | F) / N from the singular values of F, the inner products of y with its left vectors, and y'y."""
    n, d = shape
    power, outside = values**2, max(square - float(inner @ inner), 0.0)
    a = b = 1.0
    for _ in range(ROUNDS):
        effective, length, error = moments(a, b, power, inner, outside)
        before = a / b
        a = effective / max(length, TINY)
        b = (n - effective) / max(error, TINY)
        if abs(a / b - before) <= CLOSE * before:
            break
    _, length, error = moments(a, b, power, inner, outside)
    logs = (d - len(power)) * np.log(a) + np.log(a + b * power).sum()
    total = n * np.log(b) + d * np.log(a) - n * np.log(2 * np.pi) - b * error - a * length - logs
    return float(total / (2 * n))


def moments(a: float, b: float, power: Floats, inner: Floats, outside: float) -> tuple[float, float, float]:
    """Give g, m'm and ||F m - y||² under precisions a and b; `power` are the squared singular values."""
    shrunk = a + b * power
    return (
        float((b * power / shrunk).sum()),
        float((b**2 * power * inner**2 / shrunk**2).sum()),
        float((a**2 * inner**2 / shrunk**2).sum()) + outside,
    )
