"""Cross-validation: predictions for every sample from a head that did not see it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.probability import sample_log_loss
from graft.evaluation.weights import Floats, Integers, weighted_mean

if TYPE_CHECKING:
    from graft.heads.base import Matrix


class Fold(NamedTuple):
    """One round: its number, the samples trained on and the samples held out, as indices."""

    number: int
    train: Integers
    held: Integers


def plan(folds: NDArray[Any], groups: NDArray[Any] | None = None) -> list[Fold]:
    """Give the rounds of (N,) fold numbers; samples of fold -1 are trained on in every round.

    One fold beside samples of fold -1 is one round, as with a validation set. Raises DataError when there is nothing to
    hold out or nothing to train on, or when samples of one group lie in two folds.
    """
    given = np.asarray(folds)
    found = np.unique(given[given >= 0])
    if len(found) == 0 or len(np.unique(given)) < 2:
        raise DataError("Cross-validation needs two folds or more, or one and samples to train on; give more samples.")
    if groups is not None:
        pairs = np.unique(np.stack([np.unique(groups, return_inverse=True)[1], given]), axis=1)[0]
        if len(pairs) != len(np.unique(pairs)):
            split = np.unique(groups)[pairs[1:][pairs[1:] == pairs[:-1]][0]]
            raise DataError(f"Group {split} lies in more than one fold; make the folds from the groups.")
    return [Fold(int(f), np.flatnonzero(given != f), np.flatnonzero(given == f)) for f in found]


def class_columns(head: Any, X: Matrix, n_classes: int) -> Floats:
    """Give (N, n_classes) probabilities of a fitted classifier that may know fewer classes; others get 0."""
    probabilities = np.zeros((X.shape[0], n_classes))
    probabilities[:, np.asarray(head.classes_, dtype=np.int64)] = head.predict_proba(X)
    return probabilities


def fold_output(
    make_head: Callable[[], Any],
    X: Matrix,
    y: NDArray[Any],
    fold: Fold,
    n_classes: int = 0,
    sample_weight: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
) -> Floats:
    """Give the prediction of each held sample of one round, as `cross_predict` does of all.

    `make_head` gives an unfitted head, or any estimator with its `fit(X, y, sample_weight, groups)`.
    """
    known = y[fold.train]
    if n_classes and len(np.unique(known)) < 2:
        raise DataError(f"Without fold {fold.number} there is one class only to train on; use other folds.")
    weight = None if sample_weight is None else sample_weight[fold.train]
    inner = None if groups is None else groups[fold.train]
    head = make_head().fit(X[fold.train], known, weight, inner)
    held = X[fold.held]
    return class_columns(head, held, n_classes) if n_classes else np.asarray(head.predict(held))


def cross_predict(
    make_head: Callable[[], Any],
    X: Matrix,
    y: NDArray[Any],
    folds: NDArray[Any],
    n_classes: int = 0,
    sample_weight: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
) -> Floats:
    """Give each sample's prediction by a fresh head fitted on the other folds.

    `X` (N, D) may be an array, a memory-mapped one or CSR. For classification `y` (N,) are class indices and the result
    is (N, n_classes) probabilities; with `n_classes` 0 it is (N,) numbers. Samples of fold -1 get NaN. Raises DataError
    when a round has one class only to train on, or when `groups` (N,), which heads are told of, lie across folds.
    """
    out = np.full((len(y), n_classes) if n_classes else len(y), np.nan)
    for fold in plan(folds, groups):
        out[fold.held] = fold_output(make_head, X, y, fold, n_classes, sample_weight, groups)
    return out


def sample_losses(targets: NDArray[Any], predicted: NDArray[Any]) -> Floats:
    """Give each sample's log loss of (N, K) probabilities, or squared error of (N,) numbers; NaN stays NaN."""
    if np.ndim(predicted) == 1:
        return np.asarray((np.asarray(targets) - np.asarray(predicted)) ** 2, dtype=np.float64)
    return sample_log_loss(targets, predicted)


def fold_losses(losses: NDArray[Any], folds: NDArray[Any], sample_weight: NDArray[Any] | None = None) -> Floats:
    """Give the (F,) mean loss of each fold, in the order of their numbers."""
    weight = np.ones(len(losses)) if sample_weight is None else sample_weight
    return np.array([weighted_mean(losses[fold.held], weight[fold.held]) for fold in plan(folds)])
