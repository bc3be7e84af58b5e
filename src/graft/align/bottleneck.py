"""Domain objectives on features: one hidden layer that learns features on which the domains agree, and a head."""

from __future__ import annotations

import numpy as np

from graft.align.aligned import Aligned, HeadMaker, Method, aligned
from graft.align.domains import Source, Target
from graft.align.objectives.settings import SETTINGS, Setting
from graft.align.placing import place

STEPS = 400


def bottleneck(
    source: Source, target: Target, name: str, setting: Setting, seed: int = 0, steps: int = STEPS
) -> Aligned:
    """Train relu(z A + a) B + b, 256 hidden units, with cross-entropy on the source plus an objective by name.

    z are the placed rows of both domains, times √r. At least `steps` updates of 64 rows of each domain, AdamW at 1e-3
    with warm-up and cosine. The hidden units are the features that the objective sees. The head kept is a `Network`.
    """
    from graft.align.bottleneck_module import network_head, trained_bottleneck

    S, T, placing = place(source, target, apart=True)
    scale = float(np.sqrt(S.shape[1]))
    module = trained_bottleneck((S * scale, source.y, source.weights), T * scale, name, setting, seed, steps)
    return aligned(name, placing, network_head(module, scale), (S, T))


def with_objective(name: str) -> Method:
    """Give the method that trains a bottleneck with an objective; the head is always its own."""

    def fit(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
        """Fit to one pair; `head_maker` is not asked."""
        return bottleneck(source, target, name, SETTINGS[name], seed, STEPS)

    return fit
