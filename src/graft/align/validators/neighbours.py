"""Neighbour agreement: near rows of the target, unadapted, are called alike, beyond what class shares explain."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import unit
from graft.align.aligned import Aligned
from graft.align.domains import Source, Target

COUNT = 5


def neighbours(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give the `agreement` of the target's rows in the labels that the method gives them."""
    return agreement(target.X, aligned.target.argmax(axis=1))


def agreement(X: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Give (a - e) / (1 - e): a the share of the 5 nearest rows by cosine with the same label, e by chance.

    Rows (M, D) are centred and of unit length; e = Σ_k share_k²; 0 where all have one label (Cohen 1960).
    """
    T = unit(X - X.mean(axis=0))
    near = T @ T.T
    np.fill_diagonal(near, -np.inf)
    few = min(COUNT, len(T) - 1)
    best = np.argpartition(-near, few - 1, axis=1)[:, :few]
    agree = float(np.mean(labels[best] == labels[:, None]))
    chance = float(np.square(np.bincount(labels) / len(labels)).sum())
    return (agree - chance) / (1 - chance) if chance < 1 else 0.0
