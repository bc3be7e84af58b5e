"""Bytes of images to the numbers a network was trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch

    from graft.backbones.blueprint import Blueprint


def normalised(pixels: torch.Tensor, mean: torch.Tensor, scale: torch.Tensor) -> torch.Tensor:
    """Give (R, 3, S, S) float32 channels-last inputs from (R, S, S, 3) bytes: (pixel - 255 mean) / (255 std)."""
    return (pixels.permute(0, 3, 1, 2).float() - mean) * scale


def mean_and_scale(blueprint: Blueprint, device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Give 255 mean and 1 / (255 std) as (3, 1, 1) tensors."""
    import torch

    mean = torch.tensor(blueprint.card.mean).view(3, 1, 1) * 255
    scale = 1 / (torch.tensor(blueprint.card.std).view(3, 1, 1) * 255)
    return mean.to(device), scale.to(device)
