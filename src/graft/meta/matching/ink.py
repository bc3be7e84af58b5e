"""An image of strokes on paper as ink in a frame of one size: where it was drawn, and how large, no longer matters."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.images import decode
from graft.errors import DataError

FRAME = 48
ROOM, SMALLEST = 1.35, 0.25

Floats = NDArray[np.floating[Any]]


def ink_of(item: Any) -> Floats:
    """Give the (FRAME, FRAME) ink of an image, 0 for paper and up to 1, its longer side two thirds of the frame.

    Paper is the commonest grey level, ink what differs from it. Drawings under a quarter of the image, a dot say, are
    not made larger than that. Raises DataError for an unreadable image or one without ink.
    """
    grey = np.asarray(decode(item).convert("L"), dtype=np.float32)
    paper = np.bincount(grey.astype(np.uint8).ravel(), minlength=256).argmax()
    ink = np.abs(grey - paper)
    if ink.max() < 1:
        raise DataError("The image is of one colour all over: there is nothing drawn on it.")
    return framed(ink / ink.max())


def framed(ink: Floats) -> Floats:
    """Give (H, W) ink cut out around its bounding box and brought to the frame, averaged over four points a pixel."""
    import torch
    from torch.nn.functional import affine_grid, avg_pool2d, grid_sample

    rows, columns = np.nonzero(ink > 0.5)
    height, width = ink.shape
    side = max(np.ptp(rows), np.ptp(columns), SMALLEST * max(height, width)) * ROOM + 4
    middle = [(axis.max() + axis.min() + 1) / size - 1 for axis, size in ((columns, width), (rows, height))]
    window = torch.tensor([[[side / width, 0, middle[0]], [0, side / height, middle[1]]]], dtype=torch.float32)
    grid = affine_grid(window, [1, 1, 2 * FRAME, 2 * FRAME], align_corners=False)
    image = torch.from_numpy(np.ascontiguousarray(ink, dtype=np.float32))[None, None]
    found: Floats = avg_pool2d(grid_sample(image, grid, align_corners=False), 2)[0, 0].numpy()
    return found
