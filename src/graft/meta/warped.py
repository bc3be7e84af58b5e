"""Tasks whose images are each seen through a random affine map, so that a network learns not to mind it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from graft.pretraining.views import DRAWING, Views, view
from graft.train.batches import Batch, Batches, batches_from


class Warped:
    """The batches of `batches` with a random view of each (S, S, 3) image; what else is in a batch stays as it is.

    The views of a batch depend on the seed, the epoch and the batch's number alone.
    """

    def __init__(self, batches: Batches, views: Views = DRAWING, seed: int = 0) -> None:
        self.batches, self.views, self.seed = batches, views, seed

    def __len__(self) -> int:
        return len(self.batches)

    @property
    def mark(self) -> str:
        """What tells these batches from others."""
        return f"{getattr(self.batches, 'mark', '')}, seen through {self.views}, seed {self.seed}"

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch; the same number gives the same batches."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        for index, batch in enumerate(batches_from(self.batches, number, start), start):
            random = np.random.SeedSequence((self.seed, number, index)).generate_state(1, np.uint64)
            generator = torch.Generator().manual_seed(int(random[0] >> np.uint64(1)))
            yield tuple(self._seen(tensor, generator) if tensor.dtype == torch.uint8 else tensor for tensor in batch)

    def _seen(self, images: Tensor, random: torch.Generator) -> Tensor:
        flat = images.reshape(-1, *images.shape[-3:])
        return view(flat, flat.shape[1], self.views, random).view(images.shape)
