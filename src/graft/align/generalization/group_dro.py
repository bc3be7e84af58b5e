"""GroupDRO: domains on which the loss is high come to count more."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.generalization.penalty import Penalty

RATE = 0.01


class GroupDro(Penalty):
    """Σ q_d loss_d, with q_d ← q_d exp(0.01 · loss_d) / Σ before each step, equal at first.

    Sagawa et al. 2020, Distributionally Robust Neural Networks for Group Shifts (arXiv:1911.08731).
    """

    q: Tensor

    def __init__(self, domains: int) -> None:
        super().__init__()
        self.register_buffer("q", torch.full((domains,), 1 / domains))

    def forward(self, losses: Tensor, features: Tensor, domain: Tensor, progress: float) -> Tensor:
        """Move the weights on, and give the weighted sum of (D,) losses."""
        with torch.no_grad():
            moved = self.q * torch.exp(RATE * losses.detach())
            self.q.copy_(moved / moved.sum())
        return (self.q.clone() * losses).sum()
