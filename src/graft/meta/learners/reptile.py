"""Reptile: move the weights towards those that plain training on a task leads to. Nichol et al. 2018 (1803.02999)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from graft.meta.learner import tasks_of
from graft.meta.learners.gradient import GradientLearner
from graft.train.batches import Batch


class Reptile(GradientLearner):
    """The outer gradient is the mean over tasks of w - w', w' the weights after `steps` steps on all of its samples.

    There is no support and query while learning. As a loss: sum w (w - w'), of which w - w' is held fixed; its value is
    that of the tasks' cross-entropy after the steps, so that a log says something.
    """

    first_order = True
    steps = 5

    def loss(self, batch: Batch) -> Tensor:
        """Give a number with the outer gradient."""
        held = dict(self.scoring.named_parameters())
        pulls, left = [], []
        for support, y, queries, t in tasks_of(batch):
            everything = tuple(torch.cat(pair) for pair in zip(support, queries, strict=True))
            clone = self.adapt(everything, torch.cat([y, t]))
            left.append(cross_entropy(self.predict(clone, queries), t).detach())
            pulls.append(
                torch.stack([(held[n] * (held[n] - w).detach()).sum() for n, w in clone.weights.items()]).sum()
            )
        pull = torch.stack(pulls).mean()
        return pull + (torch.stack(left).mean() - pull).detach()
