"""The greys and colours of a DICOM file as it says to show them: rescaled, windowed, inverted where low is white."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pydicom.dataset import Dataset as Tags


def shown(pixels: NDArray[Any], tags: Tags) -> NDArray[np.uint8]:
    """Give (H, W) or (H, W, 3) pixels of one frame as 8 bits."""
    return _grey(pixels, tags) if pixels.ndim == 2 else _colour(pixels)


def _grey(pixels: NDArray[Any], tags: Tags) -> NDArray[np.uint8]:
    """Give 8-bit greys as the file says to show them: rescaled, windowed, and inverted where low values are white.

    DICOM PS3.3 C.11.1 (modality LUT) and C.11.2.1 (VOI LUT: tables, LINEAR, LINEAR_EXACT, SIGMOID). Without a window
    the greys reach from 0 to the largest the stored bits can hold, or from the lowest to the highest value there is
    where values are signed or rescaled.
    """
    from pydicom.pixels import apply_color_lut, apply_modality_lut

    kind = str(tags.PhotometricInterpretation)
    if kind == "PALETTE COLOR":
        return _colour(apply_color_lut(pixels, tags))
    values = np.asarray(apply_modality_lut(pixels, tags), dtype=np.float64)
    if "VOILUTSequence" in tags or "WindowCenter" in tags:
        share = _windowed(pixels, values, tags)
    elif not tags.get("PixelRepresentation") and np.array_equal(values, pixels):
        share = values / (2.0 ** int(tags.BitsStored) - 1)
    else:
        low, high = values.min(), values.max()
        share = (values - low) / (high - low) if high > low else np.zeros_like(values)
    greys = np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)
    return np.asarray(255 - greys if kind == "MONOCHROME1" else greys, dtype=np.uint8)


def _windowed(pixels: NDArray[Any], values: NDArray[np.float64], tags: Tags) -> NDArray[np.float64]:
    """Give the share of full brightness of each rescaled value, by the first window or table of the file."""
    if "VOILUTSequence" in tags:
        from pydicom.pixels import apply_voi_lut

        table = np.asarray(apply_voi_lut(values.astype(np.int64), tags, index=0), dtype=np.float64)
        return table / (2.0 ** int(tags.VOILUTSequence[0].LUTDescriptor[2]) - 1)
    centre, width = (_first(tags[word].value) for word in ("WindowCenter", "WindowWidth"))
    function = str(tags.get("VOILUTFunction") or "LINEAR")
    if function == "SIGMOID":
        return np.asarray(1 / (1 + np.exp(-4 * (values - centre) / width)))
    if function == "LINEAR_EXACT":
        return (values - centre) / width + 0.5
    return (values - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5


def _first(value: Any) -> float:
    return float(value[0] if hasattr(value, "__len__") and not isinstance(value, str) else value)


def _colour(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    return np.asarray(pixels if pixels.dtype == np.uint8 else pixels / 257, dtype=np.uint8)
