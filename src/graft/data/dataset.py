"""Dataset: lazy references to inputs with their targets, groups, domains and parts. Immutable."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError

Task = Literal["classification", "regression", "unlabelled"]
Part = Literal["train", "validation", "test"]


@dataclass(frozen=True)
class Skipped:
    """One input that was left out: its name (a path or `row 12`) and the reason, as a sentence."""

    name: str
    reason: str


class Picked(Sequence[Any]):
    """A view of some items of a sequence, by index; nothing is read until an item is asked for."""

    def __init__(self, items: Sequence[Any], indices: NDArray[np.int64]) -> None:
        self.items = items
        self.indices = indices

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return Picked(self.items, self.indices[index])
        return self.items[int(self.indices[index])]


def pick(items: Sequence[Any], indices: NDArray[np.int64]) -> Sequence[Any]:
    """Take items by index: light references are copied, a lazy sequence stays lazy."""
    if isinstance(items, list | tuple):
        return [items[int(i)] for i in indices]
    if isinstance(items, Picked):
        return Picked(items.items, items.indices[indices])
    return Picked(items, indices)


@dataclass(frozen=True, eq=False)
class Dataset:
    """Inputs and what is known about each of them.

    `inputs` are references in the form their modality uses: a path, encoded bytes, an (H, W[, C]) array or a PIL image
    for images; a string for text. `targets` are (N,) int64 class indices into `classes`, or (N,) float64 for
    regression, or None when unlabelled. `groups`, `domains` and `parts` are (N,) string arrays or None; samples that
    share a group are never split apart. `unlabelled` are samples of domains
    without a single label, and not among these. `notes` says what the reader took and how to say otherwise.
    """

    inputs: Sequence[Any]
    names: Sequence[str]
    modality: str
    targets: NDArray[Any] | None = None
    classes: tuple[str, ...] = ()
    groups: NDArray[np.str_] | None = None
    domains: NDArray[np.str_] | None = None
    parts: NDArray[np.str_] | None = None
    notes: tuple[str, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    source: str = ""
    unlabelled: Dataset | None = None

    def __post_init__(self) -> None:
        for field in ("names", "targets", "groups", "domains", "parts"):
            value = getattr(self, field)
            if value is not None and len(value) != len(self.inputs):
                raise DataError(f"{field} has {len(value)} entries but there are {len(self.inputs)} inputs.")

    def __len__(self) -> int:
        return len(self.inputs)

    @property
    def task(self) -> Task:
        """What the targets ask for."""
        if self.targets is None:
            return "unlabelled"
        return "classification" if self.classes else "regression"

    def take(self, indices: NDArray[np.int64] | Sequence[int]) -> Dataset:
        """Give the Dataset of these samples, in this order."""
        index = np.asarray(indices, dtype=np.int64)
        picked: dict[str, Any] = {
            field: None if (value := getattr(self, field)) is None else value[index]
            for field in ("targets", "groups", "domains", "parts")
        }
        return dataclasses.replace(self, inputs=pick(self.inputs, index), names=pick(self.names, index), **picked)

    def where(self, mask: NDArray[np.bool_]) -> Dataset:
        """Give the Dataset of the samples where `mask` (N,) is true."""
        return self.take(np.flatnonzero(mask))

    def part(self, name: Part) -> Dataset | None:
        """Give the samples of one part, or None when there are none."""
        if self.parts is None or not np.any(self.parts == name):
            return None
        return self.where(self.parts == name)

    def counts(self) -> dict[str, int]:
        """Give the number of samples per class, in class order."""
        if self.task != "classification" or self.targets is None:
            return {}
        found = np.bincount(self.targets.astype(np.int64), minlength=len(self.classes))
        return dict(zip(self.classes, found.tolist(), strict=True))
