"""DAN: the maximum mean discrepancy between source and target features."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.objectives.kernels import discrepancy, gaussians
from graft.align.objectives.seen import Seen, Term


class Mmd(Term):
    """`mmd` of the features. Long et al. 2015, Learning Transferable Features with Deep Adaptation Networks."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the discrepancy of one step's features."""
        return mmd(seen.features, seen.target_features)


def mmd(S: Tensor, T: Tensor) -> Tensor:
    """Give the unbiased squared MMD of (B, D) and (M, D) rows under the mean of five Gaussian kernels.

    Long et al. 2015 (arXiv:1502.02791), its kernels weighing alike.
    """
    return discrepancy(gaussians(torch.cat([S, T])), len(S))
