"""Information maximization: each target row sure of its class, all classes used, with a linear head."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, HeadMaker
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem, softmax_gradient, trained
from graft.align.placing import place


def information(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, strength: float = 0.3) -> Aligned:
    """Fit a linear head with cross-entropy on the source plus strength · `negative_information` on the target.

    Krause, Perona and Gomes 2010, Discriminative Clustering by Regularized Information Maximization; Shi and Sha 2012
    for domains. The head is always linear: `head_maker` is not asked.
    """
    S, T, placing = place(source, target, apart=True)
    problem = Problem(S, source.indicators, source.weights, T)
    return trained("information", placing, problem, negative_information, strength)


def negative_information(scores: Floats) -> tuple[float, Floats]:
    """Give mean entropy of the rows minus entropy of the mean row of (M, K) scores' probabilities, and its gradient."""
    logs = log_softmax(scores)
    p = np.exp(logs)
    mean = np.maximum(p.mean(axis=0), 1e-300)
    value = float((mean * np.log(mean)).sum() - (p * logs).sum() / len(p))
    return value, softmax_gradient(p, (np.log(mean) - logs) / len(p))
