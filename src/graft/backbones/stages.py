"""Stage summaries: what a network saw on the way, beside what it ends with.

The mean and the largest value of each channel over all positions, stage by stage: 2 Σ C numbers for stages of C
channels. Early stages keep what the last one has unlearnt, which counts where inputs are far from the photos a network
was trained on (Evci et al. 2022, "Head2Toe", arXiv:2201.03529).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor


def summary(maps: Sequence[Tensor]) -> Tensor:
    """Give the (R, 2 Σ C) float32 means and largest values of (R, C, H, W) maps, stage after stage."""
    import torch

    parts = [part for m in maps for part in (m.mean((2, 3), dtype=torch.float32), m.amax((2, 3)).float())]
    return torch.cat(parts, dim=1)


def maps_of(module: Any, x: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Give the last features of a timm network and the maps of its stages; no maps where it has one resolution only."""
    if not hasattr(module, "forward_intermediates"):
        return module.forward_features(x), []
    last, maps = module.forward_intermediates(x, norm=False, output_fmt="NCHW")
    stages = {m.shape[-1]: m for m in maps if m.ndim == 4}
    return last, list(stages.values()) if len(stages) > 1 else []
