"""Token states to one vector a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

POOLINGS = ("mean", "cls", "max")


def pooled(states: Tensor, mask: Tensor, pooling: str, normalise: bool) -> Tensor:
    """Give the (R, D) float32 vectors of (R, L, D) states: the mean or maximum over tokens, or the first token's."""
    from torch.nn.functional import normalize

    states = states.float()
    if pooling == "cls":
        vectors = states[:, 0]
    elif pooling == "max":
        vectors = states.masked_fill(~mask[:, :, None], float("-inf")).amax(1)
    else:
        weights = mask[:, :, None].float()
        vectors = (states * weights).sum(1) / weights.sum(1)
    return normalize(vectors, dim=1) if normalise else vectors
