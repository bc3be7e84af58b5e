"""MixStyle on features: rows of one domain with moments between those of two."""

from __future__ import annotations

import torch
from torch import Tensor

from graft.align.generalization.penalty import Penalty

SHARE, SHAPE = 0.5, 0.1


class MixStyle(Penalty):
    """Half of the batches see (x - m) / s · s̃ + m̃, with m̃ = λ m + (1 - λ) m', s̃ = λ s + (1 - λ) s'.

    m, s are the mean and deviation of the row's domain in the batch, m', s' those of another row's; λ ~ Beta(0.1, 0.1)
    for each row. In Zhou et al. 2021, Domain Generalization with MixStyle (arXiv:2104.02008), they are those of one
    photo's feature map over its positions, which a row of features has not; so the domain's are taken.
    """

    def change(self, rows: Tensor, domain: Tensor) -> Tensor:
        """Give the batch mixed, or half of the time as it is, by torch's random numbers."""
        if float(torch.rand(())) >= SHARE:
            return rows
        mix = torch.distributions.Beta(SHAPE, SHAPE).sample((len(rows),))
        return restyled(rows, domain, torch.randperm(len(rows)), mix)


def restyled(rows: Tensor, domain: Tensor, other: Tensor, mix: Tensor) -> Tensor:
    """Give (B, r) rows with mixed moments: `other` (B,) are the rows whose domains' moments join, `mix` (B,) is λ."""
    mean, spread = torch.empty_like(rows), torch.empty_like(rows)
    for d in range(int(domain.max()) + 1):
        mean[domain == d] = rows[domain == d].mean(0)
        spread[domain == d] = rows[domain == d].std(0, correction=0) + 1e-6
    share = mix[:, None]
    new_mean = share * mean + (1 - share) * mean[other]
    return (rows - mean) / spread * (share * spread + (1 - share) * spread[other]) + new_mean
