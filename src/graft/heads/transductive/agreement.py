"""Agreement: what a classifier says of a batch, brought to agree among near neighbours; nothing else is asked of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import FeatureError, check_matrix
from graft.heads.neighbours import nearest
from graft.heads.transductive.laplacian import NEIGHBOURS, STRENGTH, settled

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def agreement(
    log_proba: NDArray[Any], places: Sequence[Any], *, neighbours: int = NEIGHBOURS, strength: float = STRENGTH
) -> NDArray[np.float64]:
    """Give the (m, K) y that minimize sum_q y_q @ (log y_q - log p_q) - strength/2 sum_{pq} w_pq y_p @ y_q.

    LaplacianShot with any classifier's (m, K) log p in place of distances to prototypes: see `laplacian`. `places` are
    (m, D) features, one array for each backbone; w is the mean of the affinities by cosine of their centred rows.
    Ziko et al. 2020 (arXiv:2006.15486). Raises FeatureError where there are no features, or of other rows.
    """
    logs = np.asarray(log_proba, dtype=np.float64)
    if not places or any(len(place) != len(logs) for place in places):
        raise FeatureError(f"Agreement needs features of the {len(logs)} rows that are answered, and has other ones.")
    near: Any = sum(cosine_affinity(place, neighbours) for place in places)
    return settled(-logs, near * (strength / len(places)))


def cosine_affinity(X: Any, neighbours: int) -> csr_matrix:
    """Give the symmetric (m, m) affinities of (m, D) features: half for being among the nearest of the other."""
    from scipy.sparse import csr_matrix

    Z = np.asarray(check_matrix(X), dtype=np.float64)
    Z = Z - Z.mean(axis=0)
    Z /= np.maximum(np.linalg.norm(Z, axis=1, keepdims=True), 1e-12)
    count, rows = min(neighbours, len(Z) - 1), np.arange(len(Z))
    if count < 1:
        return csr_matrix((len(Z), len(Z)))
    near, _ = nearest(Z.astype(np.float32), Z.astype(np.float32), count, (rows, rows))
    ones = np.full(near.size, 0.5)
    one_way = csr_matrix((ones, near.ravel(), np.arange(0, near.size + 1, count)), shape=(len(Z), len(Z)))
    return csr_matrix(one_way + one_way.T)
