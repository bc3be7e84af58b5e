"""Sampling: as much of the data as there is time to embed, every class and part in the share it had."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset
from graft.plan.parts import Parts
from graft.plan.subsets import stratified_order

LEAST_KEPT = 64


def some_of(dataset: Dataset, share: float, seed: int = 0) -> Dataset:
    """Give a random share of the samples, in their order; each class of each part keeps at least one of its own."""
    count = max(round(share * len(dataset)), LEAST_KEPT)
    if count >= len(dataset):
        return dataset
    return dataset.take(np.sort(stratified_order(_labels(dataset), seed)[:count]))


def shrink(parts: Parts, share: float) -> tuple[Parts, list[str]]:
    """Give all parts with a share of their samples, and the sentence that says so."""
    learn = some_of(parts.learn, share)
    test, target = (None if part is None else some_of(part, share) for part in (parts.test, parts.target))
    told = f"{len(learn)} of the {len(parts.learn)} samples to learn from"
    if test is not None and parts.test is not None:
        told += f" and {len(test)} of the {len(parts.test)} to test on"
    if target is not None and parts.target is not None:
        told += f" and {len(target)} of the {len(parts.target)} to adapt to"
    said = f"The budget has time to embed {told}, taken at random; a longer --budget uses them all."
    return dataclasses.replace(parts, learn=learn, test=test, target=target), [said]


def _labels(dataset: Dataset) -> NDArray[Any]:
    if dataset.targets is None:
        return np.zeros(len(dataset), np.int64)
    if dataset.parts is None or not dataset.classes:
        return dataset.targets
    return dataset.targets.astype(np.int64) * len(dataset) + np.unique(dataset.parts, return_inverse=True)[1]
