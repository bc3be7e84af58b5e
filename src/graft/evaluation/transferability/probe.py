"""Probe: what a linear head reaches on samples it did not see, cross-validated.

The plain rival of every other score here (Alain and Bengio 2016, arXiv:1610.01644), and the only one for word counts.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.crossval import cross_predict
from graft.evaluation.transferability.checks import classes, matrix
from graft.evaluation.transferability.logme import amounts
from graft.evaluation.weights import Integers
from graft.heads.folds import stratified_folds
from graft.heads.logistic import Logistic
from graft.heads.ridge_regression import RidgeRegression
from graft.heads.tfidf_logistic import TfidfLogistic

FOLDS = 5


def probe(features: Any, targets: NDArray[Any]) -> float:
    """Give the mean log-likelihood, in nats, of held-out samples under logistic regression.

    The lowest loss along the path of penalties in 5 stratified folds (`heads.path`), negated; of (N, D) dense features
    (standardized) or sparse word counts (tf-idf). For amounts it is R² = 1 - Σ e² / Σ (y - mean)², with e the error of
    ridge regression when a sample is left out. Raises DataError for features that are no finite table, or one class.
    """
    sparse = hasattr(features, "tocsr")
    X = features if sparse else matrix(features)
    if np.asarray(targets).dtype.kind == "f":
        if sparse:
            raise DataError("Amounts cannot be scored on word counts; choose a text encoder.")
        y = amounts(targets, len(X))
        return float(1 - RidgeRegression().fit(X, y).path_[:, 1].min() / np.var(y))
    labels, sizes = classes(targets, X.shape[0])
    folds_of(labels, sizes)
    head = (TfidfLogistic() if sparse else Logistic()).fit(X, labels)
    return -float(head.path_[:, 1].min())


def probe_accuracy(features: Any, targets: NDArray[Any]) -> float:
    """Give the share of samples that logistic regression, fitted on the other four of five folds, predicts rightly.

    Raises DataError as `probe` does, and for amounts.
    """
    sparse = hasattr(features, "tocsr")
    X = features if sparse else matrix(features)
    labels, sizes = classes(targets, X.shape[0])
    folds = folds_of(labels, sizes)
    said = cross_predict(TfidfLogistic if sparse else Logistic, X, labels, folds, len(sizes))
    known = folds >= 0
    return float(np.mean(said[known].argmax(axis=1) == labels[known]))


def folds_of(labels: Integers, sizes: Integers) -> Integers:
    """Give the (N,) stratified folds, -1 for a class of one; raises DataError where every class has one sample."""
    if sizes.max() < 2:
        raise DataError("Every sample is the only one of its class, so none can be held out; give two of some class.")
    return stratified_folds(labels, FOLDS)
