"""RandAugment: a few operations drawn from a fixed list, all at one magnitude."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.train.augment.base import Augment

if TYPE_CHECKING:
    from PIL.Image import Image

MOST = 10
FILL = (128, 128, 128)


def rand_augment(operations: int = 2, magnitude: float = 9.0) -> Augment:
    """Give the augmentation that applies `operations` of OPERATIONS, drawn with replacement, at `magnitude` of 10.

    Strengths that have a direction get a random sign. Cubuk et al. 2020, RandAugment: Practical automated data
    augmentation with a reduced search space. Raises DataError for a magnitude that is not within 0..10.
    """
    if not 0 <= magnitude <= MOST or operations < 0:
        raise DataError(f"RandAugment takes a magnitude within 0..{MOST}, not {magnitude!r}, and 0 or more operations.")
    names = tuple(OPERATIONS)

    def apply(image: NDArray[np.uint8], random: np.random.Generator) -> NDArray[np.uint8]:
        """Change one (H, W, 3) image."""
        from PIL import Image

        picture = Image.fromarray(image)
        for _ in range(operations):
            name = names[random.integers(len(names))]
            sign = 1 if random.random() < 0.5 else -1
            picture = OPERATIONS[name](picture, sign * magnitude / MOST)
        return np.asarray(picture)

    return apply


def moved(image: Image, matrix: tuple[float, float, float, float, float, float]) -> Image:
    """Give the image whose pixel (x, y) is that at (a x + b y + c, d x + e y + f), about the centre, grey outside."""
    from PIL import Image as Images

    a, b, c, d, e, f = matrix
    x, y = image.width / 2, image.height / 2
    about = (a, b, c + x - a * x - b * y, d, e, f + y - d * x - e * y)
    return image.transform(image.size, Images.Transform.AFFINE, about, Images.Resampling.BILINEAR, fillcolor=FILL)


def _shear_x(image: Image, strength: float) -> Image:
    return moved(image, (1, 0.3 * strength, 0, 0, 1, 0))


def _shear_y(image: Image, strength: float) -> Image:
    return moved(image, (1, 0, 0, 0.3 * strength, 1, 0))


def _translate_x(image: Image, strength: float) -> Image:
    return moved(image, (1, 0, 0.45 * strength * image.width, 0, 1, 0))


def _translate_y(image: Image, strength: float) -> Image:
    return moved(image, (1, 0, 0, 0, 1, 0.45 * strength * image.height))


def _rotate(image: Image, strength: float) -> Image:
    angle = math.radians(30 * strength)
    return moved(image, (math.cos(angle), math.sin(angle), 0, -math.sin(angle), math.cos(angle), 0))


def _enhancer(name: str) -> Callable[[Image, float], Image]:
    def enhance(image: Image, strength: float) -> Image:
        """Blend by a factor of 1 + 0.9 strength."""
        from PIL import ImageEnhance

        changed: Image = getattr(ImageEnhance, name)(image).enhance(1 + 0.9 * strength)
        return changed

    return enhance


def _posterize(image: Image, strength: float) -> Image:
    from PIL import ImageOps

    return ImageOps.posterize(image, 8 - round(4 * abs(strength)))


def _solarize(image: Image, strength: float) -> Image:
    from PIL import ImageOps

    return ImageOps.solarize(image, round(256 * (1 - abs(strength))))


def _autocontrast(image: Image, strength: float) -> Image:
    from PIL import ImageOps

    return ImageOps.autocontrast(image)


def _equalize(image: Image, strength: float) -> Image:
    from PIL import ImageOps

    return ImageOps.equalize(image)


def _identity(image: Image, strength: float) -> Image:
    return image


OPERATIONS: dict[str, Callable[[Image, float], Image]] = {
    "identity": _identity,
    "shear x": _shear_x,
    "shear y": _shear_y,
    "translate x": _translate_x,
    "translate y": _translate_y,
    "rotate": _rotate,
    "brightness": _enhancer("Brightness"),
    "saturation": _enhancer("Color"),
    "contrast": _enhancer("Contrast"),
    "sharpness": _enhancer("Sharpness"),
    "posterize": _posterize,
    "solarize": _solarize,
    "autocontrast": _autocontrast,
    "equalize": _equalize,
}
