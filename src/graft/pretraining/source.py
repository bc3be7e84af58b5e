"""What is pretrained on and from: labels where the method can use them, and the network that suits the data."""

from __future__ import annotations

from typing import Any

import numpy as np

from graft.backbones.conv_net import SHAPES
from graft.backbones.conv_net import plan as conv_plan
from graft.data.dataset import Dataset
from graft.data.read import read
from graft.errors import DataError, GraftError
from graft.pretraining.methods import METHODS, method_named

LOOKED_AT = 16
TEXT_BACKBONE = "all-minilm-l6-v2"


def read_source(source: Any, method: str, **columns: str | None) -> Dataset:
    """Read a source with labels where the method needs them, or with `auto` where there are any; else without.

    `columns` are `input` and `target`, names of a table's columns. Raises DataError in a sentence.
    """
    if method != "auto" and not method_named(method).labels:
        return read(source, input=columns.get("input"), labelled=False)
    try:
        return read(source, input=columns.get("input"), target=columns.get("target"))
    except DataError:
        if method in METHODS:
            raise
        return read(source, input=columns.get("input"), labelled=False)


def name_of(backbone: str, dataset: Dataset) -> str:
    """Give the name to load of what a caller calls a backbone: `conv` is one with random weights, `auto` what suits.

    `auto` is all-MiniLM for texts; else a small convolutional network with random weights: for images of 28 pixels for
    drawings and tiny images and of 84 for others, for recordings of their spectrograms. Raises GraftError for a
    modality without one.
    """
    if backbone in SHAPES:
        return f"random/{backbone}"
    if backbone != "auto":
        return backbone
    if dataset.modality == "text":
        return TEXT_BACKBONE
    if dataset.modality == "audio":
        return "random/conv-mel"
    if dataset.modality != "image":
        raise GraftError(f"There is no backbone to start from for inputs of the kind {dataset.modality}; name one.")
    return "random/conv" if is_simple(dataset) else "random/conv-84"


def is_simple(dataset: Dataset) -> bool:
    """Say whether up to 16 images, evenly picked, are drawings, or no larger than 32 pixels in the median."""
    from graft.backbones.pixels import pixels
    from graft.data.images import decode
    from graft.pretraining.views import DRAWING, views_for

    card, seen, sides = conv_plan("conv").card, [], []
    for index in np.unique(np.linspace(0, len(dataset) - 1, LOOKED_AT).astype(int)) if len(dataset) else ():
        try:
            image = decode(dataset.inputs[int(index)])
        except DataError:
            continue
        sides.append(min(image.size))
        seen.append(pixels(image, card, scaled=False))
    return bool(seen) and (float(np.median(sides)) <= 32 or views_for(np.stack(seen)) == DRAWING)
