"""SHOT-like clustering without the source: groups of the target named by what the model says of its rows."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, aligned, linear_head
from graft.align.clustering.information import negative_information
from graft.align.clustering.shot import ROUNDS, TRUST, nearest_centroid
from graft.align.domains import Target
from graft.align.linear_training import Problem, scores
from graft.align.placing import place_alone


def shot_alone(target: Target, before: Floats) -> Aligned:
    """Start from the (M, K) log-probabilities `before`; then three rounds on the (M, D) target alone.

    Each round is one of `shot`: labels of the nearest centroid by cosine, then a linear head with 0.3 · cross-entropy
    on them plus `negative_information`. The first head is fitted to `before`. Liang, Hu and Feng 2020, Do We Really
    Need to Access the Source Data? (arXiv:2002.08546), the linear head in the place of the network.
    """
    T, placing = place_alone(target)
    share = np.exp(log_softmax(before))
    count, ones = share.shape[1], np.ones(len(T))
    theta = Problem(T, share, ones, T).source_only()
    for _ in range(ROUNDS):
        labels = nearest_centroid(share, T)
        theta = Problem(T, TRUST * np.eye(count)[labels], ones, T).solve(negative_information, 1.0, theta)
        share = np.exp(log_softmax(scores(theta, T)))
    return aligned("shot", placing, linear_head(theta[:, :-1], theta[:, -1]), (T, T))
