"""Where states come from: prepared inputs, or what a frozen prefix of the network made of them, run once and kept."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graft.backbones.base import Backbone
from graft.backbones.runtime import usable_cores
from graft.backbones.trainable import Trainable
from graft.finetune.learner import run_prefix
from graft.finetune.strategy import NoRoomError

ROWS = 32


class Source(Protocol):
    """States of N samples, by their rows; `costs` (N,) are their lengths, by which alike ones are put together."""

    costs: NDArray[np.float64] | None

    def __len__(self) -> int:
        """Give the number of samples."""

    def states(self, rows: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Give the states of these samples."""


class PreparedInputs:
    """What `Backbone.prepare` gave for N inputs: pixels in a memory-mapped file, all else in memory."""

    def __init__(self, items: Sequence[Any], costs: NDArray[np.float64] | None, body: Trainable) -> None:
        self.items, self.costs, self._body = items, costs, body

    @classmethod
    def read(cls, inputs: Sequence[Any], backbone: Backbone, body: Trainable, folder: Path) -> PreparedInputs:
        """Prepare all inputs, with their files in a folder that holds no others."""
        items = _prepared(inputs, backbone, folder / "inputs.npy")
        lengths = [body.length(item) for item in items]
        return cls(items, None if None in lengths else np.array(lengths, dtype=np.float64), body)

    def __len__(self) -> int:
        return len(self.items)

    def states(self, rows: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Put the inputs of these rows together."""
        return self._body.collate([self.items[row] for row in rows])

    def pick(self, rows: NDArray[np.int64]) -> PreparedInputs:
        """Give some of them, in the order and as often as they are named; nothing is copied."""
        return PreparedInputs(_Picked(self.items, rows), None if self.costs is None else self.costs[rows], self._body)


class _Picked(Sequence[Any]):
    def __init__(self, items: Sequence[Any], rows: NDArray[np.int64]) -> None:
        self._items, self._rows = items, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, row: Any) -> Any:
        return self._items[self._rows[row]]


class KeptStates:
    """What enters part `first` of a network for every input, in memory-mapped files; each input goes through once.

    Nothing is there before `run`. Texts and recordings are kept at their own length: their tensors have tokens or
    positions on the second axis, and are padded with zeros when put together, which are False in the mask.
    """

    def __init__(self, count: int, costs: NDArray[np.float64] | None, folder: Path) -> None:
        self.costs, self._count, self._folder = costs, count, folder
        lengths = np.ones(count, np.int64) if costs is None else costs.astype(np.int64)
        self._ends = np.cumsum(lengths)
        self._starts = self._ends - lengths
        self._there = np.zeros(count, bool)
        self._arrays: list[NDArray[Any]] = []

    def run(self, inputs: PreparedInputs, body: Trainable, first: int, device: str, rows: NDArray[np.int64]) -> None:
        """Run the parts of `body` before `first` for those of these rows that are not there yet."""
        missing = rows[~self._there[rows]]
        costs = None if inputs.costs is None else inputs.costs[missing]
        for part in _in_order(len(missing), costs, ROWS):
            picked = missing[part]
            found = run_prefix(body, first, *(tensor.to(device) for tensor in inputs.states(picked)))
            self._write(picked, [tensor.cpu().numpy() for tensor in found])
            self._there[picked] = True

    def __len__(self) -> int:
        return self._count

    def states(self, rows: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Read the states of these rows."""
        if self.costs is None:
            return tuple(torch.from_numpy(array[rows]) for array in self._arrays)
        longest = int((self._ends[rows] - self._starts[rows]).max())
        found = []
        for array in self._arrays:
            padded = np.zeros((len(rows), longest, *array.shape[1:]), array.dtype)
            for place, row in enumerate(rows):
                part = array[self._starts[row] : self._ends[row]]
                padded[place, : len(part)] = part
            found.append(torch.from_numpy(padded))
        return tuple(found)

    def _write(self, rows: NDArray[np.int64], values: list[NDArray[Any]]) -> None:
        if not self._arrays:
            kept = values if self.costs is None else [value[:, 0] for value in values]
            for index, value in enumerate(kept):
                shape = (int(self._ends[-1]), *value.shape[1:])
                self._arrays.append(memory_mapped(self._folder / f"states-{index}.npy", value.dtype, shape))
        for array, value in zip(self._arrays, values, strict=True):
            if self.costs is None:
                array[rows] = value
                continue
            for row, states in zip(rows, value, strict=True):
                start, end = self._starts[row], self._ends[row]
                array[start:end] = states[: end - start]


class PickedStates:
    """Some rows of kept states, in the order and as often as they are named."""

    def __init__(self, source: KeptStates, rows: NDArray[np.int64]) -> None:
        self._source, self._rows = source, rows
        self.costs = None if source.costs is None else source.costs[rows]

    def __len__(self) -> int:
        return len(self._rows)

    def states(self, rows: NDArray[np.int64]) -> tuple[Tensor, ...]:
        """Give the states of these of the picked rows."""
        return self._source.states(self._rows[rows])


def in_order(source: Source, size: int) -> Iterator[NDArray[np.int64]]:
    """Give the rows of all samples, `size` at a time; those with lengths from the shortest to the longest."""
    return _in_order(len(source), source.costs, size)


def _in_order(count: int, costs: NDArray[np.float64] | None, size: int) -> Iterator[NDArray[np.int64]]:
    order = np.arange(count) if costs is None else np.argsort(costs, kind="stable")
    for start in range(0, count, size):
        yield order[start : start + size]


def memory_mapped(path: Path, dtype: Any, shape: tuple[int, ...]) -> NDArray[Any]:
    """Give a new array that lies in a file; raises NoRoomError where there is no room for it."""
    size = int(np.prod(shape, dtype=np.int64)) * np.dtype(dtype).itemsize
    if not size:
        return np.empty(shape, dtype)
    free = shutil.disk_usage(path.parent).free
    if size > free:
        raise NoRoomError(
            f"What the frozen parts give needs {size / 1e9:.1f} GB, and {path.parent} has {free / 1e9:.1f} GB left; "
            "set TMPDIR to a larger disk, or choose a strategy that moves everything."
        )
    found: NDArray[Any] = np.lib.format.open_memmap(path, mode="w+", dtype=dtype, shape=shape)
    return found


def _prepared(inputs: Sequence[Any], backbone: Backbone, path: Path) -> Any:
    prepare: Callable[[Any], Any] = backbone.prepare
    with ThreadPoolExecutor(usable_cores(), "graft-prepare") as pool:
        if not backbone.card.input_size:
            return list(pool.map(prepare, inputs))
        side = backbone.card.input_size
        pixels = memory_mapped(path, np.uint8, (len(inputs), side, side, 3))
        for start in range(0, len(inputs), ROWS):
            part = [inputs[row] for row in range(start, min(start + ROWS, len(inputs)))]
            for row, item in enumerate(pool.map(prepare, part), start):
                pixels[row] = item
        return pixels
