"""Weights mixed from several sets of them, as held-out samples say."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

Weights = Mapping[str, Tensor]
MIXES = tuple(np.linspace(0, 1, 11).round(1).tolist())


def mixed(start: Weights, end: Weights, share: float) -> dict[str, Tensor]:
    """Give (1 - share) start + share end; whole numbers are taken from the end."""
    return {
        name: torch.lerp(start[name], tensor, share) if tensor.is_floating_point() else tensor
        for name, tensor in end.items()
    }


def wise(start: Weights, end: Weights, loss: Callable[[Weights], float]) -> tuple[dict[str, Tensor], float]:
    """Give the mix of the weights before and after with the lowest loss, and the share of those after.

    Shares 0, 0.1, ..., 1; of equal losses the larger share. Wortsman et al. 2022, Robust fine-tuning of zero-shot
    models (arXiv:2109.01903).
    """
    losses = [loss(mixed(start, end, share)) for share in MIXES]
    share = MIXES[len(MIXES) - 1 - int(np.argmin(losses[::-1]))]
    return mixed(start, end, share), share


def greedy_soup(candidates: Sequence[Weights], loss: Callable[[Weights], float]) -> tuple[dict[str, Tensor], int]:
    """Give the mean of some of the candidates, and how many: from the best on, each stays in if the loss does not rise.

    Wortsman et al. 2022, Model soups (arXiv:2203.05482), with the weights along one run as candidates.
    """
    alone = [loss(candidate) for candidate in candidates]
    order = np.argsort(alone, kind="stable")
    soup, lowest, count = dict(candidates[int(order[0])]), alone[int(order[0])], 1
    for index in order[1:]:
        tried = mixed(soup, candidates[int(index)], 1 / (count + 1))
        value = loss(tried)
        if value <= lowest:
            soup, lowest, count = tried, value, count + 1
    return soup, count
