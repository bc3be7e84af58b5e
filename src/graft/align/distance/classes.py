"""Per-class shift: how far each class moved from source to target, the target's classes being predicted."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.domains import Source


def class_shifts(S: Floats, source: Source, T: Floats, shares: Floats) -> Floats:
    """Give (K,): the distance between a class's source mean and target mean over the spread within source classes.

    Target means weigh rows by their (M, K) class probabilities; the spread is the root mean squared distance of source
    rows to their class's mean. NaN for a class that no target row is given.
    """
    weighted = source.indicators * source.weights[:, None]
    means = weighted.T @ S / weighted.sum(axis=0)[:, None]
    spread = np.sqrt(source.weights @ np.square(S - means[source.y]).sum(axis=1) / len(S))
    mass = shares.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        moved = shares.T @ T / mass[:, None]
        found: Floats = np.linalg.norm(moved - means, axis=1) / max(float(spread), 1e-12)
    found[mass < 0.5] = np.nan
    return found
