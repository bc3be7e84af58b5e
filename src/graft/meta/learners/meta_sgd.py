"""Meta-SGD: MAML that learns a rate for every single weight too. Li et al. 2017 (arXiv:1707.09835)."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graft.meta.learners.gradient import GradientLearner
from graft.meta.tail import Tail


class MetaSGD(GradientLearner):
    """w' = w - a * dL/dw with a tensor of rates `a` for each weight, learned with it; one inner step."""

    steps = 1

    def __init__(self, tail: Tail, ways: int) -> None:
        super().__init__(tail, ways)
        held = dict(self.scoring.named_parameters())
        self._places = {name: f"rate{number}" for number, name in enumerate(self.inner_names())}
        rates = {place: torch.full_like(held[name], self.inner) for name, place in self._places.items()}
        self.learned = nn.ParameterDict(rates)

    def rates(self) -> dict[str, Tensor | float]:
        """Give the learned rates."""
        return {name: self.learned[place] for name, place in self._places.items()}
