"""The contrastive loss of SimCLR: Chen et al. 2020, A simple framework for contrastive learning (arXiv:2002.05709)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy, normalize

TEMPERATURE = 0.2


def simclr(a: Tensor, b: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Give the mean over views i of -log(exp(s_ij / t) / sum over k != i of exp(s_ik / t)).

    j is the other view of the same image, k runs over all 2B views but i, and s is the cosine similarity.

    `a` and `b` are the (B, D) projections of two views of B images; the other images of the batch are what each is told
    from, so B is at least 2.
    """
    z = normalize(torch.cat([a, b]).float(), dim=1)
    count = len(a)
    itself = torch.eye(2 * count, dtype=torch.bool, device=z.device)
    similar = (z @ z.T / temperature).masked_fill(itself, float("-inf"))
    other = torch.arange(2 * count, device=z.device).roll(count)
    return cross_entropy(similar, other)
