"""What a loop walks over: batches that depend on the seed and the epoch's number alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor

from graft.train.checkpoint import checksum
from graft.train.order import batch_count, orders
from graft.train.recipe import TrainError

Batch = tuple[Tensor, ...]


class Batches(Protocol):
    """Batches of samples, epoch after epoch; the first axis of every tensor of a batch is its samples."""

    def __len__(self) -> int:
        """Give the batches in an epoch."""

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch; the same number gives the same batches, whatever came before."""


@runtime_checkable
class Skipping(Protocol):
    """Batches that can start amid an epoch without making the ones before."""

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""


def batches_from(batches: Batches, number: int, start: int) -> Iterator[Batch]:
    """Give the batches of an epoch from batch `start` on."""
    if isinstance(batches, Skipping):
        return batches.epoch_from(number, start)
    return islice(batches.epoch(number), start, None)


class ArrayBatches:
    """Batches of tensors in memory, whose first axes are all as long; `size` samples a batch, shuffled anew each epoch.

    Raises TrainError where the lengths differ.
    """

    def __init__(self, *tensors: Tensor, size: int = 32, seed: int = 0) -> None:
        if not tensors:
            raise TrainError("Batches need at least one array.")
        lengths = {len(tensor) for tensor in tensors}
        if len(lengths) != 1:
            raise TrainError(f"The arrays of batches must be equally long, not {sorted(lengths)}.")
        self.tensors = tensors
        self.size = size
        self.seed = seed
        self.count = lengths.pop()
        self._batches = batch_count(self.count, size)

    def __len__(self) -> int:
        return self._batches

    @property
    def mark(self) -> str:
        """What tells these batches from others: their tensors, size and seed."""
        content = checksum({str(number): tensor for number, tensor in enumerate(self.tensors)})
        return f"{content:08x} by {self.size}, seed {self.seed}"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        for rows in orders(self.count, self.size, self.seed, number)[start:]:
            picked = torch.from_numpy(rows)
            yield tuple(tensor[picked] for tensor in self.tensors)


def rows_of(batch: Sequence[Tensor]) -> int:
    """Give the number of samples in a batch."""
    return len(batch[0])
