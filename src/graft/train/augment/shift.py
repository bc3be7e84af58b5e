"""Recordings that begin a little earlier or later."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def shift(share: float = 0.1) -> Augment:
    """Give the augmentation that moves samples in time by up to this share of the length, either way.

    What leaves at one end is lost, and silence comes in at the other, so that the length stays.
    """

    def apply(samples: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
        """Move each of (W, N) windows by the same number of samples."""
        most = int(share * samples.shape[1])
        by = int(random.integers(-most, most + 1))
        moved = np.zeros_like(samples)
        if by >= 0:
            moved[:, by:] = samples[:, : samples.shape[1] - by]
        else:
            moved[:, :by] = samples[:, -by:]
        return moved

    return apply
