"""SpecAugment on samples: a stretch of time and a band of frequencies are gone.

Park et al. 2019, "SpecAugment: a simple data augmentation method for automatic speech recognition" (arXiv:1904.08779),
which masks spectrograms. Masking the samples does the same to every spectrogram made of them, and also serves networks
that read samples (as in SpeechBrain, Ravanelli et al. 2021, arXiv:2106.04624).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment


def spec_augment(time: float = 0.15, band: float = 0.15, chance: float = 0.5) -> Augment:
    """Give the augmentation that silences up to the share `time` of a recording and up to `band` of its frequencies.

    Each happens with this chance; widths and places are uniform.
    """

    def apply(samples: NDArray[np.float32], random: np.random.Generator) -> NDArray[np.float32]:
        """Mask (W, N) samples."""
        if random.random() < chance:
            start, end = _stretch(samples.shape[1], time, random)
            samples = samples.copy()
            samples[:, start:end] = 0
        if random.random() < chance:
            waves = np.fft.rfft(samples, axis=1)
            start, end = _stretch(waves.shape[1], band, random)
            waves[:, start:end] = 0
            samples = np.fft.irfft(waves, n=samples.shape[1], axis=1).astype(np.float32)
        return samples

    return apply


def _stretch(total: int, share: float, random: np.random.Generator) -> tuple[int, int]:
    width = int(random.uniform(0, share) * total)
    start = int(random.integers(total - width + 1))
    return start, start + width
