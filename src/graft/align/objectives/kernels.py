"""Gaussian kernels between rows, with gradients, and the discrepancy of two sets of rows under a kernel."""

from __future__ import annotations

import torch
from torch import Tensor

WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)


def gaussians(rows: Tensor) -> Tensor:
    """Give the (N, N) mean over five widths s of exp(-||a - b||² / (s · mean ||a - b||²)), the mean held fixed.

    Several widths spare the choice of one: Long et al. 2015 (arXiv:1502.02791).
    """
    own = rows.square().sum(1)
    squared = (own[:, None] + own - 2 * rows @ rows.T).clamp(min=0)
    count = len(rows)
    mean = squared.detach().sum() / max(count * (count - 1), 1)
    return torch.stack([torch.exp(-squared / (s * mean + 1e-12)) for s in WIDTHS]).mean(0)


def discrepancy(kernel: Tensor, first: int) -> Tensor:
    """Give mean k(s, s') + mean k(t, t') - 2 mean k(s, t) for s ≠ s', t ≠ t' of an (N, N) kernel.

    Its first rows are the source. Unbiased, so that it may be a little below zero: Gretton et al. 2012.
    """
    second = len(kernel) - first
    within, other = kernel[:first, :first], kernel[first:, first:]
    return (
        (within.sum() - within.diagonal().sum()) / max(first * (first - 1), 1)
        + (other.sum() - other.diagonal().sum()) / max(second * (second - 1), 1)
        - 2 * kernel[:first, first:].mean()
    )
