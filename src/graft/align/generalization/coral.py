"""CORAL across domains: features whose means and covariances are alike in every pair of domains."""

from __future__ import annotations

import itertools

import torch
from torch import Tensor

from graft.align.generalization.penalty import Penalty
from graft.align.objectives.deep_coral import covariance_gap


class Coral(Penalty):
    """Mean loss + mean over pairs of domains of ||m - m'||² / H + ||C - C'||² / H², of (B_d, H) features.

    Sun and Saenko 2016 (arXiv:1607.01719), with the means and the strength of one of Gulrajani and Lopez-Paz 2021.
    """

    def forward(self, losses: Tensor, features: Tensor, domain: Tensor, progress: float) -> Tensor:
        """Give the mean of (D,) losses and the gaps of the features' moments."""
        parts = [features[domain == d] for d in range(len(losses))]
        gaps = [
            (one.mean(0) - other.mean(0)).square().mean() + 4 * covariance_gap(one, other)
            for one, other in itertools.combinations(parts, 2)
        ]
        return losses.mean() + torch.stack(gaps).mean()
