"""Class weights: rare classes count as much as common ones where the classes are far from balanced."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IMBALANCE = 1.5


def class_weights(targets: NDArray[Any], n_classes: int) -> NDArray[np.float64]:
    """Give the (N,) weights N / (K n_k) of each sample, or ones where no class is over 1.5 times as common as another.

    With weights the probabilities, and the choice, are those of a population in which the classes are equally common.
    """
    weight = np.ones(len(targets))
    if not n_classes:
        return weight
    counts = np.bincount(targets.astype(np.int64), minlength=n_classes)
    if counts.max() <= IMBALANCE * counts.min():
        return weight
    shares: NDArray[np.float64] = len(targets) / (np.count_nonzero(counts) * np.maximum(counts, 1))
    return shares[targets.astype(np.int64)]
