"""Seen: what an objective is given of one step, whatever made the features."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True, eq=False)
class Seen:
    """Features and scores of one step: `features` (B, D), `scores` (B, K) and class numbers `y` (B,) of the source.

    `target_features` (M, D) and `target_scores` (M, K) are the target's; `changed_scores` (M, K) those of the same
    target rows, changed at random. `progress` is the share of the training that is done, 0 to 1.
    """

    features: Tensor
    scores: Tensor
    y: Tensor
    target_features: Tensor
    target_scores: Tensor
    changed_scores: Tensor
    progress: float


class Term(nn.Module):
    """What is added to the source's cross-entropy; its own parameters, where it has some, are trained beside."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the value of one step, a number with gradients."""
        raise NotImplementedError
