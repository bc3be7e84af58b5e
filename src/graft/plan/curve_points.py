"""Points of a learning curve: the mean score at a number of labels, and what draws and test samples leave open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.choose import paired_error
from graft.evaluation.proportions import Z, wilson
from graft.evaluation.weights import Floats


@dataclass(frozen=True)
class Point:
    """The mean `value` over `draws` at a number of labels, its 95 % interval, and the standard error of the error.

    `spread` is the standard deviation of the error between draws, None for a single draw.
    """

    labels: int
    value: float
    low: float
    high: float
    deviation: float
    draws: int
    spread: float | None


def share_point(labels: int, right: Floats, unit: NDArray[np.int64], before: Sequence[Point]) -> Point:
    """Give the point of accuracy from (R, T) ones and zeros: R draws on T test samples of the test groups `unit`.

    The squared standard error is s²/R + e²: s between the accuracies of draws (that of the point before where there is
    one draw only), e of the mean over test samples, groups together. The interval is Wilson's for as many samples as
    have this error.
    """
    value = float(right.mean())
    deviation, spread = error_of(right, unit, before)
    size = len(np.unique(unit))
    alike = size if not 0 < value < 1 or deviation == 0 else min(size * len(right), value * (1 - value) / deviation**2)
    low, high = (float(end) for end in wilson(np.array(value), np.array(alike)))
    return Point(labels, value, low, high, max(deviation, 1 / (2 * size)), len(right), spread)


def root_point(labels: int, squares: Floats, unit: NDArray[np.int64], before: Sequence[Point]) -> Point:
    """Give the point of RMSE from (R, T) squared errors; the interval is that of their mean, its ends under the root.

    Between draws the RMSE itself is compared, and its standard error is that of the mean square over twice the RMSE.
    """
    mean = float(squares.mean())
    root = float(np.sqrt(max(mean, np.finfo(float).tiny)))
    deviation, spread = error_of(squares / (2 * root), unit, before)
    half = 2 * root * Z * deviation
    low, high = np.sqrt(max(mean - half, 0.0)), np.sqrt(mean + half)
    return Point(
        labels, float(np.sqrt(mean)), float(low), float(high), max(deviation, 1e-6 * root), len(squares), spread
    )


def error_of(values: Floats, unit: NDArray[np.int64], before: Sequence[Point]) -> tuple[float, float | None]:
    """Give the standard error of the mean of (R, T) values, and the deviation between draws where there are several."""
    spread = float(values.mean(axis=1).std(ddof=1)) if len(values) > 1 else None
    known = [point.spread for point in before if point.spread is not None]
    between = spread if spread is not None else known[-1] if known else 0.0
    within = paired_error(values.mean(axis=0), np.unique(unit, return_inverse=True)[1])
    return float(np.hypot(between / np.sqrt(len(values)), within)), spread
