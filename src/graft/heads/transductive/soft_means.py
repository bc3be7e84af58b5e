"""Soft k-means from the support: queries move the class means as far as they are believed to belong to them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.softmax import softmax
from graft.heads.transductive.placing import place, squared_distances

ROUNDS = 10
SHARPNESS = 10.0


def soft_means(support: Any, labels: Any, queries: Any, *, sharpness: float = SHARPNESS) -> NDArray[np.float64]:
    """Give (m, K) softmax(-b/2 ||z - m_k||²), the means m_k of support and weighted queries taken ten times anew.

    Like k-means it draws to classes of like size, and loses on batches where they are not. Ren et al. 2018,
    Meta-Learning for Semi-Supervised Few-Shot Classification (arXiv:1803.00676). Raises FeatureError as `place` does.
    """
    both = place(support, labels, queries)
    means = both.prototypes()
    for _ in range(ROUNDS):
        means = both.prototypes(softmax(-sharpness / 2 * squared_distances(both.queries, means)))
    return softmax(-sharpness / 2 * squared_distances(both.queries, means))
