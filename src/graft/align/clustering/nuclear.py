"""BNM: the target's predictions made sure and diverse by their nuclear norm, with a linear head."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, HeadMaker
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem, softmax_gradient, trained
from graft.align.placing import place


def nuclear_norm(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, strength: float = 1.0
) -> Aligned:
    """Fit a linear head with cross-entropy on the source plus strength · `negative_nuclear_norm` on the target.

    Cui et al. 2020, Towards Discriminability and Diversity: Batch Nuclear-norm Maximization (arXiv:2003.12237), with
    the whole target as the batch. The head is always linear: `head_maker` is not asked.
    """
    S, T, placing = place(source, target, apart=True)
    problem = Problem(S, source.indicators, source.weights, T)
    return trained("nuclear-norm", placing, problem, negative_nuclear_norm, strength)


def negative_nuclear_norm(scores: Floats) -> tuple[float, Floats]:
    """Give -||P||₊ / √(M K) of the (M, K) probabilities of scores, and its gradient -U Vᵀ / √(M K) through softmax.

    The largest value ||P||₊ can take is √(M · min(M, K)), so that the value lies between -1 and 0.
    """
    p = np.exp(log_softmax(scores))
    U, singular, Vt = np.linalg.svd(p, full_matrices=False)
    size = np.sqrt(p.size)
    return -float(singular.sum()) / size, softmax_gradient(p, -(U @ Vt) / size)
