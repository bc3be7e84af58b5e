"""What is compared of a drawing: points on its strokes with their directions, and how far any place is from a stroke.

Directional chamfer matching: Liu et al. 2010, Fast directional chamfer matching; Borgefors 1988.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.meta.matching.ink import FRAME, Floats, ink_of

POINTS, BINS = 80, 6
TURN_COST, FARTHEST = 3.5, 12.0
BLOTTED = 0.35


@dataclass(frozen=True, eq=False)
class Drawings:
    """N drawings: `points` (N, P, 2) as x and y from -1 to 1, `bins` (N, P) their directions, `fields` (N, O, S, S).

    A field holds, for strokes of one of O directions, each place's distance in pixels from the nearest stroke of that
    direction, or of another one, which costs 3.5 pixels for each step of 180 / O degrees; never more than 12.
    """

    points: Tensor
    bins: Tensor
    fields: Tensor

    def __len__(self) -> int:
        return len(self.points)

    def take(self, index: NDArray[np.int64]) -> Drawings:
        """Give the drawings of these numbers, in this order."""
        rows = torch.from_numpy(index)
        return Drawings(self.points[rows], self.bins[rows], self.fields[rows])


def drawings_of(images: Sequence[Any]) -> Drawings:
    """Read images as drawings; raises DataError for an unreadable image or one without ink."""
    points, bins, fields = zip(*(described(ink_of(image)) for image in images), strict=True)
    places = torch.from_numpy(np.stack(points).astype(np.float32)) / ((FRAME - 1) / 2) - 1
    return Drawings(places, torch.from_numpy(np.stack(bins)), torch.from_numpy(np.stack(fields)))


def described(ink: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float32]]:
    """Give the points (P, 2) in pixels, their bins (P,) and the fields (O, S, S) of (S, S) ink."""
    angle, blotted = directions(ink)
    inked = ink > min(0.4, 0.5 * float(ink.max()))
    rows, columns = np.nonzero(inked)
    places = np.stack([columns, rows], axis=1)
    chosen = places[spread(places, POINTS)]
    bins = np.floor(angle / np.pi * BINS).astype(np.int64) % BINS
    return chosen, bins[chosen[:, 1], chosen[:, 0]], distances(inked, angle, blotted)


def directions(ink: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Give each place's stroke direction, 0 to pi, by the structure tensor, and where there is none (crossings, blots).

    Bigun and Granlund 1987, Optimal orientation detection of linear symmetry.
    """
    from scipy.ndimage import gaussian_filter

    down, right = np.gradient(gaussian_filter(ink, 1.0))
    xx, yy, xy = (gaussian_filter(product, 1.5) for product in (right * right, down * down, right * down))
    angle = (0.5 * np.arctan2(2 * xy, xx - yy) + np.pi / 2) % np.pi
    return angle, np.hypot(xx - yy, 2 * xy) < BLOTTED * (xx + yy + 1e-6)


def distances(inked: NDArray[np.bool_], angle: Floats, blotted: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Give the (O, S, S) fields; what is blotted belongs to every direction."""
    from scipy.ndimage import distance_transform_edt

    own = np.full((BINS, *inked.shape), FARTHEST)
    for number in range(BINS):
        off = np.abs((angle - (number + 0.5) * np.pi / BINS + np.pi / 2) % np.pi - np.pi / 2)
        strokes = inked & ((off < np.pi / BINS) | blotted)
        if strokes.any():
            own[number] = distance_transform_edt(~strokes)
    steps = np.abs(np.arange(BINS)[:, None] - np.arange(BINS))
    turned = TURN_COST * np.minimum(steps, BINS - steps)
    found = (own[None] + turned[:, :, None, None]).min(axis=1)
    limited: NDArray[np.float32] = np.minimum(found, FARTHEST).astype(np.float32)
    return limited


def spread(places: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Give the numbers of `count` places spread evenly: each the farthest from those before; again from the first."""
    chosen, away = [0], np.full(len(places), np.inf)
    for _ in range(min(count, len(places)) - 1):
        away = np.minimum(away, np.square(places - places[chosen[-1]]).sum(axis=1))
        chosen.append(int(away.argmax()))
    return np.resize(np.array(chosen), count)
