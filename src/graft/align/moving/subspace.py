"""Subspace alignment: the source's principal directions turned onto the target's."""

from __future__ import annotations

from graft.align.algebra import directions
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def subspace(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, dims: int = 64) -> Aligned:
    """Fit on S Pₛ (Pₛᵀ Pₜ), the target being T Pₜ; P are the (r, d) principal directions of each domain.

    Fernando et al. 2013, Unsupervised Visual Domain Adaptation Using Subspace Alignment.
    """
    S, T, placing = place(source, target, apart=True)
    Ps, Pt = directions(S, dims), directions(T, dims)
    moved, stays = S @ Ps @ (Ps.T @ Pt), T @ Pt
    return aligned("subspace", placing.then(Pt), fit_head(head_maker, moved, source), (moved, stays))
