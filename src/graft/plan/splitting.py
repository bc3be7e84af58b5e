"""The folds of a choice: stratified, ties together, and no class missing from what is trained on."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.splits import folds

FOLDS = 5


def choice_folds(targets: NDArray[Any], ties: NDArray[np.int64], n_classes: int, seed: int) -> NDArray[np.int64] | None:
    """Give the fold of each sample, or None when there is too little to hold anything out.

    A class that lies in one fold only (all its samples are tied, say) is in no fold (-1) but in every training set,
    with all that is tied to it, since without it no head would know the class. Two classes at least must be left that
    can be held out; amounts need three independent samples.
    """
    count = min(FOLDS, len(np.unique(ties)))
    if count < (2 if n_classes else 3):
        return None
    found = folds(targets, ties, count, seed, stratify=True)
    if not n_classes:
        return found
    for label in np.unique(targets):
        places = np.unique(found[targets == label])
        if len(places) == 1 and places[0] >= 0:
            found = np.where(np.isin(ties, ties[targets == label]), -1, found)
    return found if len(np.unique(targets[found >= 0])) > 1 else None
