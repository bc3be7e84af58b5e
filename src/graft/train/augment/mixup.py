"""Mixup: images laid over one another, and their targets alike."""

from __future__ import annotations

import numpy as np
import torch

from graft.train.augment.mixing import Mix, mixed_targets
from graft.train.batches import Batch


def mixup(classes: int, alpha: float = 0.2) -> Mix:
    """Give the mix of batches (images, *rest, y, w): x' = s x + (1 - s) x_p, s ~ Beta(alpha, alpha), p a permutation.

    Whole-number pixels are rounded. `classes` as in `mixed_targets`. Zhang et al. 2018, mixup: Beyond empirical risk
    minimization.
    """

    def apply(batch: Batch, random: np.random.Generator) -> Batch:
        """Mix the images of one batch."""
        share = float(random.beta(alpha, alpha))
        partner = torch.from_numpy(random.permutation(len(batch[0])))
        images = batch[0].float()
        mixed = share * images + (1 - share) * images[partner]
        mixed = mixed if batch[0].is_floating_point() else mixed.round()
        return (mixed.to(batch[0].dtype), *batch[1:-2], *mixed_targets(batch, partner, share, classes))

    return apply
