"""Importance-weighted and deep embedded validation: the loss on the source where it looks like the target."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, logs_of
from graft.align.domains import Source, Target
from graft.align.weighting.discriminative import domain_ratio

MOST = 20.0


def importance_weighted(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give -Σ w(sᵢ) loss(sᵢ) / Σ w(sᵢ) over the placed (N, r) source, loss = -log p(yᵢ | sᵢ), w the density ratio.

    The rows are those the head was fitted on, so that heads fitted to the source are judged kindly. Sugiyama et al.
    2007, Covariate Shift Adaptation by Importance Weighted Cross Validation.
    """
    loss, w = _losses_and_ratio(aligned, source, seed)
    return -float(w @ loss / w.sum())


def deep_embedded(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give -(mean w loss + η (mean w - 1)), η = -cov(w loss, w) / var w: the same with a control variate.

    You et al. 2019, Towards Accurate Model Selection in Deep Unsupervised Domain Adaptation.
    """
    loss, w = _losses_and_ratio(aligned, source, seed)
    weighted = w * loss
    spread = float(np.var(w))
    eta = -float(np.mean((weighted - weighted.mean()) * (w - w.mean()))) / spread if spread > 0 else 0.0
    return -float(weighted.mean() + eta * (w.mean() - 1))


def _losses_and_ratio(aligned: Aligned, source: Source, seed: int) -> tuple[Floats, Floats]:
    S, T = aligned.space
    logs = logs_of(aligned.head, S) + aligned.prior
    logs = logs - np.logaddexp.reduce(logs, axis=1)[:, None]
    loss = -logs[np.arange(len(S)), source.y]
    w = np.minimum(domain_ratio(S, T, seed), MOST) * source.weights
    return loss, w
