"""Label propagation: neighbours in the target agree, the source's probabilities begin."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, unit
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head, linear_head, logs_of
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem
from graft.align.placing import place

NEIGHBOURS, SPREAD = 10, 0.9


def propagation(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Smooth the source head's (M, K) probabilities P over target neighbours: F = (I - 0.9 A)⁻¹ P.

    A = D^(-½) W D^(-½), W the symmetric graph of the 10 nearest by cosine, weighted by it. New rows are judged by a
    linear head fitted to F. Zhou et al. 2004, Learning with Local and Global Consistency.
    """
    S, T, placing = place(source, target, apart=True)
    P = np.exp(logs_of(fit_head(head_maker, S, source), T))
    F = spread(P, neighbour_graph(T, NEIGHBOURS), SPREAD)
    theta = Problem(T, F, np.ones(len(T)), T).source_only()
    head = linear_head(theta[:, :-1], theta[:, -1])
    return aligned("propagation", placing, head, (S, T), target=np.log(np.maximum(F, 1e-12)))


def neighbour_graph(T: Floats, count: int) -> Floats:
    """Give the (M, M) normalized graph D^(-½) W D^(-½)."""
    rows = unit(T)
    near = rows @ rows.T
    np.fill_diagonal(near, -np.inf)
    few = min(count, len(T) - 1)
    best = np.argpartition(-near, few - 1, axis=1)[:, :few]
    W = np.zeros_like(near)
    np.put_along_axis(W, best, np.maximum(np.take_along_axis(near, best, axis=1), 1e-9), axis=1)
    W = np.maximum(W, W.T)
    root = 1 / np.sqrt(W.sum(axis=1))
    graph: Floats = W * root[:, None] * root
    return graph


def spread(P: Floats, graph: Floats, alpha: float) -> Floats:
    """Give (I - αA)⁻¹ P with rows that sum to one."""
    F = np.maximum(np.linalg.solve(np.eye(len(P)) - alpha * graph, P), 0.0)
    shares: Floats = F / F.sum(axis=1, keepdims=True)
    return shares
