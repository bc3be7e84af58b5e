"""CORAL: the source is given the target's covariance."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, covariance, spectral
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def coral(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, ridge: float = 1.0) -> Aligned:
    """Fit on S Cₛ^(-1/2) Cₜ^(1/2), the target staying where it is; both centred and (N, r), (M, r).

    C = covariance + ridge · (mean variance of both) · I, the paper's I for features of variance one.
    Sun, Feng and Saenko 2016, Return of Frustratingly Easy Domain Adaptation (arXiv:1511.05547).
    """
    S, T, placing = place(source, target, apart=True)
    moved = S @ recolour(covariance(S, source.weights), covariance(T), ridge)
    return aligned("coral", placing, fit_head(head_maker, moved, source), (moved, T))


def recolour(Cs: Floats, Ct: Floats, ridge: float) -> Floats:
    """Give the (r, r) matrix (Cₛ + λI)^(-1/2) (Cₜ + λI)^(1/2)."""
    floor = ridge * (np.trace(Cs) + np.trace(Ct)) / (2 * len(Cs))
    extra = floor * np.eye(len(Cs))
    white = spectral(Cs + extra, lambda v: 1 / np.sqrt(np.maximum(v, 1e-12)))
    coloured: Floats = white @ spectral(Ct + extra, np.sqrt)
    return coloured
