"""Images to pixels: the short side to size / crop, the centre cut out, as the weights were trained."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.audio.spectrogram import spectrogram
from graft.backbones.base import Card
from graft.backbones.resizing import is_fast, resized
from graft.data.images import decode
from graft.errors import BackboneError, did_you_mean

FILTERS = ("nearest", "bilinear", "bicubic", "lanczos", "hamming", "box")


def pixels(item: Any, card: Card, scaled: bool) -> NDArray[np.uint8]:
    """Give the (S, S, 3) pixels a network with this card reads; raises DataError when the input cannot be decoded.

    The pixels of resizing the short side to floor(S / crop) and then cutting out the centre, up to rounding, but only
    the centre is computed. With `scaled` a large JPEG is decoded at a half, a quarter or an eighth of its size, and
    resized the fast way where that is installed. Of a recording they are its spectrogram.
    """
    size = card.input_size
    if card.modality == "audio":
        return spectrogram(item, size)
    short = math.floor(size / card.crop)
    image = decode(item, at_least=short if scaled else None)
    box = centre(image.width, image.height, short, size)
    fast = scaled and is_fast(card.interpolation)
    return np.asarray(resized(image, size, card.interpolation, box, fast), dtype=np.uint8)


def manner(card: Card, scaled: bool) -> str:
    """Say how `pixels` makes them, for fingerprints."""
    return f"{'scaled' if scaled else 'full'} decode{', fast shrinking' * (scaled and is_fast(card.interpolation))}"


def centre(width: int, height: int, short: int, size: int) -> tuple[float, float, float, float]:
    """Give the box of the source whose resize equals resizing the short side to `short` and cutting out the centre."""
    least = min(width, height)
    wide, high = (short if side == least else int(short * side / least) for side in (width, height))
    left, top = round((wide - size) / 2), round((high - size) / 2)
    x, y = width / wide, height / high
    return left * x, top * y, min((left + size) * x, width), min((top + size) * y, height)


def check_card(card: Card) -> Card:
    """Refuse a card whose preprocessing is not known here; raises BackboneError."""
    if card.interpolation not in FILTERS:
        raise BackboneError(
            f"{card.name} wants the interpolation {card.interpolation!r}. {did_you_mean(card.interpolation, FILTERS)}"
        )
    if card.input_size < 1 or not 0 < card.crop <= 1 or len(card.mean) != 3 or len(card.std) != 3:
        raise BackboneError(
            f"{card.name} reads no colour images of one fixed size (size {card.input_size}, crop {card.crop}, "
            f"mean {card.mean}, std {card.std}), so it cannot be used here."
        )
    return card
