"""Who trains, who judges and who scores when weights move: training is too dear to be done once a fold."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Divided:
    """Indices of samples: those trained on, those that judge, and those that score where there is no test set."""

    train: NDArray[np.int64]
    judge: NDArray[np.int64]
    score: NDArray[np.int64]


def divided(folds: NDArray[np.int64], tested: bool) -> Divided | None:
    """Give the division by the folds of the choice, or None where there are too few folds for it.

    The last fold judges, as the official validation part does where there is one. Without a test set the fold before
    it scores, and nothing is chosen on it.
    """
    found = np.unique(folds[folds >= 0])
    if len(found) == 0 or (not tested and len(found) < 3):
        return None
    judge = folds == found[-1]
    score = np.zeros(len(folds), bool) if tested else folds == found[-2]
    train = ~judge & ~score
    return Divided(np.flatnonzero(train), np.flatnonzero(judge), np.flatnonzero(score)) if train.any() else None
