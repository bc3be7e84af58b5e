"""Stratified folds that keep groups together, seeded, in NumPy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def stratified_folds(
    y: NDArray[np.int64], count: int, seed: int = 0, group: NDArray[np.int64] | None = None
) -> NDArray[np.int64]:
    """Give the (N,) fold of each sample, 0 to count - 1, or -1 for those that are never held out.

    Units (samples, or all samples of one group) are shuffled and dealt out class by class, the largest first, each to
    the fold that has the fewest of its class, then the fewest of all. A class found in one unit only is never held
    out, because no fit without that unit could know it.
    """
    if group is None or len(np.unique(group)) == len(y):
        return _deal_samples(y, count, seed)
    return _deal_groups(y, count, seed, group)


def some_rows(
    y: NDArray[np.int64], seed: int = 0, group: NDArray[np.int64] | None = None, few: int = 10_000, per_class: int = 100
) -> NDArray[np.int64]:
    """Give the sorted indices of about max(few, per_class * classes) samples, or of all when there are no more.

    Without groups they are stratified; with groups, whole groups are taken at random.
    """
    wanted = max(few, per_class * (int(y.max()) + 1))
    if len(y) <= wanted:
        return np.arange(len(y))
    if group is None:
        fold = _deal_samples(y, -(-len(y) // wanted), seed)
        return np.flatnonzero(fold <= 0)
    order = np.random.default_rng(seed).permutation(int(group.max()) + 1)
    before = np.cumsum(np.bincount(group)[order])
    taken = np.zeros(len(order), dtype=bool)
    taken[order[before <= max(wanted, before[0])]] = True
    return np.flatnonzero(taken[group])


def _deal_samples(y: NDArray[np.int64], count: int, seed: int) -> NDArray[np.int64]:
    shuffled = np.random.default_rng(seed).permutation(len(y))
    order = shuffled[np.argsort(y[shuffled], kind="stable")]
    folds = np.empty(len(y), dtype=np.int64)
    folds[order] = np.arange(len(y)) % count
    folds[np.bincount(y)[y] < 2] = -1
    return folds


def _deal_groups(y: NDArray[np.int64], count: int, seed: int, group: NDArray[np.int64]) -> NDArray[np.int64]:
    pairs, pair_of = np.unique(np.stack([group, y]), axis=1, return_inverse=True)
    sizes = np.bincount(pair_of.ravel())
    members: dict[int, list[tuple[int, int]]] = {}
    for (unit, label), size in zip(pairs.T.tolist(), sizes.tolist(), strict=True):
        members.setdefault(unit, []).append((label, size))
    alone = np.bincount(pairs[1]) < 2
    units = np.random.default_rng(seed).permutation(list(members))
    largest_first = sorted(units.tolist(), key=lambda unit: -sum(size for _, size in members[unit]))
    held = np.zeros((count, int(y.max()) + 1))
    fold_of = np.full(int(group.max()) + 1, -1)
    for unit in largest_first:
        labels, counts = np.array(members[unit]).T
        if alone[labels].any():
            continue
        fold = int(np.lexsort((held.sum(axis=1), held[:, labels].sum(axis=1)))[0])
        held[fold, labels] += counts
        fold_of[unit] = fold
    return fold_of[group]
