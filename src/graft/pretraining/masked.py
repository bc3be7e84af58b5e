"""Continued masked-language pretraining: an encoder learns on to guess covered words of new texts.

Devlin et al. 2018 (arXiv:1810.04805); on texts of the task's own field: Gururangan et al. 2020 (arXiv:2004.10964).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import gelu, linear

from graft.backbones.base import Backbone
from graft.backbones.blueprint import Blueprint
from graft.backbones.trainable import Trainable
from graft.data.dataset import Dataset, Skipped
from graft.errors import BackboneError
from graft.pretraining.covering import covering_of
from graft.pretraining.losses.masked import IGNORED, masked_words
from graft.pretraining.task import Task, recipe_for
from graft.train.batches import Batch
from graft.train.inputs import InputBatches

TEXTS = 32


class Guessing(nn.Module):
    """The encoder and BERT's head: norm(gelu(W h + b)) E^T + c, E being the encoder's own word embeddings (tied)."""

    def __init__(self, trainable: Trainable, seed: int) -> None:
        super().__init__()
        self.trainable = trainable
        words = word_embeddings(trainable.network)
        size, width = words.weight.shape
        with torch.random.fork_rng(devices=[]):
            torch.default_generator.manual_seed(seed)
            self.dense = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, ids: Tensor, mask: Tensor, asked: Tensor) -> Tensor:
        """Give the (M, V) scores of the M tokens where `asked` (B, L) is true."""
        states = self.norm(gelu(self.dense(states_of(self.trainable.network, ids, mask)[asked])))
        return linear(states, word_embeddings(self.trainable.network).weight, self.bias)


def masked(backbone: Backbone, dataset: Dataset, seed: int) -> Task:
    """Set up masked-language pretraining; raises BackboneError for an encoder without a mask or word embeddings."""
    plan = getattr(backbone, "blueprint", None)
    if not isinstance(plan, Blueprint) or not plan.tokenizer:
        raise BackboneError(f"{backbone.card.name} is no text encoder, so it cannot guess words.")
    trainable = backbone.trainable()
    module = Guessing(trainable, seed)
    cover = covering_of(plan.tokenizer, len(module.bias), backbone.card.name)

    def collate(covered: Sequence[Any]) -> tuple[Tensor, ...]:
        """Give ids, mask and what was there of B covered texts, padded to the longest."""
        ids, mask = trainable.collate([pair[0] for pair in covered])
        there = torch.full_like(ids, IGNORED)
        for row, pair in enumerate(covered):
            there[row, : pair.shape[1]] = torch.as_tensor(pair[1], dtype=torch.int64)
        return ids, mask, there

    def objective(network: nn.Module, batch: Batch) -> Tensor:
        """Give the loss of the tokens that were covered."""
        ids, mask, there, *_ = batch
        asked = there != IGNORED
        return masked_words(network(ids, mask, asked), there[asked])

    count = len(dataset)
    batches = InputBatches(dataset.inputs, np.zeros(count, np.int64), None, backbone.prepare, collate,
                           min(TEXTS, count), seed, augment=cover, cost=backbone.cost)  # fmt: skip
    none: tuple[Skipped, ...] = ()
    return Task(trainable, module, objective, batches, recipe_for(backbone, seed), none)


def word_embeddings(network: Any) -> nn.Embedding:
    """Give the word embeddings of an encoder; raises BackboneError where it has none."""
    inner = network.get_input_embeddings() if hasattr(network, "get_input_embeddings") else None
    found = inner if inner is not None else getattr(getattr(network, "embeddings", None), "word_embeddings", None)
    if not isinstance(found, nn.Embedding):
        raise BackboneError("The encoder has no word embeddings to guess words with.")
    return found


def states_of(network: Any, ids: Tensor, mask: Tensor) -> Tensor:
    """Give the (B, L, D) states of the last layer."""
    if hasattr(network, "config"):
        found: Tensor = network(input_ids=ids, attention_mask=mask.long()).last_hidden_state
        return found
    states: Tensor = network.embeddings(ids)
    for layer in network.encoder.layer:
        states = layer(states, mask)
    return states
