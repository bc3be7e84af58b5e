"""Circular validation: learn from the target's predicted labels, and predict the source back."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, unit
from graft.align.aligned import Aligned
from graft.align.domains import Source, Target


def circular(aligned: Aligned, source: Source, target: Target, seed: int = 0) -> float:
    """Give `learned_back` of the labels that the method gives the target.

    Bruzzone and Marconcini 2010, Domain Adaptation Problems: a DASVM Classification Technique and a Circular
    Validation Strategy.
    """
    return learned_back(source, target, aligned.target)


def learned_back(source: Source, target: Target, logs: Floats) -> float:
    """Give the balanced accuracy on the source of the nearest class mean of the target labelled by (M, K) `logs`.

    Both domains are centred and of unit length in their own features, (N, D) and (M, D), whatever a method did to
    them, so that methods are compared on equal ground.
    """
    S, T = unit(source.X - source.X.mean(axis=0)), unit(target.X - target.X.mean(axis=0))
    share = np.eye(source.count)[logs.argmax(axis=1)]
    C = unit(share.T @ T)
    empty = share.sum(axis=0) == 0
    called = (S @ C.T - 9.0 * empty).argmax(axis=1)
    return float(np.mean([np.mean(called[source.y == k] == k) for k in range(source.count)]))
