"""Contrast: whether photos of a stream have far less of it than those learned from, and how it is given back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.data.images import decode
from graft.errors import DataError

if TYPE_CHECKING:
    from graft.data.dataset import Dataset

Pixels = NDArray[np.uint8]
SIDE, COUNT, RECENT, THREADS = 32, 32, 512, 4
FAR, LEAST_SPREAD, FEWEST = 2.0, 0.1, 8


def log_contrast(item: Any) -> float:
    """Give ln of the standard deviation of an image's pixels, 0 .. 255, the mean over channels, at 32 x 32 pixels.

    `item` is what `decode` takes, which raises DataError where it cannot be read. An even image counts as one level.
    """
    from PIL import Image

    small = decode(item, at_least=2 * SIDE).resize((SIDE, SIDE), Image.Resampling.BOX)
    return math.log(max(float(np.asarray(small, dtype=np.float64).std(axis=(0, 1)).mean()), 1.0))


def drawn_photos(dataset: Dataset) -> list[Any]:
    """Give 32 photos of a data set, drawn by chance, read one by one; none of other inputs."""
    if dataset.modality != "image":
        return []
    return [dataset.inputs[row] for row in np.random.default_rng(0).permutation(len(dataset))[:COUNT].tolist()]


def contrast_of(photos: Sequence[Any]) -> dict[str, float]:
    """Give the mean and the spread (standard deviation) of `log_contrast` over photos; {} of fewer than two.

    A photo that is gone since it was embedded is left out.
    """

    def known(photo: Any) -> float | None:
        with suppress(DataError):
            return log_contrast(photo)
        return None

    with ThreadPoolExecutor(THREADS) as pool:
        found = [each for each in pool.map(known, photos) if each is not None]
    return {"mean": float(np.mean(found)), "spread": float(np.std(found, ddof=1))} if len(found) > 1 else {}


@dataclass
class Restoring:
    """Follows the contrast of a stream; `known` is what `contrast_of` gave of the photos learned from."""

    known: Mapping[str, float]
    _seen: list[float] = field(default_factory=list)

    def factor(self, items: Sequence[Any]) -> float:
        """Take the next photos into account; give exp(known mean - mean of the last 512), or 1 where they are not far.

        Far is two known spreads (of at least 0.1) below, by 8 photos or more: classes may differ in contrast, and a
        camera in mist differs by more. It is never lowered: what is clipped would not come back.
        """
        self._seen = [*self._seen, *map(log_contrast, items)][-RECENT:]
        gap = self.known["mean"] - float(np.mean(self._seen))
        far = gap > FAR * max(self.known["spread"], LEAST_SPREAD) and len(self._seen) >= FEWEST
        return math.exp(gap) if far else 1.0


def stretched(pixels: Pixels, factor: float) -> Pixels:
    """Give (p - m) · factor + m of (H, W, 3) pixels p, m the mean of each channel, clipped to 0 .. 255."""
    mean = pixels.mean(axis=(0, 1), keepdims=True)
    given: Pixels = np.rint(np.clip((pixels - mean) * factor + mean, 0, 255)).astype(np.uint8)
    return given
