"""Linear optimal transport: the cheapest map that gives the source the target's mean and covariance."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, covariance, spectral
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def linear_transport(
    source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, ridge: float = 1.0
) -> Aligned:
    """Fit on S A + b: A = Cₛ^(-1/2) (Cₛ^(1/2) Cₜ Cₛ^(1/2))^(1/2) Cₛ^(-1/2), b = meanₜ - meanₛ A.

    C (r, r) = covariance + ridge · (mean variance of both) · I. The optimal map between Gaussians; Flamary et al. 2019,
    Concentration bounds for linear Monge mapping estimation and optimal transport domain adaptation.
    """
    S, T, placing = place(source, target, apart=False)
    A = monge(covariance(S, source.weights), covariance(T), ridge)
    middle = source.weights @ S / len(S)
    moved = (S - middle) @ A + T.mean(axis=0)
    return aligned("linear-transport", placing, fit_head(head_maker, moved, source), (moved, T))


def monge(Cs: Floats, Ct: Floats, ridge: float) -> Floats:
    """Give the (r, r) symmetric A with A Cₛ A = Cₜ, both with the ridge."""
    extra = ridge * (np.trace(Cs) + np.trace(Ct)) / (2 * len(Cs)) * np.eye(len(Cs))
    root = spectral(Cs + extra, np.sqrt)
    inverse = spectral(Cs + extra, lambda v: 1 / np.sqrt(np.maximum(v, 1e-12)))
    between = root @ (Ct + extra) @ root
    mapped: Floats = inverse @ spectral((between + between.T) / 2, np.sqrt) @ inverse
    return mapped
