"""MDD: an adversary that agrees with the classifier on the source and disagrees on the target."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from graft.align.objectives.ramp import ramp
from graft.align.objectives.reversal import dense, reversed_gradient
from graft.align.objectives.seen import Seen, Term

MARGIN, WIDTH, REVERSED = 4.0, 256, 0.1


class Mdd(Term):
    """`-margin_disparity` of an adversary on features whose gradient is reversed, times 0.1 · `ramp`.

    Zhang et al. 2019, Bridging Theory and Algorithm for Domain Adaptation (arXiv:1904.05801), with its margin factor
    4 and its strength of the reversal.
    """

    def __init__(self, dim: int, classes: int) -> None:
        super().__init__()
        self.adversary = dense(dim, WIDTH, classes)

    def forward(self, seen: Seen) -> Tensor:
        """Give the adversary's loss of one step."""
        both = torch.cat([seen.features, seen.target_features])
        guess = self.adversary(reversed_gradient(both, REVERSED * ramp(seen.progress)))
        said = torch.cat([seen.scores, seen.target_scores]).argmax(1)
        return -margin_disparity(guess, said, len(seen.features))


def margin_disparity(guess: Tensor, said: Tensor, first: int) -> Tensor:
    """Give mean over the target of log(1 - p_said) + 4 · mean over the source of log p_said, p = softmax(guess).

    `guess` are the adversary's (N, K) scores and `said` (N,) the classifier's calls; the first rows are the source.
    """
    agrees = -cross_entropy(guess[:first], said[:first])
    p = guess[first:].softmax(1).gather(1, said[first:, None])[:, 0]
    return MARGIN * agrees + torch.log((1 - p).clamp(min=1e-6)).mean()
