"""Recordings as pictures: log-mel spectrograms of one size, in grey, that networks for images read."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.audio.mel import HOP, RANGE, RATE, WINDOW, log_mel
from graft.data.sounds import decode_sound


def spectrogram(item: Any, size: int) -> NDArray[np.uint8]:
    """Give the (S, S, 3) bytes of a recording's spectrogram: low pitches at the bottom, time from left to right.

    S mel bands of 80 dB under the loudest value, which is 255; time is stretched or squeezed, bilinear, to S columns.
    Raises DataError when the recording cannot be read.
    """
    from PIL import Image

    samples = decode_sound(item, RATE)
    samples = np.pad(samples, (0, max(0, WINDOW + HOP - len(samples))))
    levels = log_mel(samples[None], size)[0].T[::-1]
    grey = np.rint((levels - levels.max() + RANGE / 4) * (255 / (RANGE / 4))).clip(0, 255).astype(np.uint8)
    picture = Image.fromarray(grey).resize((size, size), Image.Resampling.BILINEAR)
    return np.repeat(np.asarray(picture)[:, :, None], 3, axis=2)
