"""FixMatch-style self-training: sure calls of target rows are taught to the same rows changed at random."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import cross_entropy

from graft.align.objectives.seen import Seen, Term

SURE = 0.95


class Agreement(Term):
    """`agreement` of the target's scores before and after a change. Sohn et al. 2020, FixMatch (arXiv:2001.07685)."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the loss of one step."""
        return agreement(seen.target_scores, seen.changed_scores)


def agreement(scores: Tensor, changed: Tensor) -> Tensor:
    """Give mean over M rows of 1[max p > 0.95] · CE(changed, argmax p), p = softmax(scores) held fixed, both (M, K)."""
    sure, call = scores.detach().softmax(1).max(1)
    losses: Tensor = cross_entropy(changed, call, reduction="none") * (sure > SURE)
    return losses.mean()
