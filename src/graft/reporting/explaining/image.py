"""A picture in 7 by 7 tiles; a covered tile shows the picture so blurred that nothing can be made out in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.images import decode
from graft.reporting.explaining.base import Parts

ACROSS = 7
BLUR = 4
LARGE = 640


def tiles(item: Any) -> Parts:
    """Cut a picture, as a file has it or in memory; a large one is made smaller, since it is held many times."""
    from PIL.Image import Resampling

    picture = decode(item, at_least=LARGE)
    picture.thumbnail((LARGE, LARGE))
    small = picture.resize((BLUR, BLUR), Resampling.BOX)
    blurred = np.asarray(small.resize(picture.size, Resampling.BICUBIC))
    pixels = np.asarray(picture)
    rows, columns = (np.arange(size) * ACROSS // size for size in pixels.shape[:2])
    tile = rows[:, None] * ACROSS + columns[None, :]

    def without(covered: NDArray[np.bool_]) -> Any:
        """Give the picture with some tiles blurred."""
        return np.where(covered[tile][:, :, None], blurred, pixels)

    return Parts(ACROSS * ACROSS, without, across=ACROSS)
