"""Leave out or cover random tokens of a text."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def token_dropout(share: float = 0.1, mask: int | None = None, ends: int = 1) -> Augment:
    """Give the augmentation that leaves out each token with chance `share`, or puts the token `mask` in its place.

    The first and last `ends` tokens (the marks of begin and end) stay, and of the others at least one. Iyyer et al.
    2015, Deep unordered composition rivals syntactic methods for text classification (word dropout).
    """

    def apply(ids: NDArray[np.int32], random: np.random.Generator) -> NDArray[np.int32]:
        """Drop tokens of one (L,) text."""
        inner = len(ids) - 2 * ends
        gone = np.zeros(len(ids), np.bool_)
        gone[ends : ends + max(0, inner)] = random.random(max(0, inner)) < share
        if inner > 0 and gone.sum() == inner:
            gone[ends + random.integers(inner)] = False
        return ids[~gone] if mask is None else np.where(gone, np.asarray(mask, ids.dtype), ids)

    return apply
