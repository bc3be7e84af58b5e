"""DELTA: features that matter for the task stay as the frozen network gives them.

Li et al. 2019 (arXiv:1901.09229), with the pooled channels of the last part as its feature maps.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.finetune.holds.base import Ground, Holding
from graft.finetune.learner import Learner

SAMPLES = 256


def delta(ground: Ground) -> Holding:
    """Give the batch mean of D Σ_j a_j (f_j(x) - f⁰_j(x))² / s_j², a = softmax of what leaving channel j out costs.

    f⁰ are the frozen embeddings, s_j their standard deviations, and the cost is the rise of the starting head's mean
    loss on up to 256 training samples when channel j is zero, standardized over channels.
    """
    frozen = Learner(ground.backbone.trainable(), torch.nn.Identity(), first=ground.learner.first).eval()
    attention = attention_of(channel_costs(ground.learner.head, ground.features[:SAMPLES], ground.targets[:SAMPLES]))
    spread = torch.from_numpy(ground.features.std(axis=0) + 1e-6)
    share = torch.from_numpy(attention.astype(np.float32)) * len(attention) / spread.square()

    def hold(learner: Learner, states: tuple[Tensor, ...], embedded: Tensor, y: Tensor) -> Tensor:
        """Give the penalty of one batch."""
        frozen.to(embedded.device)
        with torch.no_grad():
            before = frozen.embed(*states)
        return ((embedded - before).square() * share.to(embedded.device)).sum(1).mean()

    return hold


def channel_costs(head: torch.nn.Module, features: NDArray[np.float32], y: NDArray[np.int64]) -> NDArray[np.float64]:
    """Give the (D,) rise of the mean cross-entropy of (N, D) features when one channel is set to zero."""
    x, targets = torch.from_numpy(np.ascontiguousarray(features)), torch.from_numpy(y)
    costs = np.zeros(x.shape[1])
    with torch.no_grad():
        base = float(torch.nn.functional.cross_entropy(head(x), targets))
        for channel in range(x.shape[1]):
            without = x.clone()
            without[:, channel] = 0
            costs[channel] = float(torch.nn.functional.cross_entropy(head(without), targets)) - base
    return costs


def attention_of(costs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the softmax of (D,) costs standardized to mean 0 and deviation 1; equal shares where all cost the same."""
    spread = costs.std()
    shares = np.exp((costs - costs.mean()) / spread if spread > 0 else np.zeros_like(costs))
    return np.asarray(shares / shares.sum())
