"""What regularizers are made from, and their face."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from graft.backbones.base import Backbone
from graft.finetune.learner import Learner

Holding = Callable[[Learner, tuple[Tensor, ...], Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False)
class Ground:
    """Where a fine-tuning starts: the backbone, the learner before its first step, what moves, the frozen features.

    `features` (N, D) and `targets` (N,) class numbers are those of the training samples.
    """

    backbone: Backbone
    learner: Learner
    moving: tuple[str, ...]
    features: NDArray[np.float32]
    targets: NDArray[Any]
