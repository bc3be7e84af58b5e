"""Class weights: rare classes count as much as common ones where the classes are far from balanced."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

IMBALANCE, MOST = 1.5, 10.0


def class_weights(
    targets: NDArray[Any], n_classes: int, domains: NDArray[np.str_] | None = None
) -> NDArray[np.float64]:
    """Give the (N,) weights N / (K n_k) of each sample, or ones where no class is over 1.5 times as common as another.

    With weights the probabilities, and the choice, are those of a population in which the classes are equally common.
    With several `domains` (N,) classes are evened out within each of them, N_d / (K_d n_dk) and at most 10, so that a
    class is not told by the domain it is common in; domains keep their sizes. Of mean one.
    """
    weight = np.ones(len(targets))
    if not n_classes:
        return weight
    targets = targets.astype(np.int64)
    domain = np.zeros(len(targets), np.int64) if domains is None else np.unique(domains, return_inverse=True)[1]
    counts = np.zeros((int(domain.max(initial=0)) + 1, n_classes))
    np.add.at(counts, (domain, targets), 1)
    if len(counts) == 1:
        if counts.max() <= IMBALANCE * counts.min():
            return weight
    elif all(row.max() <= IMBALANCE * row[row > 0].min() for row in counts):
        return weight
    present = np.count_nonzero(counts, axis=1)[:, None]
    shares = counts.sum(axis=1, keepdims=True) / (present * np.maximum(counts, 1))
    found: NDArray[np.float64] = (shares if len(counts) == 1 else np.minimum(shares, MOST))[domain, targets]
    return np.asarray(found / found.mean(), dtype=np.float64)
