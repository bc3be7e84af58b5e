"""Statistics of mel cepstra: the honest rival of every embedding of recordings, needing no weights.

Davis and Mermelstein 1980, Comparison of parametric representations for monosyllabic word recognition.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.audio.mel import HOP, RATE, WINDOW, log_mel
from graft.backbones.base import Backbone, Card
from graft.backbones.blueprint import Blueprint
from graft.data.sounds import decode_sound

BANDS, CEPSTRA, QUARTERS, AT_ONCE = 40, 20, 4, 60 * RATE
WIDTH = 2 * CEPSTRA * QUARTERS
CARD = Card("mel-statistics", "audio", "graft itself", "Apache-2.0", 0, WIDTH, trained_on="nothing")


class MelStatistics(Backbone):
    """The mean and the deviation of 20 mel cepstra in each quarter of a recording: 160 numbers, and no network."""

    card = CARD
    blueprint = Blueprint("mel-statistics", CARD)
    group = 256

    @property
    def fingerprint(self) -> str:
        """A constant: there are no weights, only this way of measuring."""
        return self.blueprint.fingerprint("mel-statistics-1")

    def prepare(self, item: Any) -> NDArray[np.float32]:
        """Decode one recording to its 160 statistics; raises DataError when it cannot be read."""
        samples = decode_sound(item, RATE)
        samples = np.pad(samples, (0, max(0, QUARTERS * HOP + WINDOW - len(samples))))
        pieces = [samples[start : start + AT_ONCE] for start in range(0, len(samples) - WINDOW, AT_ONCE)]
        cepstra = np.concatenate([log_mel(piece[None], BANDS)[0] for piece in pieces]) @ cosines()
        parts = np.array_split(cepstra, QUARTERS)
        return np.concatenate([statistic(part, axis=0) for part in parts for statistic in (np.mean, np.std)])

    def embed(self, batch: Sequence[Any]) -> NDArray[np.float32]:
        """Give the (B, 160) statistics of B prepared recordings."""
        return np.stack(batch).astype(np.float32) if batch else np.empty((0, WIDTH), np.float32)


def cosines() -> NDArray[np.float32]:
    """Give the (40, 20) cosines of the discrete cosine transform, alike in length, that turns levels into cepstra."""
    angles = np.pi * np.outer(np.arange(BANDS) + 0.5, np.arange(CEPSTRA)) / BANDS
    found = np.cos(angles) * np.sqrt(2 / BANDS)
    found[:, 0] /= np.sqrt(2)
    narrow: NDArray[np.float32] = found.astype(np.float32)
    return narrow
