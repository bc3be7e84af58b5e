"""Ears: what a network is given of the samples of a recording, and which of its positions lie in the recording."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from graft.backbones.audio.mel import RATE, log_mel

Floats = NDArray[np.float32]
PARTS = 12
BENEATH = 0.3  # 10 dB


class Ear(Protocol):
    """How a network hears windows of samples.

    Windows are cut to whole multiples of `unit` samples and no longer than `longest`; a network gets them with `tail`
    samples of silence behind, and then rounded up to a multiple of `step`, so that few different lengths meet it.
    """

    @property
    def rate(self) -> int:
        """Samples a second."""

    @property
    def unit(self) -> int:
        """Windows are cut to whole multiples of so many samples."""

    @property
    def longest(self) -> int:
        """The most samples of a window."""

    @property
    def tail(self) -> int:
        """Samples of silence behind."""

    @property
    def step(self) -> int:
        """What lengths are rounded up to a multiple of."""

    def __call__(self, samples: Floats, own: Sequence[int]) -> tuple[NDArray[Any], ...]:
        """Give the network's inputs for (R, N) samples: what it reads, and the (R, P) positions of the recordings."""


@dataclass(frozen=True)
class MelEar:
    """Log-mel spectrograms (R, N // 160, bands), two frames a position; windows up to 30 s with half a second behind.

    Whisper was trained on 30 s always, most of it silence behind what was said. Half a second of it does as well: what
    it gives differs little, and a short recording takes a fiftieth of the time. It is the silence of the recording's
    own room (`with_room`), since digital silence after noise sounds like a stop.
    """

    bands: int
    longest: int = 29 * RATE
    unit: int = 320
    tail: int = RATE // 2
    step: int = 8 * 320
    rate: int = RATE

    def __call__(self, samples: Floats, own: Sequence[int]) -> tuple[NDArray[Any], ...]:
        """Give the spectrograms and a mask of the recordings' own positions."""
        return log_mel(with_room(samples, own), self.bands), seen(
            samples.shape[1] // self.unit, [n // self.unit for n in own]
        )


@dataclass(frozen=True)
class WaveEar:
    """Samples themselves, each recording at mean 0 and variance 1 where `normalise` says so; wav2vec 2.0 and its kin.

    `kernels` and `strides` are those of the convolutions that lead from samples to positions.
    """

    kernels: tuple[int, ...]
    strides: tuple[int, ...]
    normalise: bool
    longest: int = 20 * RATE
    unit: int = 320
    tail: int = 320
    step: int = 8 * 320
    rate: int = RATE

    def __call__(self, samples: Floats, own: Sequence[int]) -> tuple[NDArray[Any], ...]:
        """Give the samples, with zeros behind each recording, and a mask of its own positions."""
        given = samples.copy()
        if self.normalise:
            for row, count in zip(given, own, strict=True):
                part = row[:count]
                row[:count] = (part - part.mean()) / np.sqrt(part.var() + 1e-7)
        return given, seen(self.positions(samples.shape[1]), [max(1, self.positions(n)) for n in own])

    def positions(self, count: int) -> int:
        """Give how many positions come of so many samples."""
        for kernel, stride in zip(self.kernels, self.strides, strict=True):
            count = (count - kernel) // stride + 1
        return max(0, count)


@dataclass(frozen=True)
class PatchEar:
    """Filter-bank spectrograms of one length, which transformers computes; the Audio Spectrogram Transformer.

    A window shorter than `frames` is filled up with the mean, as in training. Gong et al. 2021, arXiv:2104.01778.
    """

    extractor: Any
    longest: int
    unit: int = 160
    tail: int = 0
    step: int = 160
    rate: int = RATE

    def __call__(self, samples: Floats, own: Sequence[int]) -> tuple[NDArray[Any], ...]:
        """Give the (R, frames, bands) spectrograms, all of whose patches count."""
        rows = [row[:count] for row, count in zip(samples, own, strict=True)]
        found = self.extractor(rows, sampling_rate=self.rate, return_tensors="np")["input_values"]
        return np.asarray(found, dtype=np.float32), np.ones((len(rows), 1), np.bool_)


def with_room(samples: Floats, own: Sequence[int]) -> Floats:
    """Give (R, N) samples with white noise behind each recording, as loud as its quietest twelfth, and beneath it.

    Beneath it the noise is 10 dB lower: what was recorded at 8,000 samples a second, or coded, has nothing at all above
    4 kHz, unlike any room. The noise is always the same, so that a recording always sounds the same. Of spoken digits
    of speakers left out a logistic head tells 0.960 apart with silence behind, 0.969 with noise there and 0.974 with
    noise beneath as well (both levels were chosen on the four speakers of `benchmarks/fsdd.py`).
    """
    found = samples.copy()
    for row, count in zip(found, own, strict=True):
        level = min(float(np.sqrt(np.mean(np.square(part)))) for part in np.array_split(row[:count], PARTS))
        row[:count] += hiss()[:count] * (level * BENEATH)
        row[count:] = hiss()[count : len(row)] * level
    return found


@functools.cache
def hiss() -> Floats:
    """Give white noise of deviation 1, as long as the longest window with what is behind it."""
    return np.random.default_rng(0).standard_normal(40 * RATE, np.float32)


def windows(samples: Floats, ear: Ear) -> Floats:
    """Cut (N,) samples into (W, M) windows alike in length, as few as the ear's longest allows, zeros at the end."""
    count = -(-len(samples) // ear.longest)
    size = -(-len(samples) // (count * ear.unit)) * ear.unit
    cut = np.zeros((count, size), np.float32)
    cut.reshape(-1)[: len(samples)] = samples
    return cut


def laid_out(rows: Sequence[Floats], length: int) -> Floats:
    """Give (R, length) samples: each of the (N,) recordings from the start, zeros behind."""
    samples = np.zeros((len(rows), length), np.float32)
    for place, row in zip(samples, rows, strict=True):
        place[: len(row)] = row
    return samples


def seen(positions: int, own: Sequence[int]) -> NDArray[np.bool_]:
    """Give (R, positions), true at the first `own` of each row."""
    return np.arange(positions) < np.asarray(own)[:, None]
