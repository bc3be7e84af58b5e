"""What is watched: the value of the weights after each epoch, and the best weights so far."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor, nn

from graft.train.cycle import Cycle, copied, copy_into
from graft.train.randomness import seed_step


class Watching:
    """Asks `watch` (higher is better) in evaluation mode, of the averaged weights where there are, and keeps the best.

    In several processes each asks, and the first one's answer counts.
    """

    def __init__(self, watch: Callable[[nn.Module], float] | None) -> None:
        self.watch = watch
        self.best: dict[str, Tensor] | None = None
        self.value = -math.inf

    def judge(self, cycle: Cycle) -> float | None:
        """Give the value of the weights at hand; None where nothing is watched."""
        if self.watch is None:
            return None
        seed_step(cycle.processes.device, cycle.recipe.seed, cycle.number)
        raw = copied(cycle.weights) if cycle.average else None
        copy_into(cycle.weights, cycle.result)
        cycle.module.eval()
        with torch.no_grad(), cycle.precision.cast():
            value = cycle.processes.agree(float(self.watch(cycle.module)))
        if cycle.stopping.is_best(value):
            self.best, self.value = copied(cycle.weights), value
        cycle.module.train()
        if raw is not None:
            copy_into(cycle.weights, raw)
        return value

    def recall(self, cycle: Cycle, best: dict[str, Tensor] | None, finished: bool) -> None:
        """Take up what a checkpoint knew; of a finished cycle the weights at hand are the best."""
        self.value = cycle.stopping.best
        self.best = copied(cycle.weights) if finished and self.value > -math.inf else best
