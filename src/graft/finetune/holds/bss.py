"""Batch spectral shrinkage: the smallest singular value of a batch's features is made smaller still.

Chen et al. 2019, Catastrophic forgetting meets negative transfer (NeurIPS 2019). What little a batch has in such a
direction is seldom transferable.
"""

from __future__ import annotations

import torch
from torch import Tensor

from graft.finetune.holds.base import Ground, Holding
from graft.finetune.learner import Learner

SMALLEST = 1


def bss(ground: Ground) -> Holding:
    """Give Σ σ² over the smallest singular value σ of the (B, D) embeddings."""

    def hold(learner: Learner, states: tuple[Tensor, ...], embedded: Tensor, y: Tensor) -> Tensor:
        """Give the penalty of one batch."""
        values: Tensor = torch.linalg.svdvals(embedded.float())
        return values[-SMALLEST:].square().sum()

    return hold
