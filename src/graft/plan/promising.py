"""Backbones in the order of their promise, from a few hundred samples, where there are too many to embed for a look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from graft.extract.embedding import embed
from graft.plan.rank import AUTO, AUTO_AMOUNTS, distinct, rated
from graft.plan.subsets import stratified_order

if TYPE_CHECKING:
    from graft.backbones.base import Backbone
    from graft.data.dataset import Dataset
    from graft.extract.cache import Cache

SAMPLES, MANY = 300, 1200
Named = tuple[str, "Backbone"]


def by_promise(found: list[Named], learn: Dataset, max_skipped: float, cache: Cache) -> tuple[list[Named], str, int]:
    """Give the backbones with the most promising first, the sentence that says so, and how many inputs were embedded.

    Each embeds at most 300 samples, and what `graft rank` would say of them decides; those that cannot be scored keep
    their place at the end. With fewer than 1,200 samples, or one network, the order stays: all are embedded soon.
    """
    networks = [(name, backbone) for name, backbone in found if backbone.card.parameters]
    if len(networks) < 2 or len(learn) < MANY or learn.targets is None:
        return found, "", 0
    some = learn.take(np.sort(stratified_order(learn.targets, 0)[:SAMPLES]))
    scores: dict[str, float] = {}
    embedded = 0
    for name, backbone in networks:
        features = distinct(embed(some, backbone, cache=cache, show_progress=False, max_skipped=max_skipped))
        embedded += features.embedded
        value, _ = rated(features, AUTO if learn.classes else AUTO_AMOUNTS)
        scores[name] = -np.inf if value is None else value
    networks.sort(key=lambda pair: -scores[pair[0]])
    told = ", ".join(f"{name} ({scores[name]:.3f})" for name, _ in networks)
    said = f"Backbones are tried in the order of their promise on {len(some)} samples: {told}."
    return networks + [pair for pair in found if not pair[1].card.parameters], said, embedded
