"""Features: an (N, D) array beside the Dataset it was made from. From here on everything is array work."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from graft.data.dataset import Dataset, Skipped

if TYPE_CHECKING:
    from graft.backbones.base import Backbone, Matrix


@dataclass(frozen=True, eq=False)
class Features:
    """The (N, D) `values` of the N samples of `dataset`, in its order.

    `keys` (N,) are the content keys as fixed-width bytes ('S16' would cut zeros, so they are (N, 16) uint8).
    `skipped` lists the inputs that could not be read and are in neither.
    """

    values: Matrix
    dataset: Dataset
    keys: NDArray[np.uint8]
    backbone: Backbone
    skipped: tuple[Skipped, ...] = ()
    embedded: int = 0

    def __len__(self) -> int:
        return len(self.dataset)

    def take(self, indices: NDArray[np.int64] | Sequence[int]) -> Features:
        """Give the Features of these samples, in this order."""
        index = np.asarray(indices, dtype=np.int64)
        return dataclasses.replace(
            self, values=self.values[index], dataset=self.dataset.take(index), keys=self.keys[index]
        )
