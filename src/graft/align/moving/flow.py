"""Geodesic flow kernel: rows compared along the whole way from the source's subspace to the target's."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, directions
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place


def geodesic_flow(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, dims: int = 32) -> Aligned:
    """Fit on Z L with L Lᵀ = ∫₀¹ Φ(t) Φ(t)ᵀ dt, Φ the (r, d) geodesic from Φ(0) = Pₛ to Φ(1) = Pₜ.

    d is at most r / 2, so that there is room to turn in. Gong et al. 2012, Geodesic Flow Kernel for Unsupervised
    Domain Adaptation.
    """
    S, T, placing = place(source, target, apart=True)
    most = max(1, min(dims, S.shape[1] // 2))
    Ps, Pt = directions(S, most), directions(T, most)
    shared = min(Ps.shape[1], Pt.shape[1])
    L = flow_factor(Ps[:, :shared], Pt[:, :shared])
    moved, stays = S @ L, T @ L
    return aligned("geodesic-flow", placing.then(L), fit_head(head_maker, moved, source), (moved, stays))


def flow_factor(Ps: Floats, Pt: Floats) -> Floats:
    """Give the (r, 2d) factor L of the kernel matrix of two orthonormal (r, d) bases.

    With Pₛᵀ Pₜ = U cos(θ) Vᵀ and Q the directions of Pₜ outside Pₛ: Φ(t) = Pₛ U cos(tθ) + Q sin(tθ), whose integral
    has the blocks ½ + sin 2θ / 4θ, (1 - cos 2θ) / 4θ and ½ - sin 2θ / 4θ in (Pₛ U, Q).
    """
    U, cosines, Vt = np.linalg.svd(Ps.T @ Pt)
    angle = np.arccos(np.clip(cosines, -1.0, 1.0))
    start = Ps @ U
    outside = Pt @ Vt.T - start * np.cos(angle)
    length = np.linalg.norm(outside, axis=0)
    outside = np.where(length > 1e-9, outside / np.maximum(length, 1e-9), 0.0)
    safe = np.maximum(angle, 1e-9)
    wave, turn = np.sin(2 * safe) / (4 * safe), (1 - np.cos(2 * safe)) / (4 * safe)
    blocks = np.stack([np.stack([0.5 + wave, turn], -1), np.stack([turn, 0.5 - wave], -1)], -2)
    values, vectors = np.linalg.eigh(blocks)
    roots = vectors * np.sqrt(np.maximum(values, 0.0))[:, None, :]
    factor: Floats = np.concatenate([start * roots[:, 0, i] + outside * roots[:, 1, i] for i in (0, 1)], axis=1)
    return factor
