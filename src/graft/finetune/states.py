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

    Fine-tunings of one backbone whose first parts stay as they are share what these parts give.
    """

    def __init__(self, inputs: Sequence[Any]) -> None:
        self._inputs = inputs
        self._folder = tempfile.TemporaryDirectory(prefix="graft-states-", ignore_cleanup_errors=True)
        self._prepared: dict[tuple[str, int], PreparedInputs] = {}
        self._kept: dict[tuple[str, int, int], KeptStates] = {}

    def of(self, backbone: Backbone, learner: Learner, device: str, rows: NDArray[np.int64] | None = None) -> Source:
        """Give what enters the learner's first part, for all inputs or some rows of them; what is missing is computed.

        The parts before the learner's first one must be the backbone's own, unmoved.
        """
        prepared = self._inputs_for(backbone, learner)
        if not learner.first:
            return prepared if rows is None else prepared.pick(rows)
        key = (backbone.card.name, backbone.card.input_size, learner.first)
        if key not in self._kept:
            self._kept[key] = KeptStates(prepared, learner.first, self._new_folder())
        rows = np.arange(len(prepared)) if rows is None else rows
        self._kept[key].run(learner.body, device, rows)
        return PickedStates(self._kept[key], rows)

    def _inputs_for(self, backbone: Backbone, learner: Learner) -> PreparedInputs:
        key = backbone.card.name, backbone.card.input_size
        if key not in self._prepared:
            self._prepared[key] = PreparedInputs.read(self._inputs, backbone, learner.body, self._new_folder())
        return self._prepared[key]

    def _new_folder(self) -> Path:
        return Path(tempfile.mkdtemp(dir=self._folder.name))

    def close(self) -> None:
        """Give the room on the disk back."""
        self._prepared.clear()
        self._kept.clear()
        self._folder.cleanup()
