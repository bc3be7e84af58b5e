"""Colour jitter: brightness, contrast and saturation changed at random."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.train.augment.base import Augment

GREY = np.array([299, 587, 114]) / 1000


def colour_jitter(brightness: float = 0.4, contrast: float = 0.4, saturation: float = 0.4) -> Augment:
    """Give the augmentation that blends an (H, W, 3) image with black, with its mean grey and with its grey image.

    Each blend is f image + (1 - f) other, cut to 0..255 and rounded, with f uniform in [1 - s, 1 + s] for its strength
    s, in this order; grey is 0.299 R + 0.587 G + 0.114 B. Raises DataError for a strength that is not within 0..1.
    """
    strengths = (brightness, contrast, saturation)
    if not all(0 <= strength <= 1 for strength in strengths):
        raise DataError(f"The strengths of colour jitter must be within 0..1, not {strengths}.")

    def apply(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        """Change the colours of one image."""
        factors = [random.uniform(1 - strength, 1 + strength) for strength in strengths]
        values = blended(image.astype(np.float32), np.float32(0), factors[0])
        values = blended(values, (values @ GREY).mean(), factors[1])
        values = blended(values, (values @ GREY)[:, :, None], factors[2])
        return values.astype(np.uint8)

    return apply


def blended(
    values: NDArray[np.float32], other: NDArray[np.floating] | np.floating, factor: float
) -> NDArray[np.float32]:
    """Give factor * values + (1 - factor) * other, cut to 0..255 and rounded."""
    mixed: NDArray[np.float32] = (factor * values + (1 - factor) * other).astype(np.float32)
    return np.rint(np.clip(mixed, 0, 255))
