"""Proxy A-distance: how well a classifier tells the two domains apart."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.heads.folds import stratified_folds
from graft.heads.logistic import Logistic

MOST = 1000


def domain_accuracy(S: Floats, T: Floats, seed: int = 0) -> float:
    """Give the balanced accuracy, on rows held out, of a logistic regression of source (N, r) against target (M, r).

    Up to 1,000 rows of each domain, drawn by the seed; two folds.
    """
    draw = np.random.default_rng(seed)
    parts = [X[np.sort(draw.permutation(len(X))[:MOST])] for X in (S, T)]
    both, mark = np.concatenate(parts), np.repeat([0, 1], [len(X) for X in parts])
    fold = stratified_folds(mark, 2, seed)
    right = np.zeros(len(both))
    for number in range(2):
        out = fold == number
        head = Logistic(penalty=0.1, class_weight="balanced").fit(both[~out], mark[~out])
        right[out] = head.predict(both[out]) == mark[out]
    return float((right[mark == 0].mean() + right[mark == 1].mean()) / 2)


def proxy_a_distance(source: Source, target: Target, seed: int = 0) -> float:
    """Give 2 (1 - 2 error) of a classifier of domains: 0 where they cannot be told apart, 2 where always.

    Ben-David et al. 2007, Analysis of Representations for Domain Adaptation.
    """
    S, T, _ = place(source, target, apart=False)
    return float(np.clip(2 * (1 - 2 * (1 - domain_accuracy(S, T, seed))), 0.0, 2.0))
