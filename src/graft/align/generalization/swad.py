"""SWAD: the mean of all weights on the way while the held-out loss is low."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

START, END, TOLERANCE = 3, 6, 1.3


def flat_region(losses: Sequence[float]) -> tuple[int, int]:
    """Give the first and the last stretch whose weights are averaged, from the held-out loss at each stretch's end.

    It begins at the first of 3 stretches that are no better than their first, and ends before 6 in turn that are above
    1.3 times the mean of those 3. Cha et al. 2021, SWAD: Domain Generalization by Seeking Flat Minima
    (arXiv:2102.08604).
    """
    start = next((i for i in range(len(losses) - START + 1) if min(losses[i : i + START]) == losses[i]), 0)
    most = TOLERANCE * sum(losses[start : start + START]) / len(losses[start : start + START])
    for i in range(start, len(losses) - END + 1):
        if min(losses[i : i + END]) > most:
            return start, max(start, i - 1)
    return start, len(losses) - 1


class Averaging:
    """Collects the weights before every step, stretch by stretch, and the held-out loss at the end of each."""

    def __init__(self, held_out: Callable[[nn.Module], float]) -> None:
        self._held_out = held_out
        self._sums: list[dict[str, Tensor]] = []
        self._open: dict[str, Tensor] = {}
        self._steps = 0
        self.losses: list[float] = []

    @torch.no_grad()
    def step(self, module: nn.Module) -> None:
        """Take in the weights at hand."""
        for name, parameter in module.named_parameters():
            self._open[name] = self._open[name] + parameter if name in self._open else parameter.clone()
        self._steps += 1

    def watch(self, module: nn.Module) -> float:
        """End a stretch; give the step count, so that a run keeps its last weights."""
        self._sums.append({name: total / self._steps for name, total in self._open.items()})
        self._open, self._steps = {}, 0
        self.losses.append(self._held_out(module))
        return float(len(self.losses))

    @torch.no_grad()
    def finish(self, module: nn.Module) -> None:
        """Put the mean over the flat region into the module."""
        first, last = flat_region(self.losses)
        for name, parameter in module.named_parameters():
            parameter.copy_(torch.stack([part[name] for part in self._sums[first : last + 1]]).mean(0))
