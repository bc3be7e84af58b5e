"""BNM: target predictions sure and diverse by their nuclear norm; with gradients by autograd."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.objectives.seen import Seen, Term


class Nuclear(Term):
    """`negative_nuclear_norm` of the target's scores. Cui et al. 2020 (arXiv:2003.12237)."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the value of one step."""
        return negative_nuclear_norm(seen.target_scores)


def negative_nuclear_norm(scores: Tensor) -> Tensor:
    """Give -||P||₊ / √(M K) of the (M, K) probabilities of scores, as `clustering.nuclear` does."""
    p = scores.softmax(1)
    total: Tensor = torch.linalg.svdvals(p).sum()
    size: float = p.numel() ** 0.5
    return -total / size
