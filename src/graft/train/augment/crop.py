"""Random resized crops: a random window of the image, resized to the size the network reads."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from graft.train.augment.base import Augment

TRIES = 10


def random_resized_crop(
    size: int | None = None, area: tuple[float, float] = (0.35, 1.0), aspect: tuple[float, float] = (3 / 4, 4 / 3)
) -> Augment:
    """Give the augmentation that resizes (bilinear) a random window to (S, S), S being `size` or the shorter side.

    The window has a share of the area uniform in `area` and a ratio of width to height log-uniform in `aspect`; where
    ten tries do not fit into the image, all of it is taken. Szegedy et al. 2015, Going deeper with convolutions.
    """

    def apply(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        """Cut a random window out of one (H, W, 3) image."""
        from PIL import Image

        left, top, width, height = window(image.shape[1], image.shape[0], area, aspect, random)
        side = size or min(image.shape[:2])
        cut = Image.fromarray(image[top : top + height, left : left + width])
        return np.asarray(cut.resize((side, side), Image.Resampling.BILINEAR))

    return apply


def window(
    width: int, height: int, area: tuple[float, float], aspect: tuple[float, float], random: np.random.Generator
) -> tuple[int, int, int, int]:
    """Draw left, top, width and height of a window."""
    for _ in range(TRIES):
        pixels = width * height * random.uniform(*area)
        ratio = math.exp(random.uniform(math.log(aspect[0]), math.log(aspect[1])))
        wide, high = round(math.sqrt(pixels * ratio)), round(math.sqrt(pixels / ratio))
        if 0 < wide <= width and 0 < high <= height:
            return int(random.integers(width - wide + 1)), int(random.integers(height - high + 1)), wide, high
    return 0, 0, width, height
