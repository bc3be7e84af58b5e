"""Co-tuning: the classes a backbone was trained on stay in use, as probabilities given the task's classes.

You et al. 2020 (NeurIPS 2020).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from graft.finetune.holds.base import Ground, Holding
from graft.finetune.learner import Learner
from graft.finetune.strategy import FinetuneError


def co_tuning(ground: Ground) -> Holding:
    """Give the cross-entropy of the old classifier's scores against p(old class | y), the mean of what it said of y.

    The old classifier stays as it is and reads the embeddings that move. Raises FinetuneError where a backbone came
    without a classifier.
    """
    said = ground.backbone.class_scores(np.ascontiguousarray(ground.features, dtype=np.float32))
    if said is None:
        raise FinetuneError(
            f"{ground.backbone.card.name} was not trained to tell classes apart, so co-tuning has nothing to keep."
        )
    network: Any = ground.learner.body.network
    classifier = network.get_classifier()
    related = torch.from_numpy(relation(np.exp(said), ground.targets))
    weight, bias = classifier.weight.detach().clone(), classifier.bias.detach().clone()

    def hold(learner: Learner, states: tuple[Tensor, ...], embedded: Tensor, y: Tensor) -> Tensor:
        """Give the penalty of one batch."""
        scores = torch.nn.functional.linear(embedded, weight.to(embedded.device), bias.to(embedded.device))
        return cross_entropy(scores, related.to(embedded.device)[y])

    return hold


def relation(probabilities: NDArray[np.floating[Any]], y: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give the (K, C) mean of the (N, C) probabilities of old classes over the samples of each of K classes."""
    kinds = int(y.max()) + 1
    sums = np.zeros((kinds, probabilities.shape[1]))
    np.add.at(sums, y, probabilities)
    counts = np.maximum(np.bincount(y, minlength=kinds), 1)
    return (sums / counts[:, None]).astype(np.float32)
