"""The folds of a choice: stratified, ties together, and no class missing from what is trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.splits import folds

FOLDS = 5


def choice_folds(targets: NDArray[Any], ties: NDArray[np.int64], n_classes: int, seed: int) -> NDArray[np.int64] | None:
    """Give the fold of each sample, or None when there is too little to hold anything out.

    A class of which all samples are tied is in no fold (-1) but in every training set, since without it no head would
    know the class. Two classes at least must be left that can be held out.
    """
    count = min(FOLDS, len(np.unique(ties)))
    if count < 2:
        return None
    found = folds(targets, ties, count, seed, stratify=True)
    if not n_classes:
        return found
    labels = targets.astype(np.int64)
    pairs = np.unique(np.stack([labels, ties]), axis=1)
    held = np.bincount(pairs[0], minlength=n_classes) > 1
    if np.count_nonzero(held) < 2:
        return None
    return np.where(held[labels], found, -1)
