"""Pretraining on images without labels: two random views of each, and a loss that wants them alike."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from graft.backbones.base import Backbone
from graft.data.dataset import Dataset
from graft.errors import DataError
from graft.pretraining.losses.barlow import barlow
from graft.pretraining.losses.simclr import simclr
from graft.pretraining.losses.vicreg import vicreg
from graft.pretraining.projecting import projecting
from graft.pretraining.store import decoded
from graft.pretraining.task import Task, batch_size, recipe_for
from graft.pretraining.view_batches import ViewBatches
from graft.pretraining.views import named, views_for
from graft.train.batches import Batch

LOSSES = {"simclr": (simclr, 128), "vicreg": (vicreg, 0), "barlow-twins": (barlow, 0)}
FEWEST = 8


def self_supervised(loss: str, backbone: Backbone, dataset: Dataset, seed: int) -> Task:
    """Set up one of LOSSES; raises DataError for fewer than 8 images, of which there is nothing to tell apart."""
    measure, out = LOSSES[loss]
    if not backbone.card.input_size:
        raise DataError(
            f"{loss} changes pictures, and {backbone.card.name} reads none: choose the backbone conv-mel for "
            "recordings, or the method supervised."
        )
    store = decoded(dataset, backbone.card)
    count, side = len(store.pixels), backbone.card.input_size
    if count < FEWEST:
        raise DataError(f"{count} images are too few to pretrain on: at least {FEWEST} are needed, better thousands.")
    views = views_for(store.pixels, dataset.modality)
    trainable = backbone.trainable()
    module = projecting(trainable, out, seed)
    batches = ViewBatches(store, side, views, count=2, size=batch_size(side, count), seed=seed)

    def objective(network: nn.Module, batch: Batch) -> Tensor:
        """Give the loss of two views; one pass through the network, so that batch norm sees both."""
        first, second = network(torch.cat(batch)).chunk(2)
        return measure(first, second)

    said = f"views as of {named(views)}"
    return Task(trainable, module, objective, batches, recipe_for(backbone, seed), store.skipped, said)
