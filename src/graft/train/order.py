"""The order of samples in an epoch, from the seed and the epoch's number alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.train.recipe import TrainError

POOL = 16


def batch_count(count: int, size: int) -> int:
    """Give ceil(N / size); raises TrainError when there are no samples or the size is not positive."""
    if count < 1 or size < 1:
        raise TrainError(f"Batches of {size} from {count} samples cannot be made; both must be at least 1.")
    return -(-count // size)


def orders(count: int, size: int, seed: int, number: int) -> list[NDArray[np.int64]]:
    """Give the samples of each batch of an epoch: a seeded shuffle cut into ceil(N / size) parts, alike to within one.

    Parts alike leave no batch of a single sample behind, on which batch norm fails.
    """
    shuffled = np.random.default_rng((seed, number)).permutation(count)
    return list(np.array_split(shuffled, batch_count(count, size)))


def sorted_orders(costs: NDArray[np.float64], size: int, seed: int, number: int) -> list[NDArray[np.int64]]:
    """Give batches of like cost: a shuffle sorted by cost within pools of 16 batches, whose order is then shuffled.

    Little is padded, and yet every epoch has other batches.
    """
    random = np.random.default_rng((seed, number))
    shuffled = random.permutation(len(costs))
    batches = batch_count(len(costs), size)
    place = np.array([], dtype=np.int64)
    for pool in np.array_split(shuffled, -(-batches // POOL)):
        place = np.concatenate([place, pool[np.argsort(costs[pool], kind="stable")]])
    parts = np.array_split(place, batches)
    return [parts[index] for index in random.permutation(batches)]
