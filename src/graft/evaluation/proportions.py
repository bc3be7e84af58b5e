"""Intervals in closed form, which do not collapse where nothing went wrong: for proportions, areas and their means."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.weights import Floats, macro, ratio

Z = 1.959963984540054
Bounds = tuple[Floats, Floats]


def wilson(share: NDArray[Any], n: NDArray[Any]) -> Bounds:
    """Give Wilson's 95 % score interval of proportions `share` of `n` samples; NaN where the share is.

    (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n): Wilson, "Probable inference" (1927). All of 100 right gives
    [0.963, 1].
    """
    p, trials = np.asarray(share, dtype=np.float64), np.maximum(np.asarray(n, dtype=np.float64), 1e-9)
    middle = (p + Z**2 / (2 * trials)) / (1 + Z**2 / trials)
    half = Z * np.sqrt(p * (1 - p) / trials + Z**2 / (4 * trials**2)) / (1 + Z**2 / trials)
    return np.clip(middle - half, 0, p), np.clip(middle + half, p, 1)


def f1_bounds(value: NDArray[Any], n: NDArray[Any]) -> Bounds:
    """Give the interval of F1 from Wilson's of the Jaccard index J, as F1 = 2J / (1 + J).

    `n` is the number of samples that are of the class or were predicted as it: J is the share of them that are both.
    """
    low, high = wilson(value / (2 - value), n)
    return np.asarray(2 * low / (1 + low)), np.asarray(2 * high / (1 + high))


def auroc_bounds(value: NDArray[Any], positives: NDArray[Any], negatives: NDArray[Any]) -> Bounds:
    """Give Newcombe's 95 % score interval of an area under the ROC curve; NaN where the area is.

    Solves |A - a| = z √V(A) for A by bisection, V(A) = A(1-A) [1 + (N-1)((1-A)/(2-A) + A/(1+A))] / (m n), with m
    positives, n negatives and N = (m+n)/2: Newcombe, "Confidence intervals for an effect size measure based on the
    Mann-Whitney statistic. Part 2", method 5 (2006).
    """
    a = np.asarray(value, dtype=np.float64)
    pairs = np.maximum(np.asarray(positives, dtype=np.float64) * negatives, 1e-9)
    extra = (np.asarray(positives, dtype=np.float64) + negatives) / 2 - 1

    def outside(x: Floats) -> NDArray[np.bool_]:
        spread = x * (1 - x) * (1 + extra * ((1 - x) / (2 - x) + x / (1 + x))) / pairs
        return np.asarray((a - x) ** 2 > Z**2 * spread)

    def edge(end: float) -> Floats:
        inner, outer = a.copy(), np.where(np.isnan(a), np.nan, end)
        for _ in range(60):
            middle = (inner + outer) / 2
            out = outside(middle)
            inner, outer = np.where(out, inner, middle), np.where(out, middle, outer)
        return inner

    return edge(0.0), edge(1.0)


def mean_bounds(values: NDArray[Any], bounds: Bounds) -> Bounds:
    """Give the interval of a mean of K independent scores from their own intervals, leaving out undefined ones.

    m - √(Σ (vₖ - lowₖ)²) / K and m + √(Σ (highₖ - vₖ)²) / K: Zou and Donner, "Construction of confidence limits about
    effect measures" (2008).
    """
    mean, known = macro(values), (~np.isnan(values)).sum()
    below, above = np.nansum((values - bounds[0]) ** 2), np.nansum((bounds[1] - values) ** 2)
    return mean - ratio(np.sqrt(below), known), mean + ratio(np.sqrt(above), known)
