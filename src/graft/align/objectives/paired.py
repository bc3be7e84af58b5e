"""Batches of both domains side by side, with the share of the training that is done."""

from __future__ import annotations

from collections.abc import Iterator

import torch

from graft.train.batches import Batch, Batches, batches_from


class PairedBatches:
    """Batches (*source tensors, *target tensors, progress): batch i of `source` beside batch i of `target`.

    An epoch has as many batches as the longer of the two, while the other begins anew; `progress` repeats the share of
    all batches of `epochs` that came before, once for each source row. The same number gives the same batches.
    """

    def __init__(self, source: Batches, target: Batches, epochs: int) -> None:
        self.source, self.target, self.epochs = source, target, epochs

    def __len__(self) -> int:
        return max(len(self.source), len(self.target))

    @property
    def mark(self) -> str:
        """What tells these batches from others."""
        marks = (str(getattr(part, "mark", "")) for part in (self.source, self.target))
        return f"{' beside '.join(marks)}, {self.epochs} epochs"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        first, total = number * len(self) + start, self.epochs * len(self)
        streams = (_endless(part, first) for part in (self.source, self.target))
        for done, source, target in zip(range(first, (number + 1) * len(self)), *streams, strict=False):
            yield (*source, *target, torch.full((len(source[0]),), min(1.0, done / total)))


def _endless(batches: Batches, first: int) -> Iterator[Batch]:
    number, start = divmod(first, len(batches))
    while True:
        yield from batches_from(batches, number, start)
        number, start = number + 1, 0
