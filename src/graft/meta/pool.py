"""Samples ready to be drawn into tasks: prepared once, run through the front of a network, turned where asked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.backbones.base import Backbone
from graft.backbones.runtime import usable_cores
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.meta.source import check_kind
from graft.meta.tail import Tail

CHUNK = 64


@dataclass(frozen=True, eq=False)
class Pool:
    """`states` are tensors (N, ...) that a Tail reads, `codes` (N,) the numbers of their classes, counted from 0."""

    states: tuple[Tensor, ...]
    codes: NDArray[np.int64]

    @cached_property
    def members(self) -> list[NDArray[np.int64]]:
        """The samples of each class."""
        return [np.flatnonzero(self.codes == code) for code in range(int(self.codes.max(initial=-1)) + 1)]

    @property
    def mark(self) -> str:
        """What tells this pool from another: its shapes and a checksum of its numbers."""
        total = sum(float(state.double().abs().sum()) for state in self.states)
        return f"{[tuple(state.shape) for state in self.states]} {total!r} {len(self.members)} classes"

    def rows(self, index: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Give the states of samples by index, in the shape of the index."""
        picked = torch.from_numpy(index.ravel())
        return tuple(state[picked].view(*index.shape, *state.shape[1:]) for state in self.states)


def pool_of(dataset: Dataset, backbone: Backbone, tail: Tail, *, turns: bool = False) -> Pool:
    """Prepare every sample of a Dataset; with `turns` each class comes four times, turned by 0, 90, 180, 270 degrees.

    Turned classes are numbered k + K t. Raises DataError for an unreadable sample, for inputs of another kind than the
    backbone reads, or where what is no image is turned.
    """
    if turns and dataset.modality != "image":
        raise DataError(f"Only images can be turned for more classes, and these are {dataset.modality}s.")
    check_kind(dataset, backbone.card.modality, backbone.card.name)
    with ThreadPoolExecutor(usable_cores()) as pool:
        prepared = list(pool.map(backbone.prepare, dataset.inputs))
    codes = np.asarray(dataset.targets, dtype=np.int64)
    if turns:
        prepared = [_turned(item, quarter) for quarter in range(4) for item in prepared]
        codes = np.concatenate([codes + len(dataset.classes) * quarter for quarter in range(4)])
    collated = tail.trainable.collate(prepared)
    parts = [tail.front(*(state[at : at + CHUNK] for state in collated)) for at in range(0, len(codes), CHUNK)]
    return Pool(tuple(torch.cat(states) for states in zip(*parts, strict=True)), codes)


def _turned(pixels: Any, quarter: int) -> NDArray[Any]:
    return np.ascontiguousarray(np.rot90(np.asarray(pixels), quarter))
