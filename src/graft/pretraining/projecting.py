"""A backbone with a projector: the loss is on the projections, and what is kept is the backbone before them.

Chen et al. 2020 (arXiv:2002.05709), section 4.2: features before the projector are better than those behind it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graft.backbones.trainable import Trainable

NARROWEST, WIDEST = 256, 2048


class Projecting(nn.Module):
    """(B, S, S, 3) bytes to (B, P): embedding, then dense, batch norm, ReLU, dense."""

    def __init__(self, trainable: Trainable, wide: int, out: int) -> None:
        super().__init__()
        self.trainable = trainable
        self.projector = nn.Sequential(
            nn.Linear(trainable.dim, wide, bias=False), nn.BatchNorm1d(wide), nn.ReLU(), nn.Linear(wide, out)
        )

    def forward(self, pixels: Tensor) -> Tensor:
        """Give the projections."""
        found: Tensor = self.projector(self.trainable(pixels))
        return found


def projecting(trainable: Trainable, out: int, seed: int) -> Projecting:
    """Give a backbone with a fresh projector, of 8 D hidden units (256 to 2048) and `out` outputs (0: as many)."""
    wide = min(WIDEST, max(NARROWEST, 8 * trainable.dim))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)
        return Projecting(trainable, wide, out or wide)
