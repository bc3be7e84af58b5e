"""CutMix: a window of each image taken from another one, and the targets by area."""

from __future__ import annotations

import math

import numpy as np
import torch

from graft.train.augment.mixing import Mix, mixed_targets
from graft.train.batches import Batch


def cutmix(classes: int, alpha: float = 1.0) -> Mix:
    """Give the mix of batches (images (B, H, W, C), *rest, y, w) that replaces one window of all by their partners'.

    The window is sqrt(1 - s) of height and width, s ~ Beta(alpha, alpha), about a uniform point, cut at the border; the
    share of the targets is what is left of the own area. Yun et al. 2019, CutMix.
    """

    def apply(batch: Batch, random: np.random.Generator) -> Batch:
        """Mix the images of one batch."""
        images, side = batch[0], math.sqrt(1 - float(random.beta(alpha, alpha)))
        partner = torch.from_numpy(random.permutation(len(images)))
        rows, columns = (span(length, side, random) for length in images.shape[1:3])
        mixed = images.clone()
        mixed[:, rows, columns] = images[partner][:, rows, columns]
        share = 1 - (rows.stop - rows.start) * (columns.stop - columns.start) / (images.shape[1] * images.shape[2])
        return (mixed, *batch[1:-2], *mixed_targets(batch, partner, share, classes))

    return apply


def span(length: int, share: float, random: np.random.Generator) -> slice:
    """Draw `share` of a length about a uniform point, cut at the ends."""
    half, middle = round(length * share) / 2, random.integers(length)
    return slice(max(0, math.floor(middle - half)), min(length, math.floor(middle + half)))
