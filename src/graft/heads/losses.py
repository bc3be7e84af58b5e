"""The two logistic losses, with their slopes, of many problems at once."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def binary_loss(scores: NDArray[Any], y: NDArray[np.int64]) -> NDArray[Any]:
    """Give the (P, n) losses log(1 + exp(-s)) of scores (P, 1, n) for class 1, and turn `scores` into their slopes."""
    sign = (2 * y - 1).astype(scores.dtype)
    margin = scores[:, 0] * sign
    small = np.exp(-np.abs(margin))
    losses: NDArray[Any] = np.log1p(small) - np.minimum(margin, 0)
    scores[:, 0] = -sign * np.where(margin > 0, small, 1) / (1 + small)
    return losses


def softmax_loss(scores: NDArray[Any], y: NDArray[np.int64]) -> NDArray[Any]:
    """Give the (P, n) losses -log softmax(scores)[y] of scores (P, K, n), and turn `scores` into p - onehot(y)."""
    samples = np.arange(len(y))
    scores -= scores.max(axis=1, keepdims=True)
    true = scores[:, y, samples]
    np.exp(scores, out=scores)
    total = scores.sum(axis=1, keepdims=True)
    scores /= total
    scores[:, y, samples] -= 1
    losses: NDArray[Any] = np.log(total[:, 0]) - true
    return losses
