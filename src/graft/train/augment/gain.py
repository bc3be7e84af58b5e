"""Louder or softer recordings."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def gain(decibels: float = 6.0) -> Augment:
    """Give the augmentation that multiplies samples by 10^(g / 20), g uniform within ± `decibels`; none is clipped."""

    def apply(samples: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
        """Change how loud (W, N) samples are."""
        return samples * np.float32(10 ** (random.uniform(-decibels, decibels) / 20))

    return apply
