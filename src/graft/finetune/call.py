"""Fine-tuning in one call."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.backbones.base import Backbone
from graft.data.dataset import Dataset
from graft.errors import did_you_mean
from graft.finetune.strategies import STRATEGIES
from graft.finetune.strategy import FinetuneError, Strategy
from graft.finetune.tuning import Tuned, Tuning


def finetune(
    backbone: Backbone,
    dataset: Dataset,
    strategy: str | Strategy = "lp-ft",
    *,
    held: Dataset | None = None,
    epochs: int | None = None,
    weight: NDArray[np.float64] | None = None,
    seed: int = 0,
    device: str = "auto",
) -> Tuned:
    """Move a backbone's weights as a strategy says, and give the new backbone with its head.

    `held` are samples by which strategies that mix weights choose; they need some. `epochs` is the strategy's own
    number unless said. Raises FinetuneError for a strategy that is not there or does not fit.
    """
    chosen = find(strategy)
    if held is None and chosen.ending != "last":
        raise FinetuneError(f"{chosen.name!r} mixes weights by held-out samples; hand some over as held=.")
    tuning = Tuning(
        backbone, dataset, dataset.take([]) if held is None else held, chosen, weight=weight, seed=seed, device=device
    )
    tuning.advance(chosen.recipe.epochs if epochs is None else epochs)
    return tuning.finish()


def find(strategy: str | Strategy) -> Strategy:
    """Give a strategy by its name; raises FinetuneError when there is none."""
    if isinstance(strategy, Strategy):
        return strategy
    if strategy not in STRATEGIES:
        raise FinetuneError(f"There is no strategy {strategy!r}. {did_you_mean(strategy, STRATEGIES)}")
    return STRATEGIES[strategy]
