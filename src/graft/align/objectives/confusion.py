"""MCC: target predictions that confuse few classes with each other; with gradients by autograd."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.objectives.seen import Seen, Term

TEMPERATURE = 2.5


class Confusion(Term):
    """`class_confusion` of the target's scores. Jin et al. 2020, Minimum Class Confusion (arXiv:1912.03699)."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the confusion of one step."""
        return class_confusion(seen.target_scores)


def class_confusion(scores: Tensor) -> Tensor:
    """Give (Σ C - tr C) / K of (M, K) scores: what `clustering.confusion` computes with a gradient by hand.

    p = softmax(score / 2.5); wᵢ ∝ 1 + exp(-H(pᵢ)), of sum M, held fixed; C = Σ wᵢ pᵢ pᵢᵀ, rows divided by their sums.
    """
    p = (scores / TEMPERATURE).softmax(1)
    w = (1 + torch.exp((p * p.clamp(min=1e-12).log()).sum(1))).detach()
    C = (p * (len(p) * w / w.sum())[:, None]).T @ p
    return 1 - (C.diagonal() / C.sum(1).clamp(min=1e-12)).mean()
