"""Gradient reversal: what a discriminator learns to tell apart, the features learn to make alike."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn


class _Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, strength: float) -> Tensor:
        """Give the input."""
        ctx.strength = strength
        return x.view_as(x)

    @staticmethod
    def backward(ctx: Any, *slopes: Tensor) -> tuple[Tensor, None]:
        """Turn the gradient round."""
        return -ctx.strength * slopes[0], None


def reversed_gradient(x: Tensor, strength: float) -> Tensor:
    """Give x; the gradient on the way back is multiplied by -strength. Ganin et al. 2016 (arXiv:1505.07818)."""
    found: Tensor = _Reverse.apply(x, strength)
    return found


def dense(inputs: int, width: int, outputs: int) -> nn.Sequential:
    """Give a network of two hidden layers of `width` units: (B, inputs) to (B, outputs)."""
    return nn.Sequential(
        nn.Linear(inputs, width), nn.ReLU(), nn.Linear(width, width), nn.ReLU(), nn.Linear(width, outputs)
    )
