"""What the fine-tuning benchmarks share: a frozen head and a strategy on the same samples, and intervals over runs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t

from graft.backbones import Backbone
from graft.data.dataset import Dataset
from graft.extract import Cache, embed
from graft.heads import make


def frozen(
    backbone: Backbone,
    learn: Dataset,
    others: list[Dataset],
    weight: NDArray[np.float64] | None,
    *,
    stages: bool = True,
) -> list[NDArray[np.float64]]:
    """Give the (N, K) probabilities of a logistic head on frozen features, for each of the other sets.

    These are the embeddings, and with `stages` also the summaries of the stages.
    """
    width = backbone.width if stages else backbone.card.dim
    with Cache() as cache:
        values = [np.asarray(embed(each, backbone, cache=cache).values)[:, :width] for each in (learn, *others)]
    assert learn.targets is not None
    head: Any = make("logistic").fit(values[0], learn.targets, weight)
    return [head.predict_proba(each) for each in values[1:]]


def predicted(tuned: Any, dataset: Dataset) -> NDArray[np.float64]:
    """Give the (N, K) probabilities of what fine-tuning gave."""
    values = np.asarray(embed(dataset, tuned.backbone).values)[:, : tuned.backbone.card.dim]
    found: NDArray[np.float64] = tuned.head.predict_proba(np.ascontiguousarray(values))
    return found


def interval(values: list[float]) -> dict[str, float]:
    """Give the mean of some runs with its 95 % interval by Student's t."""
    mean, half = float(np.mean(values)), 0.0
    if len(values) > 1:
        half = float(t.ppf(0.975, len(values) - 1) * np.std(values, ddof=1) / np.sqrt(len(values)))
    return {"mean": round(mean, 4), "low": round(mean - half, 4), "high": round(mean + half, 4)}


def accuracy(probabilities: NDArray[np.float64], dataset: Dataset) -> float:
    """Give the share of samples whose most probable class is theirs."""
    return float(np.mean(probabilities.argmax(axis=1) == dataset.targets))
