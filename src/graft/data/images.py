"""Any image, as a file has it or as an array, to 8-bit RGB the right way up."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.data.medical import MEDICAL_EXTENSIONS, decode_medical
from graft.errors import DataError

if TYPE_CHECKING:
    from PIL.Image import Image

IMAGE_EXTENSIONS = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".ppm", ".pgm",
     ".pbm", ".pnm", ".tga", ".jp2", ".avif"}
) | MEDICAL_EXTENSIONS  # fmt: skip
DEEP_MODES = ("I", "F", "I;16", "I;16L", "I;16B", "I;16N")
SENSOR_BITS = (8, 10, 12, 14, 16)
CHANNELS = (1, 3, 4)


def holds_image(item: Any) -> bool:
    """Say whether an object in memory is an image: encoded bytes, a media dictionary, an array or a PIL image."""
    if isinstance(item, dict):
        path = item.get("path")
        named = path is None or Path(str(path)).suffix.lower() in IMAGE_EXTENSIONS
        return ("bytes" in item or "path" in item) and named
    return isinstance(item, bytes | bytearray | memoryview) or hasattr(item, "save") or getattr(item, "ndim", 0) >= 2


def decode(item: Any, at_least: int | None = None) -> Image:
    """Give an image as RGB, rotated as its EXIF says, alpha laid on white, deep greys scaled to 8 bits.

    DICOM and NIfTI files are read as `decode_medical` says.

    `item` is a path, encoded bytes, an array (H, W), (H, W, 1|3|4) or (1|3|4, H, W), or a PIL image, which is left as
    it is. With `at_least` a large JPEG is decoded at 1/2, 1/4 or 1/8, its short side still `at_least` pixels or more.
    Raises DataError with the reason when the image cannot be read.
    """
    name = Path(item).name if isinstance(item, os.PathLike) else "The image"
    try:
        array = item if isinstance(item, np.ndarray) else decode_medical(item)
        if array is not None:
            return from_array(array)
        image = to_rgb(_upright(_opened(item, at_least)))
        return image.copy() if image is item else image
    except DataError:
        raise
    except Exception as error:
        raise DataError(f"{name} {_reason(error)}") from error


def from_array(array: NDArray[Any]) -> Image:
    """Give the RGB image of an array (H, W), (H, W, C) or, where that is the only reading, (C, H, W)."""
    from PIL import Image

    if array.ndim == 3 and array.shape[2] not in CHANNELS and array.shape[0] in CHANNELS:
        array = np.moveaxis(array, 0, 2)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in CHANNELS) or not array.size:
        raise DataError(f"An array of shape {array.shape} is no image: (H, W), (H, W, 3) or (H, W, 4) is expected.")
    if array.ndim == 3 and array.shape[2] == 1:
        array = array[:, :, 0]
    return to_rgb(Image.fromarray(np.ascontiguousarray(eight_bit(array))))


def to_rgb(image: Image) -> Image:
    """Give an image of any mode in RGB: alpha on white, CMYK and palettes converted, deep greys scaled."""
    from PIL import Image

    if image.mode in DEEP_MODES:
        return Image.fromarray(eight_bit(np.asarray(image))).convert("RGB")
    if image.mode in ("RGBA", "RGBa", "LA", "La", "PA") or "transparency" in image.info:
        layer = image.convert("RGBA")
        white = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(white, layer).convert("RGB")
    return image if image.mode == "RGB" else image.convert("RGB")


def eight_bit(values: NDArray[Any]) -> NDArray[np.uint8]:
    """Scale values of any depth to 0..255 without clipping.

    Whole numbers from 0 are divided by the largest value of the smallest usual depth (8, 10, 12, 14 or 16 bits) that
    holds them; fractions within 0..1 are multiplied by 255; anything else is stretched from its minimum to its maximum.
    """
    if values.dtype == np.uint8:
        return values
    if values.dtype == np.bool_:
        return values.astype(np.uint8) * np.uint8(255)
    if not np.issubdtype(values.dtype, np.number) or np.iscomplexobj(values):
        raise DataError(f"An array of {values.dtype} is no image: whole numbers or fractions are expected.")
    exact = values.astype(np.float64)
    finite = np.isfinite(exact)
    if not finite.any():
        raise DataError("The image has no finite value.")
    low, high = float(exact[finite].min()), float(exact[finite].max())
    exact = np.where(finite, exact, low)
    if low < 0 or high >= 2 ** SENSOR_BITS[-1]:
        scaled = (exact - low) * (255 / (high - low)) if high > low else np.zeros_like(exact)
    elif high <= 1 and np.issubdtype(values.dtype, np.floating):
        scaled = exact * 255
    else:
        bits = next(bits for bits in SENSOR_BITS if high < 2**bits)
        scaled = exact * (255 / (2**bits - 1))
    return np.rint(np.clip(scaled, 0, 255)).astype(np.uint8)


def _opened(item: Any, at_least: int | None) -> Image:
    from PIL import Image

    if isinstance(item, Image.Image):
        return item
    if not isinstance(item, bytes | bytearray | memoryview | os.PathLike):
        raise DataError(f"An input of type {type(item).__name__} is not a path, bytes, array or image.")
    data = Path(item).read_bytes() if isinstance(item, os.PathLike) else bytes(item)
    if not data:
        raise ValueError("it has no bytes")
    image = Image.open(io.BytesIO(data))
    if at_least and image.format == "JPEG":
        shrink = at_least / min(image.size)
        image.draft("", (max(1, round(image.width * shrink)), max(1, round(image.height * shrink))))
    image.load()
    return image


def _upright(image: Image) -> Image:
    from PIL import ImageOps

    try:
        return ImageOps.exif_transpose(image) if image.getexif() else image
    except (ValueError, TypeError, KeyError, SyntaxError, OSError):
        return image  # a broken EXIF block says nothing about rotation


def _reason(error: Exception) -> str:
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, Image.DecompressionBombError | Image.DecompressionBombWarning):
        return f"has more pixels than is safe to decode ({error}); scale it down first."
    if isinstance(error, UnidentifiedImageError):
        return "is no image that can be read: its content is of no known format."
    if isinstance(error, FileNotFoundError):
        return f"does not exist (tried {error.filename})."
    if isinstance(error, PermissionError):
        return "may not be read (permission denied)."
    if "truncated" in str(error).lower():
        return f"is cut short ({error})."
    return f"cannot be decoded ({error or type(error).__name__})."
