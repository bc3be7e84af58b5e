"""Centroid self-training: class means travel from the source to the target's own groups."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax, unit
from graft.align.aligned import Aligned, HeadMaker, aligned, linear_head
from graft.align.domains import Source, Target
from graft.align.placing import place

ROUNDS, SHARPNESS = 10, 20.0


def centroids(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Predict by cosine with (K, r) class means that start at the source's and are re-estimated on the target.

    Ten rounds of p(k | x) = softmax(20 · cos(x, c_k)), c_k = unit(Σⱼ p(k | tⱼ) tⱼ): spherical k-means with soft
    assignments (a mixture of von Mises-Fisher densities: Banerjee et al. 2005), the start of which names the groups.
    The head is always this: `head_maker` is not asked.
    """
    S, T, placing = place(source, target, apart=True)
    start = (source.indicators * source.weights[:, None]).T @ S
    C = travelled(unit(start), unit(T), ROUNDS)
    return aligned("centroids", placing, linear_head(SHARPNESS * C, np.zeros(len(C))), (S, T))


def travelled(C: Floats, T: Floats, rounds: int) -> Floats:
    """Give the (K, r) centroids after that many rounds over (M, r) rows of unit length."""
    for _ in range(rounds):
        share = np.exp(log_softmax(SHARPNESS * T @ C.T))
        C = unit(share.T @ T)
    return C
