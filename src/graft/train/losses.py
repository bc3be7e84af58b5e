"""Losses of batches that end in targets and weights, as objectives for a Run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from torch.nn.functional import cross_entropy

if TYPE_CHECKING:
    from torch import Tensor, nn

    from graft.train.batches import Batch
    from graft.train.objective import Objective


def classification_loss(smoothing: float = 0.0) -> Objective:
    """Give the objective sum_i w_i CE(module(inputs)_i, y_i) / B of batches (*inputs, y, w).

    `y` are (B,) class numbers or (B, K) probabilities, `w` (B,) weights with mean 1 over the data. With smoothing s the
    wanted probabilities are (1 - s) y + s / K. Szegedy et al. 2016, Rethinking the Inception architecture.
    """

    def objective(module: nn.Module, batch: Batch) -> Tensor:
        """Give the weighted cross-entropy of a batch."""
        *inputs, y, w = batch
        losses = cross_entropy(module(*inputs).float(), y, reduction="none", label_smoothing=smoothing)
        loss: Tensor = (losses * w).sum() / len(w)
        return loss

    return objective


def regression_loss() -> Objective:
    """Give the objective sum_i w_i (module(inputs)_i - y_i)^2 / B of batches (*inputs, y, w); outputs may be (B, 1)."""

    def objective(module: nn.Module, batch: Batch) -> Tensor:
        """Give the weighted squared error of a batch."""
        *inputs, y, w = batch
        errors = (module(*inputs).float().reshape(len(y)) - y) ** 2
        loss: Tensor = (errors * w).sum() / len(w)
        return loss

    return objective


def balanced_weights(y: NDArray[Any]) -> NDArray[np.float64]:
    """Give a weight for each of N class numbers, so that every class weighs as much: N / (K n_y); their mean is 1."""
    counts = np.bincount(y)
    weights: NDArray[np.float64] = len(y) / ((counts > 0).sum() * counts[y])
    return weights
