"""Batches of inputs prepared on the fly: decoded, changed at random and put together in threads beside the training."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.backbones.runtime import usable_cores
from graft.train.augment.base import Augment
from graft.train.augment.mixing import Mix
from graft.train.batches import Batch
from graft.train.order import batch_count, orders, sorted_orders
from graft.train.recipe import TrainError

AHEAD = 2


class InputBatches:
    """Batches (*collate(prepared inputs), targets, weights) of lazy inputs.

    `prepare` runs in threads, `augment` after it, with random numbers of the sample and the epoch alone; `mix` changes
    a whole batch. With `cost` (of a prepared input, its tokens say) all inputs are prepared once and kept, and batches
    hold inputs of like cost. `targets` are (N,) or (N, K), `weight` (N,) or None for ones. Raises TrainError where
    lengths differ; what `prepare` raises is passed on.
    """

    def __init__(
        self,
        inputs: Sequence[Any],
        targets: NDArray[Any],
        weight: NDArray[Any] | None,
        prepare: Callable[[Any], Any],
        collate: Callable[[Sequence[Any]], tuple[Tensor, ...]],
        size: int,
        seed: int = 0,
        augment: Augment | None = None,
        cost: Callable[[Any], float] | None = None,
        mix: Mix | None = None,
    ) -> None:
        weights = np.ones(len(inputs)) if weight is None else np.asarray(weight)
        if not len(inputs) == len(targets) == len(weights):
            raise TrainError(
                f"{len(inputs)} inputs, {len(targets)} targets and {len(weights)} weights do not fit together."
            )
        self.size, self.seed = size, seed
        self._inputs, self._prepare, self._collate = inputs, prepare, collate
        self._augment, self._cost, self._mix = augment, cost, mix
        self._targets = torch.from_numpy(_plain(np.asarray(targets)))
        self._weights = torch.from_numpy(weights.astype(np.float32))
        self._batches = batch_count(len(inputs), size)
        self._costs: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return self._batches

    @property
    def mark(self) -> str:
        """What tells these batches from others: targets, weights, size and seed, but not the inputs' content."""
        digest = hashlib.sha256(self._targets.numpy().tobytes() + self._weights.numpy().tobytes())
        return f"{digest.hexdigest()[:16]} by {self.size}, seed {self.seed}"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        with ThreadPoolExecutor(usable_cores(), "graft-train") as pool:
            waiting: deque[tuple[int, NDArray[np.int64], list[Future[Any]]]] = deque()
            try:
                for index, rows in enumerate(self._orders(number, pool)[start:], start):
                    waiting.append((index, rows, [pool.submit(self._one, number, int(row)) for row in rows]))
                    if len(waiting) > AHEAD:
                        yield self._batch(number, *waiting.popleft())
                while waiting:
                    yield self._batch(number, *waiting.popleft())
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def _orders(self, number: int, pool: ThreadPoolExecutor) -> list[NDArray[np.int64]]:
        if self._cost is None:
            return orders(len(self._inputs), self.size, self.seed, number)
        if self._costs is None:
            self._inputs, self._prepare = list(pool.map(self._prepare, self._inputs)), _same
            self._costs = np.array([self._cost(item) for item in self._inputs], dtype=np.float64)
        return sorted_orders(self._costs, self.size, self.seed, number)

    def _one(self, number: int, row: int) -> Any:
        prepared = self._prepare(self._inputs[row])
        if self._augment is None:
            return prepared
        return self._augment(prepared, np.random.default_rng((self.seed, number, row)))

    def _batch(self, number: int, index: int, rows: NDArray[np.int64], futures: list[Future[Any]]) -> Batch:
        picked = torch.from_numpy(rows)
        items = [future.result() for future in futures]
        batch = (*self._collate(items), self._targets[picked], self._weights[picked])
        if self._mix is None:
            return batch
        return self._mix(batch, np.random.default_rng((self.seed, number, index, len(self._inputs))))


def _same(item: Any) -> Any:
    return item


def _plain(targets: NDArray[Any]) -> NDArray[Any]:
    """Give whole numbers as int64 and others as float32, in an array of their own."""
    if targets.dtype.kind not in "iufb":
        raise TrainError(f"Targets must be class numbers or numbers, not of type {targets.dtype}.")
    return targets.astype(np.int64 if targets.dtype.kind in "iub" else np.float32)
