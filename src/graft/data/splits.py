"""Folds and hold-outs that keep tied samples together and every class as even as it goes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.duplicates import key_codes
from graft.errors import DataError

QUANTILES = 10


def tied(dataset_groups: NDArray[Any] | None, keys: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Give the (N,) number of the tie each sample belongs to.

    Samples are tied when they share a group or their content key (`keys` is (N, 16)), directly or through others: the
    connected components of the graph between samples, groups and contents.
    """
    (codes,) = key_codes(keys)
    if dataset_groups is None:
        return codes
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    groups = np.unique(dataset_groups, return_inverse=True)[1].astype(np.int64)
    size = len(codes) and int(codes.max()) + 1
    nodes = size + (len(groups) and int(groups.max()) + 1)
    graph = coo_matrix((np.ones(len(codes)), (codes, size + groups)), shape=(nodes, nodes))
    components = connected_components(graph, directed=False)[1]
    return np.asarray(components[codes], dtype=np.int64)


def folds(
    targets: NDArray[Any] | None, tied: NDArray[np.int64], n: int, seed: int, stratify: bool = True
) -> NDArray[np.int64]:
    """Give the fold 0..n-1 of each sample.

    Stratified by class, or by target quantile for float targets; samples of one tie share a fold; a class with fewer
    samples than folds goes to as many folds as it has samples. The same seed gives the same folds. Raises DataError
    for fewer than two folds and for fewer ties than folds.
    """
    ties = len(np.unique(tied))
    if n < 2:
        raise DataError(f"{n} folds are no cross-validation: at least 2 are needed.")
    if ties < n:
        raise DataError(f"{n} folds need {n} independent samples, but there are {ties} (copies and groups count once).")
    return _shares(strata(targets, len(tied), stratify), tied, np.full(n, 1 / n), seed)


def holdout(
    targets: NDArray[Any] | None, tied: NDArray[np.int64], share: float, seed: int, stratify: bool = True
) -> NDArray[np.bool_]:
    """Mark about `share` of the samples as held out, stratified and seeded as `folds`; no class is held out whole.

    Raises DataError for a share outside (0, 1), and when there are too few samples to hold any out.
    """
    if not 0 < share < 1:
        raise DataError(f"A share of {share} cannot be held out: it lies between 0 and 1.")
    layers = strata(targets, len(tied), stratify)
    held: NDArray[np.bool_] = _shares(layers, tied, np.asarray([1 - share, share]), seed) == 1
    for layer in np.unique(layers):
        if held[layers == layer].all():
            held &= tied != tied[np.flatnonzero(layers == layer)[0]]
    if not held.any():
        held = _smallest(layers, tied)
    return held


def _smallest(layers: NDArray[np.int64], tied: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Mark the smallest tie that leaves some of every layer behind."""
    numbers, sizes = np.unique(tied, return_counts=True)
    for number in numbers[np.argsort(sizes, kind="stable")]:
        held: NDArray[np.bool_] = tied == number
        if len(np.unique(layers[~held])) == len(np.unique(layers)):
            return held
    raise DataError(f"{len(tied)} samples are too few to hold any out: every class needs two independent samples.")


def strata(targets: NDArray[Any] | None, total: int, stratify: bool = True) -> NDArray[np.int64]:
    """Give the layer of each sample: its class, the quantile of its float target, or one layer for all."""
    if targets is None or not stratify:
        return np.zeros(total, dtype=np.int64)
    if not np.issubdtype(np.asarray(targets).dtype, np.floating):
        return np.unique(targets, return_inverse=True)[1].astype(np.int64)
    ranks = np.argsort(np.argsort(targets, kind="stable"), kind="stable")
    return (ranks * QUANTILES // max(total, 1)).astype(np.int64)


def _shares(
    layers: NDArray[np.int64], tied: NDArray[np.int64], weights: NDArray[np.float64], seed: int
) -> NDArray[np.int64]:
    """Deal samples out in shares of `weights`: ties first, the largest before others, then single samples by layer."""
    random = np.random.default_rng(seed)
    _, unit, sizes = np.unique(tied, return_inverse=True, return_counts=True)
    place = np.full(len(tied), -1, dtype=np.int64)
    totals = np.bincount(layers)
    counts = np.zeros((len(weights), len(totals)))
    _deal_ties(place, counts, layers, unit, sizes, weights, random)
    single = place < 0
    for layer in random.permutation(len(totals)):
        members = random.permutation(np.flatnonzero(single & (layers == layer)))
        quota = _quota(counts, int(layer), len(members), int(totals[layer]), weights)
        place[members] = np.repeat(np.arange(len(weights)), quota)
        counts[:, layer] += quota
    return place


def _deal_ties(
    place: NDArray[np.int64],
    counts: NDArray[np.float64],
    layers: NDArray[np.int64],
    unit: NDArray[np.int64],
    sizes: NDArray[np.int64],
    weights: NDArray[np.float64],
    random: np.random.Generator,
) -> None:
    """Place ties of two and more where their layers are scarcest, then where there is least altogether."""
    totals = np.bincount(layers)
    order = np.argsort(unit, kind="stable")
    starts = np.cumsum(sizes) - sizes
    shuffled = random.permutation(np.flatnonzero(sizes > 1))
    for number in shuffled[np.argsort(-sizes[shuffled], kind="stable")]:
        members = order[starts[number] : starts[number] + sizes[number]]
        layer, weight = np.unique(layers[members], return_counts=True)
        full = ((counts[:, layer] + weight) * (weight / totals[layer])).sum(axis=1) / weights
        best = int(np.lexsort((counts.sum(axis=1) / weights, full.round(9)))[0])
        place[members] = best
        counts[best, layer] += weight


def _quota(
    counts: NDArray[np.float64], layer: int, members: int, total: int, weights: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Say how many single samples of a layer each share gets: what it lacks, the odd ones where most is lacking."""
    lacking = np.maximum(weights * total - counts[:, layer], 0)
    exact = lacking * (members / lacking.sum()) if members else np.zeros(len(weights))
    quota = np.floor(exact + 1e-9).astype(np.int64)
    whole = counts.sum()
    for _ in range(members - int(quota.sum())):
        short = weights * (whole + members) - counts.sum(axis=1) - quota
        open_shares = exact - quota > 1e-9
        quota[int(np.argmax(np.where(open_shares, short, -np.inf)))] += 1
    return quota
