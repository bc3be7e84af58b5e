"""Pretrain, then prototypes: one classifier of all classes, whose features' class means are compared by cosine.

Chen et al. 2019, A closer look at few-shot classification (arXiv:1904.04232), Baseline++; Wang et al. 2019, SimpleShot
(arXiv:1911.04623). No tasks while learning.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, normalize

from graft.backbones.trainable import States
from graft.errors import GraftError
from graft.meta.learner import Learner
from graft.meta.learners.protonet import means
from graft.meta.pool import Pool
from graft.meta.shape import Shape
from graft.meta.tail import Tail
from graft.train.batches import ArrayBatches, Batch, Batches


class Pretrained(Learner):
    """Scores 10 cos(f(x), c_k); learned as scores 10 cos(f(x), w_c) of all `classes` of the source."""

    sharpness = 10.0
    size = 128

    def __init__(self, tail: Tail, ways: int) -> None:
        super().__init__(tail, ways)
        self.centres = nn.Parameter(torch.empty(0, tail.dim))

    def batches(self, pool: Pool, shape: Shape, count: int, seed: int) -> Batches:
        """Give batches of single samples, every sample once an epoch, and a centre to each of the pool's classes."""
        random = torch.Generator().manual_seed(seed)
        self.centres = nn.Parameter(torch.randn(len(pool.members), self.tail.dim, generator=random))
        return ArrayBatches(*pool.states, torch.from_numpy(pool.codes), size=self.size, seed=seed)

    def loss(self, batch: Batch) -> Tensor:
        """Give the cross-entropy of all classes; raises GraftError before `batches` told which there are."""
        if not len(self.centres):
            raise GraftError("The classes to pretrain on are not known yet: ask for the batches of a pool first.")
        *states, y = batch
        return cross_entropy(self._closeness(self.tail(*states), self.centres), y, label_smoothing=0.1)

    def adapt(self, support: States, y: Tensor) -> Tensor:
        """Give the (ways, D) means of unit-length embeddings."""
        return means(normalize(self.tail(*support), dim=1), y, self.ways)

    def predict(self, adapted: Tensor, queries: States) -> Tensor:
        """Give the scores of queries."""
        return self._closeness(self.tail(*queries), adapted)

    def _closeness(self, found: Tensor, centres: Tensor) -> Tensor:
        return self.sharpness * normalize(found, dim=1) @ normalize(centres, dim=1).T
