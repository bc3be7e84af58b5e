"""Source probabilities of rows that the head did not see: what label-shift corrections must start from."""

from __future__ import annotations

import numpy as np

from graft.align.algebra import Floats
from graft.align.aligned import HeadMaker, logs_of
from graft.align.domains import Source
from graft.heads.folds import stratified_folds


def held_out_log_proba(S: Floats, source: Source, head_maker: HeadMaker, seed: int, folds: int = 5) -> Floats:
    """Give the (N, K) log-probabilities of placed source rows, each by a head fitted without its fold.

    Rows of a class with one sample are never held out: they get the probabilities of a head that saw them.
    """
    fold = stratified_folds(source.y, folds, seed)
    logs = np.empty((len(S), source.count))
    if (fold < 0).any():
        logs[fold < 0] = logs_of(head_maker().fit(S, source.y, source.weights), S[fold < 0])
    for number in np.unique(fold[fold >= 0]):
        out = fold == number
        logs[out] = logs_of(head_maker().fit(S[~out], source.y[~out], source.weights[~out]), S[out])
    return logs
