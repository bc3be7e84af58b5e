"""Soft neighbourhood density: target rows with alike predictions lie in dense groups."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import log_softmax, unit
from graft.align.aligned import Aligned
from graft.align.domains import Source, Target

TEMPERATURE = 0.05


def neighbourhood_density(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give the mean entropy of softmax(cos(pᵢ, pⱼ) / 0.05) over j ≠ i, p the (M, K) target probabilities.

    Saito et al. 2021, Tune It the Right Way (arXiv:2108.10860).
    """
    rows = unit(np.exp(aligned.target))
    near = rows @ rows.T / TEMPERATURE
    np.fill_diagonal(near, -1e9)
    logs = log_softmax(near)
    return float(-(np.exp(logs) * logs).sum(axis=1).mean())
