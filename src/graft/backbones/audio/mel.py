"""Log-mel spectrograms, computed once per recording in NumPy.

Davis and Mermelstein 1980 (the scale), Slaney 1998, Auditory Toolbox (its filters), Radford et al. 2022,
arXiv:2212.04356 (the form that Whisper reads).
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

RATE, WINDOW, HOP = 16_000, 400, 160
LEAST, RANGE = 1e-10, 8.0
LINEAR, LOG_STEP = 1000.0, np.log(6.4) / 27  # hertz where the scale turns logarithmic, and its step from there


def log_mel(samples: NDArray[np.float32], bands: int) -> NDArray[np.float32]:
    """Give the (W, N // 160, bands) log-mel spectrograms of (W, N) samples at 16 kHz, as Whisper reads them.

    Frames of 400 samples under a Hann window, every 160, with the ends mirrored; power through triangular mel filters;
    log10, no lower than 8 (80 dB) under the loudest value of the window, then (x + 4) / 4. N is 201 or more.
    """
    padded = np.pad(samples, ((0, 0), (WINDOW // 2, WINDOW // 2)), mode="reflect")
    count = samples.shape[1] // HOP
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW, axis=1)[:, : count * HOP : HOP]
    power = np.abs(np.fft.rfft(frames * hann(), axis=2)) ** 2
    levels = np.log10(np.maximum(power @ mel_filters(bands).T, LEAST))
    levels = np.maximum(levels, levels.max(axis=(1, 2), keepdims=True) - RANGE)
    found: NDArray[np.float32] = ((levels + 4) / 4).astype(np.float32)
    return found


@functools.cache
def hann() -> NDArray[np.float32]:
    """Give the (400,) periodic Hann window."""
    return (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / WINDOW)).astype(np.float32)


@functools.cache
def mel_filters(bands: int) -> NDArray[np.float32]:
    """Give the (bands, 201) triangular filters from 0 to 8 kHz, alike in area, spaced evenly on Slaney's mel scale."""
    edges = _hertz(np.linspace(0.0, _mel(RATE / 2), bands + 2))
    bins = np.linspace(0.0, RATE / 2, WINDOW // 2 + 1)
    rising = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    falling = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    area = 2 / (edges[2:] - edges[:-2])
    return (np.maximum(0, np.minimum(rising, falling)) * area[:, None]).astype(np.float32)


def _mel(hertz: float) -> float:
    return hertz * 3 / 200 if hertz < LINEAR else 15 + float(np.log(hertz / LINEAR)) / float(LOG_STEP)


def _hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, LINEAR * np.exp(LOG_STEP * (mel - 15)))
