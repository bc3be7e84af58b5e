"""What the training loop walks over: states with targets and weights, changed at random where a strategy says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from graft.errors import did_you_mean
from graft.finetune.sources import PreparedInputs, Source
from graft.finetune.strategy import FinetuneError, View
from graft.train import Batch, Batches, InputBatches
from graft.train.augment.base import Augment, in_turn
from graft.train.augment.colour import colour_jitter
from graft.train.augment.crop import random_resized_crop
from graft.train.augment.flip import flip
from graft.train.augment.gain import gain
from graft.train.augment.noise import noise
from graft.train.augment.shift import shift
from graft.train.augment.spec_augment import spec_augment
from graft.train.augment.token_dropout import token_dropout
from graft.train.order import batch_count, orders, sorted_orders

AUGMENTS: dict[str, tuple[str, Augment]] = {
    "crop": ("image", random_resized_crop(area=(0.7, 1.0))),
    "flip": ("image", flip()),
    "colour": ("image", colour_jitter(0.25, 0.25, 0.25)),
    "tokens": ("text", token_dropout(0.1)),
    "shift": ("audio", shift()),
    "gain": ("audio", gain()),
    "noise": ("audio", noise()),
    "spec-augment": ("audio", spec_augment()),
}


class SourceBatches:
    """Batches (*states, targets, weights) of a source, shuffled anew each epoch; texts of like length together."""

    def __init__(
        self, source: Source, targets: NDArray[Any], weight: NDArray[np.float64], size: int, seed: int
    ) -> None:
        self._source, self._size, self._seed = source, size, seed
        self._targets, self._weight = torch.from_numpy(targets), torch.from_numpy(weight.astype(np.float32))
        self._count = batch_count(len(source), size)

    def __len__(self) -> int:
        return self._count

    def epoch(self, number: int) -> Iterator[Batch]:
        """Give the batches of one epoch."""
        return self.epoch_from(number, 0)

    def epoch_from(self, number: int, start: int) -> Iterator[Batch]:
        """Give the batches of one epoch from batch `start` on."""
        costs = self._source.costs
        how = (self._size, self._seed, number)
        for rows in (orders(len(self._source), *how) if costs is None else sorted_orders(costs, *how))[start:]:
            yield (*self._source.states(rows), self._targets[rows], self._weight[rows])


def make_batches(
    source: Source, targets: NDArray[Any], weight: NDArray[np.float64], view: View, body: Any, seed: int
) -> Batches:
    """Give the batches of a strategy's view; raises FinetuneError on a change it does not know or that does not fit."""
    if not view.augment:
        return SourceBatches(source, targets, weight, view.batch, seed)
    assert isinstance(source, PreparedInputs)
    change = in_turn([AUGMENTS[name][1] for name in view.augment])
    cost = None if source.costs is None else body.length
    return InputBatches(source.items, targets, weight, _same, body.collate, view.batch, seed, change, cost)


def check_view(view: View, modality: str) -> None:
    """Refuse changes at random that are unknown, or made for another kind of input; raises FinetuneError."""
    for name in view.augment:
        if name not in AUGMENTS:
            raise FinetuneError(f"There is no change of inputs {name!r}. {did_you_mean(name, AUGMENTS)}")
        if AUGMENTS[name][0] != modality:
            raise FinetuneError(
                f"{name!r} changes inputs of the kind {AUGMENTS[name][0]!r}, and these are {modality!r}."
            )


def _same(item: Any) -> Any:
    return item
