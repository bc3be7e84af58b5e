"""What a run lowers: a function of the network and a batch."""

from __future__ import annotations

from collections.abc import Callable

from torch import Tensor, nn

from graft.train.batches import Batch

Objective = Callable[[nn.Module, Batch], Tensor]
