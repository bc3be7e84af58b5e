"""Neighbour agreement: near rows of the target, unadapted, are called alike, beyond what class shares explain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import unit
from graft.align.aligned import Aligned
from graft.align.domains import Source, Target

COUNT, MOST, AT_ONCE = 5, 2000, 500


def neighbours(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give the `agreement` of the target's rows in the labels that the method gives them."""
    return agreement(target.X, aligned.target.argmax(axis=1))


def agreement(X: NDArray[Any], labels: NDArray[np.int64]) -> float:
    """Give (a - e) / (1 - e): a the share of the 5 nearest rows by cosine with the same label, e by chance.

    Rows (M, D) are centred and of unit length; e = Σ_k share_k²; 0 where all have one label (Cohen 1960). Of more than
    2,000 rows the neighbours of that many, drawn by a fixed seed, are looked at among all.
    """
    T = unit(X - X.mean(axis=0))
    asked = np.sort(np.random.default_rng(0).permutation(len(T))[:MOST])
    few = min(COUNT, len(T) - 1)
    agree = float(np.mean([labels[best] == labels[row] for row, best in _nearest(T, asked, few)]))
    chance = float(np.square(np.bincount(labels) / len(labels)).sum())
    return (agree - chance) / (1 - chance) if chance < 1 else 0.0


def _nearest(T: NDArray[np.float64], asked: NDArray[np.int64], few: int) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Give each row asked for with its `few` nearest others, some rows at a time so that memory stays flat."""
    for start in range(0, len(asked), AT_ONCE):
        rows = asked[start : start + AT_ONCE]
        near = T[rows] @ T.T
        near[np.arange(len(rows)), rows] = -np.inf
        yield from zip(rows.tolist(), np.argpartition(-near, few - 1, axis=1)[:, :few], strict=True)
