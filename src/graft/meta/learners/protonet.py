"""Prototypical networks: a class is the mean of its samples' embeddings. Snell et al. 2017 (arXiv:1703.05175)."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import normalize

from graft.backbones.trainable import States
from graft.meta.learner import Learner


class ProtoNet(Learner):
    """Scores -|f(x) - c_k|^2 / D times `sharpness`, c_k the mean embedding of class k; nothing to learn but f.

    Embeddings of another scale only change how sharp the softmax is; dividing by D makes one rate fit all widths.
    """

    sharpness = 10.0

    def adapt(self, support: States, y: Tensor) -> Tensor:
        """Give the (ways, D) means."""
        return means(self.tail(*support), y, self.ways)

    def predict(self, adapted: Tensor, queries: States) -> Tensor:
        """Give the scores of queries."""
        found = self.tail(*queries)
        away: Tensor = torch.cdist(found, adapted).square()
        scores: Tensor = away * (-self.sharpness / found.shape[1])
        return scores


class CosineProtoNet(ProtoNet):
    """Scores 16 cos(f(x), c_k), c_k the mean of unit-length embeddings of class k; for many ways at once.

    With one shot and one query a class it is the N-pair loss (Sohn 2016) on unit lengths.
    """

    sharpness = 16.0
    tasks = 1

    def adapt(self, support: States, y: Tensor) -> Tensor:
        """Give the (ways, D) means of unit-length embeddings, made of unit length again."""
        return normalize(means(normalize(self.tail(*support), dim=1), y, self.ways), dim=1)

    def predict(self, adapted: Tensor, queries: States) -> Tensor:
        """Give the scores of queries."""
        return self.sharpness * normalize(self.tail(*queries), dim=1) @ adapted.T


def means(embeddings: Tensor, y: Tensor, ways: int) -> Tensor:
    """Give the (ways, D) means of the (S, D) embeddings of each class."""
    member = torch.nn.functional.one_hot(y, ways).to(embeddings)
    return (member.T @ embeddings) / member.sum(0)[:, None]
