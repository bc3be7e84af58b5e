"""VREx: losses that are alike over domains."""

from __future__ import annotations

from torch import Tensor

from graft.align.generalization.penalty import Penalty

STRENGTH, AFTER = 10.0, 0.1


class Vrex(Penalty):
    """Mean loss + β · variance of the domains' losses; β is 1 in the first tenth of the training, then 10.

    Krueger et al. 2021, Out-of-Distribution Generalization via Risk Extrapolation (arXiv:2003.00688).
    """

    def forward(self, losses: Tensor, features: Tensor, domain: Tensor, progress: float) -> Tensor:
        """Give the mean and variance of (D,) losses together."""
        strength = STRENGTH if progress >= AFTER else 1.0
        return losses.mean() + strength * losses.var(correction=0)
