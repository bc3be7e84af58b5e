"""A recording in 24 moments; a covered moment is silent."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.sounds import decode_sound
from graft.reporting.explaining.base import Parts

MOMENTS, RATE, LONGEST = 24, 16_000, 30


def moments(item: Any) -> Parts:
    """Cut a recording, as a file has it or in memory; of a long one the first half minute."""
    samples = decode_sound(item, RATE)[: RATE * LONGEST]
    count = min(MOMENTS, len(samples))
    moment = np.arange(len(samples)) * count // len(samples)

    def without(covered: NDArray[np.bool_]) -> Any:
        """Give the recording with some moments silent."""
        return np.where(covered[moment], np.float32(0), samples), RATE

    return Parts(count, without)
