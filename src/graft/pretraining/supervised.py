"""Pretraining on a labelled source: the backbone under a linear layer that tells the source's classes apart."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from graft.backbones.base import Backbone
from graft.backbones.trainable import Trainable
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.pretraining.store import decoded
from graft.pretraining.task import Task, batch_size, recipe_for
from graft.pretraining.view_batches import ViewBatches
from graft.pretraining.views import views_for
from graft.train.inputs import InputBatches
from graft.train.losses import balanced_weights, classification_loss

SMOOTHING = 0.1
TEXTS = 16


class Classifying(nn.Module):
    """Embeddings times a matrix and a bias: the (B, K) scores of the source's classes."""

    def __init__(self, trainable: Trainable, classes: int, seed: int) -> None:
        super().__init__()
        self.trainable = trainable
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.last = nn.Linear(trainable.dim, classes)

    def forward(self, *inputs: Tensor) -> Tensor:
        """Give the scores."""
        found: Tensor = self.last(self.trainable(*inputs))
        return found


def supervised(backbone: Backbone, dataset: Dataset, seed: int) -> Task:
    """Set up classification of images or spectrograms, in random views, or of other inputs; classes weigh alike.

    Cross-entropy with label smoothing 0.1 (Szegedy et al. 2016). Raises DataError when there are no classes to tell.
    """
    if dataset.task != "classification" or len(dataset.classes) < 2:
        raise DataError(
            "Supervised pretraining needs a source with labels of two classes or more; without them say "
            "method='vicreg' for images or 'masked' for texts."
        )
    trainable = backbone.trainable()
    module, objective = Classifying(trainable, len(dataset.classes), seed), classification_loss(SMOOTHING)
    recipe = recipe_for(backbone, seed)
    if not backbone.card.input_size:
        y, weight = _labels(dataset)
        batches = InputBatches(dataset.inputs, y, weight, backbone.prepare, trainable.collate, TEXTS, seed,
                               cost=backbone.cost)  # fmt: skip
        return Task(trainable, module, objective, batches, recipe)
    store = decoded(dataset, backbone.card)
    y, weight = _labels(store.dataset)
    others = torch.from_numpy(y), torch.from_numpy(weight.astype(np.float32))
    size, side = batch_size(backbone.card.input_size, len(y)), backbone.card.input_size
    views = ViewBatches(
        store, side, views_for(store.pixels, dataset.modality), count=1, size=size, seed=seed, others=others
    )
    return Task(trainable, module, objective, views, recipe, store.skipped)


def _labels(
    dataset: Dataset,
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    y = np.asarray(dataset.targets, dtype=np.int64)
    return y, balanced_weights(y)
