"""Optimal transport with class regularization: each source row goes to the mean of the target rows it is sent to."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, squared_distances
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place

ROUNDS = 5


def transport(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, entropy: float = 0.1, group: float = 0.5
) -> Aligned:
    """Fit on the transported source Ŝ = diag(1 / a) γ T, (N, r), at which the target rows are as they are.

    γ (N, M) minimizes <γ, C> + entropy Σ γ (log γ - 1) + group Σⱼ Σ_c √(M γ(I_c, j)) / M with row sums a (the source's
    weights) and equal column sums; C are squared distances over their mean; I_c the source rows of class c, so that
    a target row prefers mass of few classes. Courty et al. 2017, Optimal Transport for Domain Adaptation; solved as
    `class_plan` says.
    """
    S, T, placing = place(source, target, apart=True)
    plan = class_plan(S, source, T, entropy, group)
    moved = plan @ T / np.maximum(plan.sum(axis=1, keepdims=True), 1e-300)
    return aligned("transport", placing, fit_head(head_maker, moved, source), (moved, T))


def class_plan(S: Floats, source: Source, T: Floats, entropy: float, group: float) -> Floats:
    """Give the (N, M) plan by five rounds of majorization-minimization, each an entropic transport by POT.

    A round's cost has the slope of √mass added: group / 2 · (M · mass that class c sends to tⱼ + 1e-3)^(-½).
    """
    import ot

    a = np.maximum(source.weights, 1e-9)
    a, b = a / a.sum(), np.full(len(T), 1 / len(T))
    cost = squared_distances(S, T)
    cost = cost / cost.mean()
    slope = np.zeros_like(cost)
    for _ in range(ROUNDS):
        plan: Floats = ot.sinkhorn(a, b, cost + group * slope, entropy, numItermax=500, stopThr=1e-6, warn=False)
        sent = (source.indicators.T @ plan) * len(T)
        slope = 0.5 / np.sqrt(sent + 1e-3)[source.y]
    return plan
