"""KLIEP: the ratio of the densities as a mixture of kernels at target rows."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, squared_distances, width_of
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place

CENTRES, ROUNDS = 200, 200


def kliep(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Fit with weights w(sᵢ) = Σ_l α_l k(sᵢ, c_l) that maximize Σⱼ log w(tⱼ) with α >= 0 and mean w(sᵢ) = 1.

    k(a, b) = exp(-||a - b||² / median), c_l up to 200 target rows. Sugiyama et al. 2008, Direct Importance Estimation
    for Covariate Shift Adaptation.
    """
    S, T, placing = place(source, target, apart=False)
    ratio = density_ratio(S, T, source.weights, width_of(S, T), seed)
    return aligned("kliep", placing, fit_head(head_maker, S, source, ratio), (S, T))


def density_ratio(S: Floats, T: Floats, weight: Floats, width: float, seed: int) -> Floats:
    """Give the (N,) ratios; θ_l = α_l mean k(S, c_l) sums to one and climbs by expectation-maximization.

    The problem is concave, so that the climb ends at its one maximum.
    """
    rows = np.random.default_rng(seed).permutation(len(T))[:CENTRES]
    at_source, at_target = (np.exp(-squared_distances(X, T[np.sort(rows)]) / width) for X in (S, T))
    mean = np.maximum(weight @ at_source / weight.sum(), 1e-12)
    at_source, at_target = at_source / mean, at_target / mean
    theta = np.full(len(mean), 1 / len(mean))
    for _ in range(ROUNDS):
        theta = theta * (at_target / (at_target @ theta)[:, None]).mean(axis=0)
    ratio: Floats = at_source @ theta
    return ratio
