"""Stage summaries of texts: the mean state of a few layers on the way, beside the pooled state of the last.

What a text encoder was trained for last (which sentences mean the same) is not what every task asks; its middle layers
keep more of the rest, such as mood (Tenney et al. 2019, arXiv:1905.05950; Evci et al. 2022, arXiv:2201.03529).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from graft.backbones.pooling import pooled

if TYPE_CHECKING:
    from torch import Tensor

PLACES = (1 / 3, 1 / 2, 2 / 3)


def middle_layers(config: Mapping[str, Any]) -> tuple[int, ...]:
    """Give the numbers (from 1) of the layers a third, half and two thirds of the way up; none where they are not told.

    The last layer is not among them.
    """
    count = int(config.get("num_hidden_layers") or 0)
    return tuple(sorted({round(count * place) for place in PLACES} - {0, count}))


def with_summaries(vectors: Tensor, middle: list[Tensor], mask: Tensor) -> Tensor:
    """Give (R, D) vectors with the mean over tokens of each (R, L, D) middle state beside them."""
    import torch

    return torch.cat([vectors, *(pooled(states, mask, "mean", False) for states in middle)], dim=1)
