"""Information maximization: target rows sure one by one, all classes used together; with gradients by autograd."""

from __future__ import annotations

from torch import Tensor

from graft.align.objectives.seen import Seen, Term


class Information(Term):
    """`negative_information` of the target's scores. Krause et al. 2010; the main part of SHOT (arXiv:2002.08546)."""

    def forward(self, seen: Seen) -> Tensor:
        """Give the value of one step."""
        return negative_information(seen.target_scores)


def negative_information(scores: Tensor) -> Tensor:
    """Give mean entropy of the rows minus entropy of their mean, of the probabilities of (M, K) scores, in nats.

    What `clustering.information` computes with a gradient by hand.
    """
    logs = scores.log_softmax(1)
    p = logs.exp()
    mean = p.mean(0).clamp(min=1e-12)
    return (mean * mean.log()).sum() - (p * logs).sum(1).mean()
