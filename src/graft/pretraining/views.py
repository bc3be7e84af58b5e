"""Random views of images: what a network should learn not to mind, as one affine map and a change of colours."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

GREY_LEVELS, PAPER_LEVELS, PAPER_SHARE = 8, 24, 0.6
LUMINANCE = (0.299, 0.587, 0.114)


@dataclass(frozen=True)
class Views:
    """How far views may differ.

    `turn` in degrees, `area` the shares of the image seen, `aspect` the largest ratio of width to height, `shear` and
    `shift` as shares of half the image; chances of a `mirror` image and of `grey`, `colour` the strength of brightness,
    contrast and saturation.
    """

    turn: float = 0.0
    area: tuple[float, float] = (0.2, 1.0)
    aspect: float = 4 / 3
    shear: float = 0.0
    shift: float | None = None
    mirror: float = 0.5
    colour: float = 0.4
    grey: float = 0.2


PHOTO = Views()
DRAWING = Views(turn=20.0, area=(0.64, 1.44), aspect=1.35, shear=0.2, shift=0.12, mirror=0.0, colour=0.0, grey=0.0)


SOUND = Views(area=(0.5, 1.0), aspect=1.25, mirror=0.0, colour=0.2, grey=0.0)
KINDS = {"photos": PHOTO, "drawings": DRAWING, "spectrograms": SOUND}


def named(views: Views) -> str:
    """Give what views are made for."""
    return next(name for name, known in KINDS.items() if known == views)


def views_for(pixels: NDArray[np.uint8], modality: str = "image", sample: int = 256) -> Views:
    """Give the views that suit (N, T, T, 3) images, by a look at up to `sample` of them, or spectrograms.

    Drawings are grey, and most of their pixels are of nearly one level, the paper's: they are turned and sheared a
    little, never mirrored. All else are photos: random resized crops, mirrored and changed in colour as in SimCLR.
    Spectrograms are cropped, which shifts time and pitch, and never mirrored.
    """
    if modality == "audio":
        return SOUND
    seen = pixels[:: max(1, len(pixels) // sample)][:sample].astype(np.int16)
    grey = (seen.max(axis=3) - seen.min(axis=3) <= GREY_LEVELS).mean() > 0.99
    levels = seen.mean(axis=3)
    paper = np.bincount(np.rint(levels).astype(np.int64).ravel(), minlength=256).argmax()
    return DRAWING if grey and (np.abs(levels - paper) <= PAPER_LEVELS).mean() > PAPER_SHARE else PHOTO


def view(images: Tensor, size: int, views: Views, random: torch.Generator) -> Tensor:
    """Give a random view of each of (B, T, T, 3) bytes, as (B, size, size, 3) bytes."""
    moved = moved_images(images, size, views, random)
    if views.colour or views.grey:
        moved = recoloured(moved, views, random)
    return moved.round().clamp(0, 255).to(torch.uint8).permute(0, 2, 3, 1).contiguous()


def moved_images(images: Tensor, size: int, views: Views, random: torch.Generator) -> Tensor:
    """Give (B, 3, size, size) float images, each seen through its own affine map, bilinear, edges repeated.

    The window has the share `area` (uniform) of the image and a ratio of width to height log-uniform up to `aspect`; it
    lies anywhere in the image, or its centre within `shift` of the image's where that is given.
    """
    count = len(images)

    def uniform(low: float, high: float) -> Tensor:
        """Draw a number for each image."""
        return torch.rand(count, generator=random) * (high - low) + low

    scale, skew = uniform(*views.area).sqrt(), uniform(-1, 1).mul(math.log(views.aspect) / 2).exp()
    angle, shear = uniform(-1, 1) * math.radians(views.turn), uniform(-1, 1) * views.shear
    flip = 1 - 2 * (uniform(0, 1) < views.mirror).float()
    wide, high = scale * skew, scale / skew
    free = [(1 - side).clamp(min=0) if views.shift is None else views.shift for side in (wide, high)]
    cos, sin = angle.cos(), angle.sin()
    first = torch.stack([cos * wide * flip, cos * shear - sin * high, uniform(-1, 1) * free[0]], 1)
    second = torch.stack([sin * wide * flip, sin * shear + cos * high, uniform(-1, 1) * free[1]], 1)
    grid = affine_grid(torch.stack([first, second], 1), [count, 3, size, size], align_corners=False)
    source = images.permute(0, 3, 1, 2).float()
    return grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)


def recoloured(images: Tensor, views: Views, random: torch.Generator) -> Tensor:
    """Give (B, 3, S, S) images with brightness, contrast and saturation changed at random, some of them in grey.

    Each strength is uniform in 1 ± `colour`: x b; then c x + (1 - c) mean(x); then s x + (1 - s) grey(x).
    """
    weights = torch.tensor(LUMINANCE).view(1, 3, 1, 1)
    bright, contrast, saturation = (
        (1 + views.colour * (2 * torch.rand(len(images), 1, 1, 1, generator=random) - 1)) for _ in range(3)
    )
    images = (images * bright).clamp(0, 255)
    level = (images * weights).sum(1, keepdim=True).mean((2, 3), keepdim=True)
    images = (contrast * images + (1 - contrast) * level).clamp(0, 255)
    dull = torch.rand(len(images), 1, 1, 1, generator=random) < views.grey
    saturation = torch.where(dull, torch.zeros_like(saturation), saturation)
    return saturation * images + (1 - saturation) * (images * weights).sum(1, keepdim=True)
