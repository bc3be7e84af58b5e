"""Maximum mean discrepancy between two sets of rows, and how often chance alone would make it as large."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from graft.align.algebra import Floats, squared_distances, width_of

MOST, PERMUTATIONS = 400, 200


class Discrepancy(NamedTuple):
    """The unbiased squared MMD and the permutation p-value of "both domains are one"."""

    squared: float
    p_value: float


def discrepancy(S: Floats, T: Floats, seed: int = 0) -> Discrepancy:
    """Give MMD² = mean k(s, s') + mean k(t, t') - 2 mean k(s, t), s ≠ s', t ≠ t', k = exp(-||a - b||² / median).

    Up to 400 rows of each, drawn by the seed; p = (1 + permutations at least as large) / 201. Gretton et al. 2012,
    A Kernel Two-Sample Test.
    """
    draw = np.random.default_rng(seed)
    S, T = (X[np.sort(draw.permutation(len(X))[:MOST])] for X in (S, T))
    both = np.concatenate([S, T])
    K = np.exp(-squared_distances(both, both) / width_of(S, T))
    np.fill_diagonal(K, 0.0)
    mark = np.repeat([1.0, 0.0], [len(S), len(T)])
    value = _squared(K, mark)
    larger = sum(_squared(K, draw.permutation(mark)) >= value - 1e-12 for _ in range(PERMUTATIONS))
    return Discrepancy(value, (1 + larger) / (1 + PERMUTATIONS))


def _squared(K: Floats, mark: Floats) -> float:
    n, m = mark.sum(), (1 - mark).sum()
    within, across = mark @ K @ mark, mark @ K @ (1 - mark)
    other = (1 - mark) @ K @ (1 - mark)
    return float(within / max(n * (n - 1), 1) + other / max(m * (m - 1), 1) - 2 * across / (n * m))
