"""Batches of random views, that depend on the seed, the epoch and the batch alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from graft.pretraining.store import Store
from graft.pretraining.views import Views, view
from graft.train.batches import Batch
from graft.train.order import batch_count, orders


class ViewBatches:
    """Batches of `count` views (B, S, S, 3) of each image of a store, and behind them the rows of `others` (N, ...)."""

    def __init__(
        self,
        store: Store,
        side: int,
        views: Views,
        *,
        count: int,
        size: int,
        seed: int,
        others: tuple[Tensor, ...] = (),
    ) -> None:
        self.store, self.side, self.views, self.count = store, side, views, count
        self.size, self.seed, self.others = size, seed, others
        self._batches = batch_count(len(store.pixels), size)

    def __len__(self) -> int:
        return self._batches

    @property
    def mark(self) -> str:
        """What tells these batches from others."""
        return f"{self.store.mark}, {self.count} of {self.views} by {self.size}, seed {self.seed}"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        for index, rows in enumerate(orders(len(self.store.pixels), self.size, self.seed, number)[start:], start):
            random = torch.Generator().manual_seed(_seed(self.seed, number, index))
            images, picked = torch.from_numpy(self.store.pixels[np.sort(rows)]), torch.from_numpy(np.sort(rows))
            seen = (view(images, self.side, self.views, random) for _ in range(self.count))
            yield (*seen, *(other[picked] for other in self.others))


def _seed(*numbers: int) -> int:
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
