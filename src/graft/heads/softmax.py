"""Softmax and the temperature that makes scores into honest probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def log_softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Give log(exp(s_k) / sum_j exp(s_j)) along the last axis, safe from overflow."""
    shifted: NDArray[np.float64] = np.asarray(scores, dtype=np.float64) - np.max(scores, axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


def softmax(scores: NDArray[Any]) -> NDArray[np.float64]:
    """Give exp(s_k) / sum_j exp(s_j) along the last axis, safe from overflow."""
    shifted: NDArray[np.float64] = np.exp(np.asarray(scores, dtype=np.float64) - np.max(scores, axis=-1, keepdims=True))
    shifted /= shifted.sum(axis=-1, keepdims=True)
    return shifted


def log_loss(scores: NDArray[Any], y: NDArray[np.int64], weight: NDArray[np.float64]) -> float:
    """Give the weighted mean of -log softmax(scores)[y]."""
    return float(-(weight @ log_softmax(scores)[np.arange(len(y)), y]) / weight.sum())


def fit_sharpness(scores: NDArray[Any], y: NDArray[np.int64], weight: NDArray[np.float64]) -> float:
    """Give the inverse temperature b that minimizes the weighted mean of the cross-entropy of softmax(b * scores).

    The target is 1 - e on the true class, with e = 1 / (2 + sum of weights) spread over all of them, so that scores
    which separate the classes do not give certainty (Platt 1999). The loss is convex in b: Newton's method on its
    derivative, sum_i w_i (E_p[s_i] - E_target[s_i]), whose own derivative is the variance of s under p, kept inside a
    shrinking bracket. Guo et al. 2017, On Calibration of Modern Neural Networks.
    """
    centred = scores - scores.mean(axis=1, keepdims=True)
    spread = float(np.sqrt(np.mean(centred**2))) or 1.0
    low, high = 1e-4 / spread, 1e3 / spread
    sharpness = 1.0 / spread
    true = centred[np.arange(len(y)), y] * (1 - 1 / (2 + weight.sum()))
    for _ in range(60):
        p = softmax(sharpness * centred)
        expected = (p * centred).sum(axis=1)
        slope = float(weight @ (expected - true))
        curvature = float(weight @ ((p * centred**2).sum(axis=1) - expected**2))
        low, high = (sharpness, high) if slope < 0 else (low, sharpness)
        step = sharpness - slope / curvature if curvature > 0 else -1.0
        moved = step if low < step < high else float(np.sqrt(low * high))
        if abs(moved - sharpness) <= 1e-10 * sharpness:
            break
        sharpness = moved
    return sharpness


def best_sharpness(
    scores: NDArray[np.float64], y: NDArray[np.int64], weight: NDArray[np.float64]
) -> tuple[int, float, NDArray[np.float64]]:
    """Give which of (A, n, K) scores have the lowest log loss at their best sharpness, that sharpness, all (A,) losses.

    Without any sample (n = 0) that is the middle one, unsharpened.
    """
    if not len(y):
        return len(scores) // 2, 1.0, np.full(len(scores), np.nan)
    sharpness = [fit_sharpness(each, y, weight) for each in scores]
    losses = np.array([log_loss(b * each, y, weight) for b, each in zip(sharpness, scores, strict=True)])
    best = int(np.argmin(losses))
    return best, sharpness[best], losses
