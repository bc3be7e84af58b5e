"""DANN: features by which a discriminator cannot tell source from target."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits

from graft.align.objectives.ramp import ramp
from graft.align.objectives.reversal import dense, reversed_gradient
from graft.align.objectives.seen import Seen, Term

WIDTH = 256


class Dann(Term):
    """The loss of a discriminator of domains on features whose gradient is reversed, times `ramp`.

    Two hidden layers of 256 units. Ganin et al. 2016, Domain-Adversarial Training of Neural Networks
    (arXiv:1505.07818); their discriminator on photos has 1,024.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.discriminator = dense(dim, WIDTH, 1)

    def forward(self, seen: Seen) -> Tensor:
        """Give the discriminator's loss of one step."""
        both = torch.cat([seen.features, seen.target_features])
        guess = self.discriminator(reversed_gradient(both, ramp(seen.progress)))[:, 0]
        return domain_loss(guess, len(seen.features))


def domain_loss(guess: Tensor, first: int, weight: Tensor | None = None) -> Tensor:
    """Give the mean of the two domains' mean cross-entropies of (N,) scores for "source"; the first rows are so.

    `weight` (N,) weighs rows, each domain summing to one.
    """
    domain = (torch.arange(len(guess), device=guess.device) < first).float()
    losses = binary_cross_entropy_with_logits(guess, domain, reduction="none")
    w = torch.ones_like(losses) if weight is None else weight
    source, target = ((losses[part] * w[part]).sum() / w[part].sum() for part in (slice(first), slice(first, None)))
    return (source + target) / 2
