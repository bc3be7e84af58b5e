"""Regularizers: what holds weights or features near where they started, one small file each."""

from graft.finetune.holds.base import Ground, Holding
from graft.finetune.holds.table import HOLDS, make_hold

__all__ = ["HOLDS", "Ground", "Holding", "make_hold"]
