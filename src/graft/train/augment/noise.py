"""White noise over a recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def noise(decibels: tuple[float, float] = (10.0, 40.0), chance: float = 0.5) -> Augment:
    """Give the augmentation that adds white noise, with this chance, to the samples of a recording.

    It lies so many decibels under the recording, uniform in `decibels`: its deviation is rms 10^(-decibels / 20).
    """

    def apply(samples: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
        """Add noise to (W, N) samples, or none."""
        if random.random() >= chance:
            return samples
        loudness = float(np.sqrt(np.mean(np.square(samples, dtype=np.float64))))
        size = loudness * 10 ** (-random.uniform(*decibels) / 20)
        return samples + random.standard_normal(samples.shape, np.float32) * np.float32(size)

    return apply
