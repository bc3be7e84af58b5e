"""Left-out accuracy: how often ridge regression is right about a sample it was not shown, each sample left out in turn.

Likelihoods and evidences order backbones by how sure they are; this counts hits, as the accuracy asked for does,
and leaving out one sample of all leaves less to chance than five folds do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.crossval import cross_predict
from graft.evaluation.transferability.checks import classes, matrix
from graft.evaluation.transferability.probe import folds_of
from graft.heads.ridge import Ridge
from graft.heads.softmax import best_sharpness
from graft.heads.tfidf_logistic import TfidfLogistic
from graft.heads.threads import one_thread
from graft.heads.training import check_training


def left_out_accuracy(features: Any, targets: NDArray[Any]) -> float:
    """Give the share of samples whose own class has the highest score in ridge regression without them.

    Ridge regression on class indicators and standardized features in closed form (`heads.Ridge`; leaving one out by
    Allen 1974), at the penalty of the lowest log loss. Of sparse word counts it is the share that tf-idf and logistic
    regression tell rightly in 5 folds, at the one penalty it chooses on all. Raises DataError for features that are no
    finite table, for amounts, and for a single class.
    """
    if hasattr(features, "tocsr"):
        return counted_accuracy(features, targets)
    X = matrix(features)
    labels, _ = classes(targets, len(X))
    with one_thread():
        training = check_training(X, labels, None, None)
        rows, scores = Ridge().prepare(training).all_left_out(len(training.classes))
        y = training.y[rows]
        best, _, _ = best_sharpness(scores, y, np.ones(len(y)))
    return float(np.mean(scores[best].argmax(axis=1) == y))


def counted_accuracy(counts: Any, targets: NDArray[Any]) -> float:
    """Give the share of samples with (N, D) sparse counts that are told rightly in 5 folds, at one penalty for all."""
    labels, sizes = classes(targets, counts.shape[0])
    folds = folds_of(labels, sizes)
    penalty = TfidfLogistic().fit(counts, labels).penalty_
    said = cross_predict(lambda: TfidfLogistic(penalty=penalty), counts, labels, folds, len(sizes))
    known = folds >= 0
    return float(np.mean(said[known].argmax(axis=1) == labels[known]))
