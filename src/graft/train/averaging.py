"""The moving average of weights, which often does better than the last of them."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Average:
    """a <- d a + (1 - d) w after every update t = 1, 2, ..., with d = min(decay, t / (t + 9)).

    The average starts at the weights at hand; the smaller d at first keeps a short run from staying there. Whole
    numbers (counters) are copied. Polyak and Juditsky 1992; the warm-up is that of TensorFlow's moving averages.
    """

    def __init__(self, weights: Mapping[str, Tensor], decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.tensors = {name: tensor.detach().clone() for name, tensor in weights.items()}

    @torch.no_grad()
    def update(self, weights: Mapping[str, Tensor]) -> None:
        """Take in the weights after one more update."""
        self.updates += 1
        decay = min(self.decay, self.updates / (self.updates + 9))
        for name, average in self.tensors.items():
            if average.is_floating_point():
                average.mul_(decay).add_(weights[name], alpha=1 - decay)
            else:
                average.copy_(weights[name])
