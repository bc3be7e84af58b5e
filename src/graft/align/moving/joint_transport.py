"""Joint distribution optimal transport: features and labels are transported together."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax, squared_distances
from graft.align.aligned import Aligned, HeadMaker, aligned, linear_head
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem, scores
from graft.align.placing import place

ROUNDS = 5


def joint_transport(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, features: float = 1.0
) -> Aligned:
    """Alternate five times between a plan γ (N, M) and a linear head f on the target.

    γ is the exact optimal transport for the cost features · ||sᵢ - tⱼ||² / mean + (-log f(tⱼ)[yᵢ]) / mean; f is fitted
    with cross-entropy to the labels that γ brings to each tⱼ. Starts from the source's linear head. Courty et al. 2017,
    Joint Distribution Optimal Transportation for Domain Adaptation (arXiv:1705.08848). `head_maker` is not asked.
    """
    import ot

    S, T, placing = place(source, target, apart=True)
    theta = Problem(S, source.indicators, source.weights, T).source_only()
    C = squared_distances(S, T)
    C = features * C / C.mean()
    a = np.maximum(source.weights, 1e-9)
    a, b = a / a.sum(), np.full(len(T), 1 / len(T))
    for _ in range(ROUNDS):
        plan: Floats = ot.emd(a, b, joint_cost(C, theta, T, source), numItermax=1_000_000)
        labels = plan.T @ source.indicators
        shares = labels / np.maximum(labels.sum(axis=1, keepdims=True), 1e-300)
        problem = Problem(T, shares, np.ones(len(T)), T)
        theta = problem.solve(None, 0.0, theta)
    return aligned("joint-transport", placing, linear_head(theta[:, :-1], theta[:, -1]), (S, T))


def joint_cost(C: Floats, theta: Floats, T: Floats, source: Source) -> Floats:
    """Give the (N, M) cost of features plus the label loss over its mean."""
    loss = -log_softmax(scores(theta, T))[:, source.y].T
    cost: Floats = np.ascontiguousarray(C + loss / loss.mean())
    return cost
