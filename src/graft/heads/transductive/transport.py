"""Optimal transport from queries to classes that are equally frequent among them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.transductive.placing import place, squared_distances

SHARPNESS = 10.0
PACE = 0.2
ROUNDS, SINKHORN = 20, 50


def transport(
    support: Any, labels: Any, queries: Any, *, shares: Any = None, sharpness: float = SHARPNESS
) -> NDArray[np.float64]:
    """Give the (m, K) plan, each row summing to one, from queries to classes of known `shares` (K,), even unless said.

    The plan P minimizes sum P_qk ||z_q - m_k||² - H(P) / sharpness; the means m_k go a fifth of the way, twenty times,
    to the means of support and queries by P. Right only where the shares are: for batches of any composition use
    `laplacian`. Hu et al. 2020, Leveraging the Feature Distribution in Transfer-based Few-Shot Learning
    (arXiv:2006.03806); Cuturi 2013 (arXiv:1306.0895). Raises FeatureError as `place` does.
    """
    both = place(support, labels, queries)
    count = both.shares.shape[1]
    wanted = np.full(count, 1 / count) if shares is None else np.asarray(shares, dtype=np.float64) / np.sum(shares)
    means = both.prototypes()
    plan = balanced(-sharpness * squared_distances(both.queries, means), wanted)
    for _ in range(ROUNDS):
        means = means + PACE * (both.prototypes(plan) - means)
        plan = balanced(-sharpness * squared_distances(both.queries, means), wanted)
    return plan


def balanced(scores: NDArray[np.float64], shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scale exp(scores) (m, K) by rows and columns in turn: columns to m times the shares, then rows to one."""
    plan: NDArray[np.float64] = np.exp(scores - scores.max(axis=1, keepdims=True)) + 1e-300
    plan /= plan.sum(axis=1, keepdims=True)
    for _ in range(SINKHORN):
        plan *= len(plan) * shares / plan.sum(axis=0)
        plan /= plan.sum(axis=1, keepdims=True)
    return plan
