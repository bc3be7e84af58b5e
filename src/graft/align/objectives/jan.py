"""JAN: the discrepancy of features and predictions jointly."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.objectives.kernels import discrepancy, gaussians
from graft.align.objectives.seen import Seen, Term

WIDTH = 0.92


class Jan(Term):
    """`joint_mmd` of features and probabilities. Long et al. 2017, Deep Transfer Learning with Joint Adaptation."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the joint discrepancy of one step."""
        source, target = (seen.features, seen.scores.softmax(1)), (seen.target_features, seen.target_scores.softmax(1))
        return joint_mmd(*source, *target)


def joint_mmd(S: Tensor, P: Tensor, T: Tensor, Q: Tensor) -> Tensor:
    """Give the MMD under k(features) · k(probabilities) of (B, D), (B, K) source and (M, D), (M, K) target rows.

    k(features) is that of `mmd`, k(p, q) = exp(-||p - q||² / (2 · 0.92²)), as in the authors' code. Long et al. 2017
    (arXiv:1605.06636).
    """
    both = torch.cat([P, Q])
    own = both.square().sum(1)
    squared = (own[:, None] + own - 2 * both @ both.T).clamp(min=0)
    return discrepancy(gaussians(torch.cat([S, T])) * torch.exp(-squared / (2 * WIDTH**2)), len(S))
