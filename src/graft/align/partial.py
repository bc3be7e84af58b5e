"""Partial sets: source classes count as much as the target seems to hold of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, HeadMaker
from graft.align.domains import Source, Target
from graft.align.moving.standardize import standardize
from graft.align.source_only import source_only

ROUNDS, LEAST = 3, 1e-3


def partial(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Fit `standardize` with source rows of class k weighing γ_k = mean p(k | target) / max over classes, three rounds.

    p is at first that of the source-only head, then of the last round. The weights move the source's mean too, to which
    rows are centred: where classes lack, plain means do not correspond. The weights of Cao et al. 2018, Partial
    Adversarial Domain Adaptation (arXiv:1808.04205).
    """
    found = source_only(source, target, head_maker, seed)
    for _ in range(ROUNDS):
        weight = source.weights * class_weights(found.target)[source.y]
        found = standardize(replace(source, weight=weight), target, head_maker, seed)
    return replace(found, method="partial")


def class_weights(logs: Floats) -> Floats:
    """Give the (K,) mean probabilities of (M, K) log-probabilities over their largest, at least 0.001."""
    mean = np.exp(logs).mean(axis=0)
    weights: Floats = np.maximum(mean / mean.max(), LEAST)
    return weights
