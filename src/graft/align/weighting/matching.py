"""Kernel mean matching: source weights under which the kernel means of both domains agree."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, squared_distances, width_of
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place

STEPS = 500


def kernel_mean_matching(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, most: float = 10.0
) -> Aligned:
    """Fit with weights β (N,) that minimize ½ βᵀ K β - κᵀ β, 0 <= β <= most, |mean β - 1| <= (√N - 1) / √N.

    K = k(S, S), κᵢ = N / M Σⱼ k(sᵢ, tⱼ), k(a, b) = exp(-||a - b||² / median). Huang et al. 2007, Correcting Sample
    Selection Bias by Unlabeled Data.
    """
    S, T, placing = place(source, target, apart=False)
    width = width_of(S, T)
    K = np.exp(-squared_distances(S, S) / width)
    kappa = np.exp(-squared_distances(S, T) / width).mean(axis=1) * len(S)
    slack = (np.sqrt(len(S)) - 1) / np.sqrt(len(S))
    beta = matched(K, kappa, most, slack)
    return aligned("kernel-mean-matching", placing, fit_head(head_maker, S, source, beta), (S, T))


def matched(K: Floats, kappa: Floats, most: float, slack: float) -> Floats:
    """Minimize ½ βᵀ K β - κᵀ β over the box and the slab, by accelerated projected gradients."""
    step = 1 / max(float(np.abs(K).sum(axis=1).max()), 1e-12)
    beta = ahead = projected(np.ones(len(K)), most, slack)
    momentum = 1.0
    for _ in range(STEPS):
        new = projected(ahead - step * (K @ ahead - kappa), most, slack)
        following = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + (momentum - 1) / following * (new - beta)
        beta, momentum = new, following
    return beta


def projected(beta: Floats, most: float, slack: float) -> Floats:
    """Give the nearest point with 0 <= β <= most and 1 - slack <= mean β <= 1 + slack."""
    mean = np.clip(beta, 0, most).mean()
    wanted = np.clip(mean, 1 - slack, min(1 + slack, most))
    if wanted == mean:
        return np.clip(beta, 0, most)
    low, high = float(-most - np.abs(beta).max()), float(most + np.abs(beta).max())
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if np.clip(beta + middle, 0, most).mean() < wanted else (low, middle)
    return np.clip(beta + (low + high) / 2, 0, most)
