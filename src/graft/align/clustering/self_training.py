"""Self-training by confidence: the surest target rows of each class join the source, in growing number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head, logs_of
from graft.align.domains import Source, Target
from graft.align.placing import place

SHARES = (0.2, 0.4, 0.6, 0.8)


def self_training(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Fit on the source and the surest 20, 40, 60, 80 % of each predicted class of the target, one fit after another.

    Both domains weigh alike in total. Zou et al. 2018, Class-Balanced Self-Training (arXiv:1810.07911).
    """
    S, T, placing = place(source, target, apart=True)
    head = fit_head(head_maker, S, source)
    for share in SHARES:
        logs = logs_of(head, T)
        rows = surest(logs, share)
        X, y = np.concatenate([S, T[rows]]), np.concatenate([source.y, logs[rows].argmax(axis=1)])
        weight = np.concatenate([source.weights, np.full(len(rows), len(S) / max(len(rows), 1))])
        head = head_maker().fit(X, y, weight)
    return aligned("self-training", placing, head, (S, T))


def surest(logs: Floats, share: float) -> NDArray[np.int64]:
    """Give the sorted rows of the surest share (at least one) of each predicted class of (M, K) log-probabilities."""
    label, sure = logs.argmax(axis=1), logs.max(axis=1)
    found = []
    for k in np.unique(label):
        rows = np.flatnonzero(label == k)
        found.append(rows[np.argsort(-sure[rows], kind="stable")[: max(1, round(share * len(rows)))]])
    return np.sort(np.concatenate(found))
