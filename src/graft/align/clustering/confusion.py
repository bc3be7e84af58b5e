"""MCC: minimum class confusion on the target, with a linear head."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, HeadMaker
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem, softmax_gradient, trained
from graft.align.placing import place

TEMPERATURE = 2.5


def minimum_confusion(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, strength: float = 1.0
) -> Aligned:
    """Fit a linear head with cross-entropy on the source plus strength · `class_confusion` on the target.

    Jin et al. 2020, Minimum Class Confusion for Versatile Domain Adaptation (arXiv:1912.03699). The head is always
    linear: `head_maker` is not asked.
    """
    S, T, placing = place(source, target, apart=True)
    problem = Problem(S, source.indicators, source.weights, T)
    return trained("minimum-confusion", placing, problem, class_confusion, strength)


def class_confusion(scores: Floats) -> tuple[float, Floats]:
    """Give the share of confusion between different classes of (M, K) scores, and its gradient.

    p = softmax(score / 2.5); wᵢ ∝ 1 + exp(-entropy of pᵢ), of sum M (held fixed in the gradient); C = Σ wᵢ pᵢ pᵢᵀ with
    each row divided by its sum; the value is (Σ C - tr C) / K.
    """
    logs = log_softmax(scores / TEMPERATURE)
    p = np.exp(logs)
    certain = 1 + np.exp((p * logs).sum(axis=1))
    w = (len(p) * certain / certain.sum())[:, None]
    C = (w * p).T @ p
    total = np.maximum(C.sum(axis=1), 1e-12)
    K = len(C)
    value = 1 - float((np.diag(C) / total).sum()) / K
    slope_C = np.diag(C)[:, None] / total[:, None] ** 2 - np.diag(1 / total)
    slope = w * (p @ (slope_C + slope_C.T)) / K
    return value, softmax_gradient(p, slope) / TEMPERATURE
