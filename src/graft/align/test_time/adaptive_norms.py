"""AdaBN: a backbone whose batch norms have the target's statistics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from graft.align.test_time.statistics import following, learn_statistics
from graft.backbones import trained
from graft.backbones.base import Backbone
from graft.errors import DataError

ROWS, LEAST = 64, 16


def adapt_norms(backbone: Backbone, inputs: Sequence[Any], seed: int = 0) -> Backbone:
    """Give a backbone whose batch norms were shown unlabelled inputs; all other weights are as they were.

    Shuffled batches of about 64. Li et al. 2018, Adaptive Batch Normalization for practical domain adaptation. Heads
    must be fitted on source features that were made with the source's statistics. Raises BackboneError where there is
    no network, DataError where it has no batch norms or there are fewer than 16 inputs.
    """
    body = backbone.trainable()
    if not following(body.network):
        raise DataError(f"{backbone.card.name} has no batch norms, so it holds no statistics to adapt.")
    if len(inputs) < LEAST:
        raise DataError(f"{len(inputs)} inputs are too few for statistics of a domain; give at least {LEAST}.")
    order = np.random.default_rng(seed).permutation(len(inputs))

    def run() -> None:
        for rows in np.array_split(order, -(-len(order) // ROWS)):
            body(*body.collate([backbone.prepare(inputs[row]) for row in rows]))

    learn_statistics(body.network, run)
    card = backbone.card
    told = f"{card.trained_on or card.name}, its norms on {len(inputs)} target inputs"
    return trained(backbone, body, name=f"{card.name}+adabn", trained_on=told)
