"""What learners share that adapt by gradient steps: a linear head over the network, clones, and how norms behave."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graft.backbones.trainable import States
from graft.meta.clone import Clone, Weights
from graft.meta.learner import Learner
from graft.meta.tail import Tail
from graft.train.optimizer import NORMS


class Scoring(nn.Module):
    """Embeddings times a matrix and a bias: (B, ways) scores."""

    def __init__(self, tail: Tail, ways: int) -> None:
        super().__init__()
        self.tail = tail
        self.head = nn.Linear(tail.dim, ways)
        nn.init.zeros_(self.head.bias)

    def forward(self, *states: Tensor) -> Tensor:
        """Give the scores."""
        found: Tensor = self.head(self.tail(*states))
        return found


class GradientLearner(Learner):
    """Adapts network and head by `steps` gradient steps at `inner` on the support's cross-entropy.

    Batch norms take the statistics of the samples at hand, of the support while adapting and of the queries while
    predicting, as in Finn et al. 2017: queries of a task are so to speak seen together.
    """

    steps = 3
    inner = 0.1
    first_order = False
    head_only = False

    def __init__(self, tail: Tail, ways: int) -> None:
        super().__init__(tail, ways)
        self.scoring = Scoring(tail, ways)
        self.train(self.training)

    def train(self, mode: bool = True) -> GradientLearner:
        """Set the mode; batch norms of the part that moves count on the samples at hand in either."""
        super().train(mode)
        self.tail.trainable.eval()
        for part in self.norms():
            part.train()
        return self

    def norms(self) -> list[nn.Module]:
        """Give the batch norms whose parameters move."""
        moving = set(self.tail.moving())
        return [part for name, part in self.tail.named_modules()
                if isinstance(part, NORMS) and f"{name}.weight" in moving]  # fmt: skip

    def inner_names(self) -> list[str]:
        """Give the names of what a task moves, as in `scoring.named_parameters()`."""
        head = [name for name, _ in self.scoring.named_parameters() if name.startswith("head.")]
        return head if self.head_only else [f"tail.{name}" for name in self.tail.moving()] + head

    def rates(self) -> dict[str, Tensor | float]:
        """Give the rate of each parameter that a task moves."""
        return dict.fromkeys(self.inner_names(), self.inner)

    def clone(self) -> Clone:
        """Give a clone of network and head at the learner's own weights."""
        held = dict(self.scoring.named_parameters())
        weights: Weights = {name: held[name] for name in self.inner_names()}
        if not self.training:
            weights = {name: value.detach().requires_grad_() for name, value in weights.items()}
        return Clone(self.scoring, weights, self.rates(), first_order=self.first_order or not self.training)

    def adapt(self, support: States, y: Tensor) -> Clone:
        """Give a clone adapted to the support."""
        with torch.enable_grad():
            clone = self.clone()
            for _ in range(self.steps):
                clone.adapt(cross_entropy(clone(*support), y))
        return clone

    def predict(self, adapted: Clone, queries: States) -> Tensor:
        """Give the scores of the adapted clone."""
        return adapted(*queries)
