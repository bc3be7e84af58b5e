"""TCA: directions in which the domains' means agree and the variance is kept."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, covariance
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def transfer_components(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, dims: int = 64, mu: float = 0.1
) -> Aligned:
    """Fit on X W, W the (r, d) solution of max tr(Wᵀ H W) with Wᵀ (δ δᵀ + μ v I) W = I.

    δ (r,) is the difference of the two means (the linear kernel's MMD), H the pooled covariance, v its mean variance:
    transfer component analysis with a linear kernel, solved in the primal. Pan et al. 2011, Domain Adaptation via
    Transfer Component Analysis.
    """
    S, T, placing = place(source, target, apart=False)
    W = components(S, T, dims, mu)
    moved, stays = S @ W, T @ W
    return aligned("tca", placing.then(W), fit_head(head_maker, moved, source), (moved, stays))


def components(S: Floats, T: Floats, dims: int, mu: float) -> Floats:
    """Give the (r, d) generalized eigenvectors of largest value, of comparable scale."""
    from scipy.linalg import eigh

    gap = S.mean(axis=0) - T.mean(axis=0)
    pooled = covariance(np.concatenate([S, T]))
    right = np.outer(gap, gap) + mu * np.trace(pooled) / len(pooled) * np.eye(len(pooled))
    _, vectors = eigh(pooled, right)
    best: Floats = vectors[:, ::-1][:, : min(dims, len(pooled))]
    return best
