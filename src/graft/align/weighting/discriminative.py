"""Discriminative reweighting: a classifier of domains gives the ratio of their densities."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import Aligned, HeadMaker, aligned, fit_head
from graft.align.domains import Source, Target
from graft.align.placing import place
from graft.heads.folds import stratified_folds
from graft.heads.logistic import Logistic

PENALTY = 0.1


def discriminative(source: Source, target: Target, head_maker: HeadMaker, seed: int = 0, most: float = 10.0) -> Aligned:
    """Fit with weights w(x) = N / M · p(target | x) / p(source | x), at most `most`, then of mean one.

    p is a logistic regression of the two domains, each source row judged by one that did not see it. Bickel, Brückner
    and Scheffer 2009, Discriminative Learning Under Covariate Shift.
    """
    S, T, placing = place(source, target, apart=False)
    ratio = np.minimum(domain_ratio(S, T, seed), most)
    return aligned("discriminative", placing, fit_head(head_maker, S, source, ratio / ratio.mean()), (S, T))


def domain_ratio(S: Floats, T: Floats, seed: int) -> Floats:
    """Give the (N,) held-out density ratios target / source of the source rows, from 3-fold logistic regression."""
    both, mark = np.concatenate([S, T]), np.repeat([0, 1], [len(S), len(T)])
    fold = stratified_folds(mark, 3, seed)
    held = np.empty(len(both))
    for number in range(3):
        out = fold == number
        held[out] = Logistic(penalty=PENALTY).fit(both[~out], mark[~out]).predict_proba(both[out])[:, 1]
    p = np.clip(held[: len(S)], 1e-6, 1 - 1e-6)
    ratio: Floats = p / (1 - p) * len(S) / len(T)
    return ratio
