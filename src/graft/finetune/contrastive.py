"""Supervised contrastive loss over all pairs of a batch.

Khosla et al. 2020 (arXiv:2004.11362). SetFit (Tunstall et al. 2022, arXiv:2209.11055) draws pairs and embeds both texts
of each; here each text is embedded once and meets all others of its batch.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

TEMPERATURE = 0.1


def contrastive_loss(embedded: Tensor, y: Tensor, weight: Tensor, temperature: float = TEMPERATURE) -> Tensor:
    """Give the weighted mean over samples i with others P(i) of their class of -1/|P(i)| Σ_{p in P(i)} log q_ip.

    q_ip = exp(z_i z_p / t) / Σ_{a ≠ i} exp(z_i z_a / t) with z the (B, D) embeddings at unit length. Zero where no
    sample has another of its class.
    """
    z = normalize(embedded, dim=1)
    itself = torch.eye(len(z), dtype=torch.bool, device=z.device)
    log_share = torch.log_softmax((z @ z.T / temperature).masked_fill(itself, float("-inf")), dim=1)
    pairs = (y[:, None] == y[None, :]) & ~itself
    counts = pairs.sum(1)
    losses = -torch.where(pairs, log_share, 0.0).sum(1) / counts.clamp(min=1)
    shares = weight * (counts > 0)
    return (losses * shares).sum() / shares.sum().clamp(min=1e-12)
