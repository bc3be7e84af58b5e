"""What mixups share: targets and weights of samples laid over one another, and a choice among mixups."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import one_hot

from graft.train.batches import Batch

Mix = Callable[[Batch, np.random.Generator], Batch]


def mixed_targets(batch: Batch, partner: Tensor, share: float, classes: int) -> tuple[Tensor, Tensor]:
    """Give the targets and weights of samples of which `share` is their own and the rest their partner's.

    Class numbers become (B, classes) probabilities, in which each of the two counts by its weight: w' = s w + (1 - s)
    w_p and y' = (s w y + (1 - s) w_p y_p) / w', so that a loss linear in y is the mean of the two's. With `classes` 0
    targets are numbers.
    """
    y, w = batch[-2], batch[-1]
    target = one_hot(y, classes).float() if classes and y.ndim == 1 else y.float()
    own, other = share * w, (1 - share) * w[partner]
    weight = own + other
    part = torch.where(weight > 0, own / weight.clamp_min(torch.finfo(weight.dtype).tiny), share)
    part = part.reshape(-1, *[1] * (target.ndim - 1))
    return part * target + (1 - part) * target[partner], weight


def one_of(mixes: Sequence[Mix]) -> Mix:
    """Give the mix that applies one of several to a batch, each as likely."""

    def apply(batch: Batch, random: np.random.Generator) -> Batch:
        """Mix one batch by one of them."""
        return mixes[int(random.integers(len(mixes)))](batch, random)

    return apply
