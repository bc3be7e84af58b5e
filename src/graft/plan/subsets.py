"""Subsets of labelled samples that stay alike as they grow: every class from the first, in the shares of all."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.splits import strata


def stratified_order(targets: NDArray[Any], seed: int) -> NDArray[np.int64]:
    """Give the (N,) order in which samples are taken, so that the first n of them are stratified for any n.

    The first are one of each class (or of each tenth of the amounts); from then on every class has its share of all
    samples, give or take one. The same seed gives the same order.
    """
    random = np.random.default_rng(seed)
    layers = strata(targets, len(targets))
    key = np.empty(len(layers))
    for layer in np.unique(layers):
        members = random.permutation(np.flatnonzero(layers == layer))
        key[members] = (np.arange(len(members)) + random.random()) / len(members)
        key[members[0]] -= 1
    return np.argsort(key, kind="stable")


def growing_sizes(least: int, most: int, count: int) -> list[int]:
    """Give up to `count` whole numbers from `least` to `most`, each about as many times the one before."""
    if most <= least:
        return [most]
    return sorted({round(size) for size in np.geomspace(least, most, count)})
