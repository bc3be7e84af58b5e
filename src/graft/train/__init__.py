"""The one training loop: precision, schedules, averaging, early stopping, checkpoints, resuming, devices.

Nothing heavy is imported until it is used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graft.train.recipe import Group, Recipe, TrainError

if TYPE_CHECKING:
    from graft.train.batches import ArrayBatches as ArrayBatches
    from graft.train.batches import Batch as Batch
    from graft.train.batches import Batches as Batches
    from graft.train.inputs import InputBatches as InputBatches
    from graft.train.losses import balanced_weights as balanced_weights
    from graft.train.losses import classification_loss as classification_loss
    from graft.train.losses import regression_loss as regression_loss
    from graft.train.objective import Objective as Objective
    from graft.train.run import Run as Run

LAZY = {
    "ArrayBatches": "graft.train.batches",
    "Batch": "graft.train.batches",
    "Batches": "graft.train.batches",
    "InputBatches": "graft.train.inputs",
    "Objective": "graft.train.objective",
    "Run": "graft.train.run",
    "balanced_weights": "graft.train.losses",
    "classification_loss": "graft.train.losses",
    "regression_loss": "graft.train.losses",
}

__all__ = ["Group", "Recipe", "TrainError", *LAZY]


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'graft.train' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(LAZY[name]), name)
