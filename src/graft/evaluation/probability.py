"""Scores of probabilities: log loss, Brier score and expected calibration error."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.weights import Floats, as_weights, ratio, totals, weighted_mean

EPSILON = float(np.finfo(np.float64).eps)
BINS = 15


def log_of(probabilities: NDArray[Any]) -> Floats:
    """Give the logarithms, with probabilities below 2.2e-16 taken as that, so that none is infinite."""
    return np.log(np.clip(np.asarray(probabilities, dtype=np.float64), EPSILON, None))


def sample_log_loss(targets: NDArray[Any], probabilities: NDArray[Any]) -> Floats:
    """Give, per sample, -log of the probability given to its class, in nats."""
    return -log_of(np.asarray(probabilities)[np.arange(len(targets)), np.asarray(targets)])


def sample_brier(targets: NDArray[Any], probabilities: NDArray[Any]) -> Floats:
    """Give, per sample, the Brier score: Σₖ (pₖ - [k is the class])², halved for two classes.

    So it runs from 0 to 1 for two classes (the squared error of the positive class) and from 0 to 2 for more, as in
    Brier, "Verification of forecasts expressed in terms of probability" (1950) and as scikit-learn has it.
    """
    wrong = np.array(probabilities, dtype=np.float64)
    wrong[np.arange(len(targets)), np.asarray(targets)] -= 1
    squared: Floats = (wrong**2).sum(axis=1)
    return squared / 2 if wrong.shape[1] == 2 else squared


def log_loss(targets: NDArray[Any], probabilities: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the mean log loss in nats."""
    return weighted_mean(sample_log_loss(targets, probabilities), weights)


def brier(targets: NDArray[Any], probabilities: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the mean Brier score."""
    return weighted_mean(sample_brier(targets, probabilities), weights)


def confidence_gaps(targets: NDArray[Any], probabilities: NDArray[Any]) -> tuple[NDArray[np.int64], Floats]:
    """Give, per sample, the bin of its confidence and [it is right] - confidence."""
    p = np.asarray(probabilities, dtype=np.float64)
    confidence: Floats = p.max(axis=1)
    bins = np.clip(np.ceil(confidence * BINS).astype(np.int64) - 1, 0, BINS - 1)
    return bins, (p.argmax(axis=1) == np.asarray(targets)) - confidence


def calibration_error(
    targets: NDArray[Any], probabilities: NDArray[Any], weights: NDArray[Any] | None = None
) -> Floats:
    """Give the expected calibration error: Σ over bins of (share of samples) · |accuracy - mean confidence|.

    The confidence is the probability of the most probable class, and the 15 bins (m/15, (m+1)/15] are of equal width:
    Naeini et al., "Obtaining well calibrated probabilities using Bayesian binning" (2015); Guo et al., "On calibration
    of modern neural networks" (2017). It is biased upwards on few samples.
    """
    bins, gaps = confidence_gaps(targets, probabilities)
    w = as_weights(weights, len(gaps))
    return ratio(np.abs(totals(bins, BINS, w * gaps)).sum(axis=-1), w.sum(axis=-1))
