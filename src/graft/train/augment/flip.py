"""Mirror images left to right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def flip(chance: float = 0.5) -> Augment:
    """Give the augmentation that mirrors an (H, W, 3) image left to right with this chance."""

    def apply(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        """Mirror one image, or not."""
        return np.ascontiguousarray(image[:, ::-1]) if random.random() < chance else image

    return apply
