"""What methods of generalization are: a function of the domains' losses and features."""

from __future__ import annotations

from torch import Tensor, nn


class Penalty(nn.Module):
    """Turns the losses of one batch, domain by domain, into the number that is lowered; equal weights are plain ERM.

    Gulrajani and Lopez-Paz 2021, In Search of Lost Domain Generalization (arXiv:2007.01434): ERM, with every batch
    holding as many rows of each domain.
    """

    def forward(self, losses: Tensor, features: Tensor, domain: Tensor, progress: float) -> Tensor:
        """Give the mean of (D,) losses; `features` (B, H) and `domain` (B,) numbers are those of the batch's rows."""
        return losses.mean()

    def change(self, rows: Tensor, domain: Tensor) -> Tensor:
        """Give the (B, r) rows as the network is to see them in training."""
        return rows
