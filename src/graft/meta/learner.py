"""What every meta-learner is: two verbs, adapt and predict, and the loss of a batch of tasks for the one loop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from graft.backbones.trainable import States
from graft.meta.episodes import Episodes
from graft.meta.pool import Pool
from graft.meta.shape import Shape
from graft.meta.tail import Tail
from graft.train.batches import Batch, Batches


class Learner(nn.Module, ABC):
    """Learns a task from its support, then says what its queries are.

    `tail` is the network, `tasks` how many tasks make an update, `rate` the peak rate of the outer loop.
    """

    tasks: ClassVar[int] = 4
    rate: ClassVar[float] = 1e-3

    def __init__(self, tail: Tail, ways: int) -> None:
        super().__init__()
        self.tail, self.ways = tail, ways

    @abstractmethod
    def adapt(self, support: States, y: Tensor) -> Any:
        """Learn from (S, ...) samples of classes y (S,), 0 to ways - 1; give what was learned."""

    @abstractmethod
    def predict(self, adapted: Any, queries: States) -> Tensor:
        """Give the (Q, ways) scores of queries, their softmax being probabilities."""

    def loss(self, batch: Batch) -> Tensor:
        """Give the mean cross-entropy of the queries of a batch of tasks, each adapted to first."""
        losses = [cross_entropy(self.predict(self.adapt(s, y), q), t) for s, y, q, t in tasks_of(batch)]
        return torch.stack(losses).mean()

    def batches(self, pool: Pool, shape: Shape, count: int, seed: int) -> Batches:
        """Give what the outer loop walks over, `count` batches an epoch."""
        return Episodes(pool, shape, tasks=self.tasks, batches=count, seed=seed)

    def moving(self) -> list[str]:
        """Give the names of the parameters that the outer loop moves."""
        own = [name for name, _ in self.named_parameters() if not name.startswith("tail.")]
        return [f"tail.{name}" for name in self.tail.moving()] + own


def tasks_of(batch: Batch) -> list[tuple[States, Tensor, States, Tensor]]:
    """Give the tasks of a batch: support, its classes, queries, their classes."""
    half = len(batch) // 2
    return [(row[: half - 1], row[half - 1], row[half:-1], row[-1]) for row in zip(*batch, strict=True)]


def objective(learner: Any, batch: Batch) -> Tensor:
    """Give the loss of a learner, as a Run asks for it."""
    found: Tensor = learner.loss(batch)
    return found
