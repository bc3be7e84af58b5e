"""The size at which images are worth training on: small ones are not blown up to what a backbone was made for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graft.data.images import decode

SAMPLES = 16
STEP = 32
ENLARGED = 2


def suited_size(inputs: Sequence[Any], largest: int) -> int:
    """Give twice the median short side of some images, rounded up to a multiple of 32, and at most `largest`.

    28 × 28 pixels hold nothing more at 224 than at 64, where training costs a twelfth. Raises DataError when an image
    cannot be read.
    """
    if not len(inputs):
        return largest
    picked = np.unique(np.linspace(0, len(inputs) - 1, SAMPLES).astype(int))
    images = [decode(inputs[int(row)]) for row in picked]
    side = float(np.median([min(image.width, image.height) for image in images]))
    return min(largest, int(np.ceil(ENLARGED * side / STEP)) * STEP)
