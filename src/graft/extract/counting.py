"""What needs no network: word counts, or the columns of a table; no workers and no cache, a portion at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.data.content import KEY_BYTES
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.extract.reading import read_input
from graft.progress import Step

if TYPE_CHECKING:
    from graft.backbones.base import Matrix


class Counting:
    """The same face as a `Job`, for backbones without weights."""

    embedded = 0

    def __init__(self, dataset: Dataset, backbone: Backbone, step: Step) -> None:
        self.keys = np.zeros((len(dataset), KEY_BYTES), np.uint8)
        self.reasons: dict[int, str] = {}
        self._dataset, self._backbone, self._step = dataset, backbone, step
        self._parts: list[Any] = []

    def run(self) -> None:
        """Count every input that can be read."""
        group = self._backbone.group
        for start in range(0, len(self._dataset), group):
            indices = range(start, min(start + group, len(self._dataset)))
            ready = [prepared for index in indices if (prepared := self._prepared(index)) is not None]
            if ready:
                self._parts.append(self._backbone.embed(ready))
            self._step(len(indices))

    def compact(self) -> NDArray[np.int64]:
        """Give the indices of the inputs that were counted."""
        good = np.array([index for index in range(len(self.keys)) if index not in self.reasons], np.int64)
        self.keys = self.keys[good]
        return good

    @property
    def values(self) -> Matrix:
        """The (N, D) counts of the inputs that were counted, sparse where the backbone's are."""
        if self._parts and isinstance(self._parts[0], np.ndarray):
            rows: NDArray[np.float32] = np.concatenate(self._parts)
            return rows
        from scipy.sparse import csr_matrix, vstack

        if not self._parts:
            return csr_matrix(np.empty((0, self._backbone.card.dim), np.float32))
        return csr_matrix(vstack(self._parts, format="csr"))

    def _prepared(self, index: int) -> Any:
        try:
            key, content = read_input(self._dataset.inputs[index])
            self.keys[index] = np.frombuffer(key, np.uint8)
            return self._backbone.prepare(content)
        except DataError as error:
            self.reasons[index] = str(error)
            return None
