"""Resizing an image: by vector instructions where `cykooz-resizer` is installed (a fifth of the time), else by PIL."""

from __future__ import annotations

import functools
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

Box = tuple[float, float, float, float]
SAME = {"bilinear": "bilinear", "bicubic": "catmull_rom", "lanczos": "lanczos3"}


def resized(image: Image, size: int, interpolation: str, box: Box, fast: bool) -> Image:
    """Give the (size, size) image of a box (left, top, right, bottom) of an RGB image; `fast` as `is_fast` says.

    Both ways compute the same filter; the fast one rounds its weights, by a fifth of a grey level in the mean, and only
    makes images smaller: version 4.0 of its library reads beyond the image when it enlarges some sizes, and crashes.
    """
    from PIL import Image

    left, top, right, bottom = box
    if not fast or min(right - left, bottom - top) < size:
        return image.resize((size, size), Image.Resampling[interpolation.upper()], box=box)
    import cykooz_resizer

    how = cykooz_resizer.ResizeOptions(
        resize_alg=_filter(SAME[interpolation]),
        crop_box=cykooz_resizer.CropBox(left, top, right - left, bottom - top),
        use_alpha=False,
    )
    found = Image.new("RGB", (size, size))
    cykooz_resizer.Resizer().resize_pil(image, found, how)
    return found


@functools.cache
def is_fast(interpolation: str) -> bool:
    """Say whether the fast way is installed and has this filter."""
    return interpolation in SAME and importlib.util.find_spec("cykooz_resizer") is not None


@functools.cache
def _filter(name: str) -> Any:
    from cykooz_resizer import FilterType, ResizeAlg

    return ResizeAlg.convolution(FilterType[name])
