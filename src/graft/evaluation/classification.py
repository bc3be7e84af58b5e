"""Scores of decisions: accuracy, precision, recall, F1 and the confusion matrix, all from three counts per class.

A ratio whose denominator is 0 is undefined and NaN: recall of a class with no sample, precision of a class that was
never predicted, F1 of a class that neither occurs nor was predicted. Means over classes leave such classes out.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.weights import Floats, Integers, as_weights, macro, ratio, totals


class Counts(NamedTuple):
    """The weight, per class (..., K), of samples rightly predicted as it, of it, and predicted as it."""

    hits: Floats
    actual: Floats
    called: Floats


def count(
    targets: NDArray[Any], predicted: NDArray[Any], n_classes: int, weights: NDArray[Any] | None = None
) -> Counts:
    """Count (N,) predicted against (N,) true class indices, once for each set of weights (..., N)."""
    w = as_weights(weights, len(targets))
    return Counts(
        totals(targets, n_classes, w * (np.asarray(targets) == np.asarray(predicted))),
        totals(targets, n_classes, w),
        totals(predicted, n_classes, w),
    )


def confusion(targets: NDArray[Any], predicted: NDArray[Any], n_classes: int) -> Integers:
    """Give the (K, K) number of samples of each true class (row) predicted as each class (column)."""
    cells = np.asarray(targets, dtype=np.int64) * n_classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(cells, minlength=n_classes**2).reshape(n_classes, n_classes).astype(np.int64)


def accuracy(counts: Counts) -> Floats:
    """Give the share of samples predicted rightly."""
    return ratio(counts.hits.sum(axis=-1), counts.actual.sum(axis=-1))


def precision(counts: Counts) -> Floats:
    """Give, per class, the share of the samples predicted as it that are of it."""
    return ratio(counts.hits, counts.called)


def recall(counts: Counts) -> Floats:
    """Give, per class, the share of its samples predicted as it."""
    return ratio(counts.hits, counts.actual)


def f1(counts: Counts) -> Floats:
    """Give, per class, the harmonic mean of precision and recall: 2 hits / (actual + called)."""
    return ratio(2 * counts.hits, counts.actual + counts.called)


def balanced_accuracy(counts: Counts) -> Floats:
    """Give the mean recall over the classes that have a sample."""
    return macro(recall(counts))
