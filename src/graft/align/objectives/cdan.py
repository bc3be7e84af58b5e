"""CDAN+E: a discriminator that sees features together with predictions, sure ones counting more."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.objectives.dann import WIDTH, domain_loss
from graft.align.objectives.ramp import ramp
from graft.align.objectives.reversal import dense, reversed_gradient
from graft.align.objectives.seen import Seen, Term

MOST, DRAWN = 4096, 1024


class Cdan(Term):
    """The loss of a discriminator on features ⊗ probabilities, rows weighing 1 + exp(-entropy), times `ramp`.

    Where D · K is above 4,096, 1,024 random products stand for the outer product, as published. The probabilities are
    held fixed. Long et al. 2018, Conditional Adversarial Domain Adaptation (arXiv:1705.10667).
    """

    left: Tensor
    right: Tensor

    def __init__(self, dim: int, classes: int) -> None:
        super().__init__()
        self.drawn = dim * classes > MOST
        self.discriminator = dense(DRAWN if self.drawn else dim * classes, WIDTH, 1)
        self.register_buffer("left", torch.randn(dim if self.drawn else 0, DRAWN))
        self.register_buffer("right", torch.randn(classes if self.drawn else 0, DRAWN))

    def forward(self, seen: Seen) -> Tensor:
        """Give the discriminator's loss of one step."""
        features = reversed_gradient(torch.cat([seen.features, seen.target_features]), ramp(seen.progress))
        p = torch.cat([seen.scores, seen.target_scores]).detach().softmax(1)
        joint = (features @ self.left) * (p @ self.right) / DRAWN**0.5 if self.drawn else outer(features, p)
        return domain_loss(self.discriminator(joint)[:, 0], len(seen.features), sureness(p))


def outer(features: Tensor, p: Tensor) -> Tensor:
    """Give the (N, D · K) outer products of (N, D) features and (N, K) probabilities, row by row."""
    return (features[:, :, None] * p[:, None, :]).flatten(1)


def sureness(p: Tensor) -> Tensor:
    """Give 1 + exp(-H(p)) for each row of (N, K) probabilities."""
    return 1 + torch.exp((p * p.clamp(min=1e-12).log()).sum(1))
