"""SHOT-like clustering: pseudo-labels by centroids of the head's own probabilities, then a head on them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from graft.align.algebra import Floats, log_softmax, unit
from graft.align.aligned import Aligned, HeadMaker, aligned, linear_head
from graft.align.clustering.information import negative_information
from graft.align.domains import Source, Target
from graft.align.linear_training import Problem, scores
from graft.align.placing import place

ROUNDS, TRUST = 3, 0.3


def shot(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0) -> Aligned:
    """Start from a linear head of the source; then, without the source, three rounds on the target alone.

    Each round: centroids weighted by the head's probabilities, (K, r); labels of the nearest centroid by cosine, twice;
    a linear head with 0.3 · cross-entropy on those labels plus `negative_information`. Liang, Hu and Feng 2020, Do We
    Really Need to Access the Source Data? (arXiv:2002.08546), the linear head in the place of the network.
    """
    S, T, placing = place(source, target, apart=True)
    theta = Problem(S, source.indicators, source.weights, T).source_only()
    for _ in range(ROUNDS):
        labels = nearest_centroid(np.exp(log_softmax(scores(theta, T))), T)
        problem = Problem(T, TRUST * np.eye(source.count)[labels], np.ones(len(T)), T)
        theta = problem.solve(negative_information, 1.0, theta)
    return aligned("shot", placing, linear_head(theta[:, :-1], theta[:, -1]), (S, T))


def nearest_centroid(share: Floats, T: Floats) -> NDArray[np.int64]:
    """Give the (M,) labels of the nearest centroid, first by (M, K) shares, then once more by those labels."""
    rows = unit(T)
    labels: NDArray[np.int64] = share.argmax(axis=1)
    for _ in range(2):
        C = unit(share.T @ rows)
        labels = (rows @ C.T - 9.0 * (share.sum(axis=0) < 1e-9)).argmax(axis=1)
        share = np.eye(share.shape[1])[labels]
    return labels
