"""Fine-tuning: strategies as data, on the one training loop. Nothing heavy is imported until it is used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from graft.finetune.strategies import STRATEGIES
from graft.finetune.strategy import FinetuneError, Hold, NoRoomError, Stage, Strategy, View

if TYPE_CHECKING:
    from graft.finetune.call import finetune as finetune
    from graft.finetune.tuning import Tuned as Tuned
    from graft.finetune.tuning import Tuning as Tuning

LAZY = {"Tuned": "graft.finetune.tuning", "Tuning": "graft.finetune.tuning", "finetune": "graft.finetune.call"}

__all__ = ["STRATEGIES", "FinetuneError", "Hold", "NoRoomError", "Stage", "Strategy", "View", *LAZY]


def __getattr__(name: str) -> Any:
    if name not in LAZY:
        raise AttributeError(f"module 'graft.finetune' has no attribute {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(LAZY[name]), name)
