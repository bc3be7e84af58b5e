"""Separation: how far apart the predicted classes lie among the target's own, unadapted rows."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import unit
from graft.align.aligned import Aligned
from graft.align.domains import Source, Target


def separation(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give the mean over target rows of cos(t, mean of the own class) - cos(t, nearest mean of another).

    Rows (M, D) are centred and of unit length; a class of one row counts as 0: a simplified silhouette (Rousseeuw
    1987). Used on predicted labels as class information in Robbiano et al. 2021 and Musgrave et al. 2022.
    """
    T = unit(target.X - target.X.mean(axis=0))
    labels = aligned.target.argmax(axis=1)
    share = np.eye(source.count)[labels]
    sizes = share.sum(axis=0)
    sums = share.T @ T
    near = T @ unit(sums).T
    own_mean = unit(sums[labels] - T)
    own = np.where(sizes[labels] > 1, np.einsum("nd,nd->n", T, own_mean), 0.0)
    near[:, sizes == 0] = -1.0
    near[np.arange(len(T)), labels] = -1.0
    return float(np.mean(own - near.max(axis=1)))
