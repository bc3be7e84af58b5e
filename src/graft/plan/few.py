"""What counts as few labels, or few groups: so few that choosing by them would be noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.averaging import TEMPER

FEW = 32
LEAST_SHARE = 0.05  # of the largest: what counts for less in an average has no part in it
ENOUGH_GROUPS = 6  # 2 · 0.5⁶ < 0.05: with fewer, even the same verdict in each could be luck


def few_labels(count: int, n_classes: int) -> bool:
    """Say whether `count` labels are 32 a class or less; never of amounts, which have no classes."""
    return 0 < count <= FEW * n_classes


def few_groups(tied: NDArray[Any], n_classes: int) -> bool:
    """Say whether the (N,) samples lie in two to five groups; never of amounts, nor where each stands alone."""
    count = len(np.unique(tied))
    return n_classes > 0 and 1 < count < ENOUGH_GROUPS and count < len(tied)


def counting(tied: NDArray[Any], judging: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Give what each of the (N,) samples counts for where groups are few: 1, or 32 / n in a group of n > 32 that judge.

    They err together: with a count for each, many would make a choice of the average.
    """
    group = np.unique(tied, return_inverse=True)[1]
    sizes = np.bincount(group, judging)
    found: NDArray[np.float64] = np.minimum(1.0, FEW / np.maximum(sizes, 1))[group]
    return found


def outweighed(losses: NDArray[np.float64], best: NDArray[np.float64], tied: NDArray[Any]) -> str:
    """Say by how much (N,) losses are worse than the best ones, where an average would give them no part; else nothing.

    A standard error over two or three groups would tell nothing.
    """
    both = np.isfinite(losses) & np.isfinite(best)
    gap = np.where(both, losses, 0.0) - np.where(both, best, 0.0)
    lost = TEMPER * float(gap @ counting(tied, both))
    return f"{gap[both].mean():.3f}" if lost > math.log(1 / LEAST_SHARE) else ""
