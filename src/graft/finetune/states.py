"""States of a data set: its inputs prepared, and what frozen parts make of them, each once for all fine-tunings."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from graft.finetune.sources import KeptStates, PickedStates, PreparedInputs, Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graft.backbones.base import Backbone
    from graft.finetune.learner import Learner


class States:
    """Where fine-tunings read the states of some inputs, in temporary files that are gone after `close`.

    Fine-tunings of one backbone whose first parts stay as they are share what these parts give; no network is held.
    """

    def __init__(self, inputs: Sequence[Any]) -> None:
        self._inputs = inputs
        self._folder = tempfile.TemporaryDirectory(prefix="graft-states-", ignore_cleanup_errors=True)
        self._read: dict[tuple[str, int], tuple[Sequence[Any], NDArray[np.float64] | None]] = {}
        self._kept: dict[tuple[str, int, int], KeptStates] = {}

    def of(self, backbone: Backbone, learner: Learner, device: str, rows: NDArray[np.int64] | None = None) -> Source:
        """Give what enters the learner's first part, for all inputs or some rows of them; what is missing is computed.

        The parts before the learner's first one must be the backbone's own, unmoved.
        """
        name, body = (backbone.card.name, backbone.card.input_size), learner.body
        if name not in self._read:
            found = PreparedInputs.read(self._inputs, backbone, body, self._new_folder())
            self._read[name] = found.items, found.costs
        inputs = PreparedInputs(*self._read[name], body)
        if not learner.first:
            return inputs if rows is None else inputs.pick(rows)
        if (*name, learner.first) not in self._kept:
            costs = inputs.costs if learner.first < len(body.parts) else None
            self._kept[(*name, learner.first)] = KeptStates(len(inputs), costs, self._new_folder())
        kept, rows = self._kept[(*name, learner.first)], np.arange(len(inputs)) if rows is None else rows
        kept.run(inputs, body, learner.first, device, rows)
        return PickedStates(kept, rows)

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder.name))

    def close(self) -> None:
        """Give the room on the disk back."""
        self._read.clear()
        self._kept.clear()
        self._folder.cleanup()
