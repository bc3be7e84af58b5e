"""What every score is handed, checked: features without gaps, and targets of two classes or more."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.weights import Floats, Integers


class Labelled(NamedTuple):
    """(N, D) float64 `features` and (N,) class numbers `labels`, 0 to K - 1; every class has a sample."""

    features: Floats
    labels: Integers
    sizes: Integers

    @property
    def one_hot(self) -> Floats:
        """The (N, K) matrix with a one at each sample's class."""
        return np.eye(len(self.sizes))[self.labels]

    def means(self) -> Floats:
        """Give the (K, D) means of the classes."""
        return np.asarray(self.one_hot.T @ self.features / self.sizes[:, None], dtype=np.float64)


def matrix(features: Any) -> Floats:
    """Give (N, D) features as a new float64 array; raises DataError when sparse, not finite, or not a table."""
    if hasattr(features, "tocsr"):
        raise DataError("This score needs dense features but got a sparse matrix; 'probe' ranks word counts too.")
    given = np.array(features, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] < 2 or given.shape[1] == 0:
        raise DataError(f"The features have shape {given.shape}; give a row for each of two samples or more.")
    if not np.isfinite(given).all():
        row = int(np.argmin(np.isfinite(given).all(axis=1)))
        raise DataError(f"Row {row} of the features holds NaN or infinity; leave that sample out.")
    return given


def classes(targets: NDArray[Any], n: int) -> tuple[Integers, Integers]:
    """Give the (N,) class numbers and the (K,) class sizes; raises DataError for amounts and for one class."""
    given = np.asarray(targets)
    if given.shape != (n,):
        raise DataError(f"The targets have shape {given.shape}; give one for each of the {n} samples.")
    if given.dtype.kind == "f":
        raise DataError("This score needs classes, and the targets are amounts; 'logme' and 'probe' score amounts.")
    found, labels, sizes = np.unique(given, return_inverse=True, return_counts=True)
    if len(found) < 2:
        raise DataError(f"All {n} samples are of one class ({found[0]}); a score needs two classes or more.")
    return labels.astype(np.int64), sizes.astype(np.int64)


def labelled(features: Any, targets: NDArray[Any]) -> Labelled:
    """Check and align features and class targets; raises DataError in a sentence."""
    X = matrix(features)
    return Labelled(X, *classes(targets, len(X)))


def centred(features: Floats) -> Floats:
    """Give the (N, r) principal coordinates of (N, D) features, r = min(N, D): centred, distances unchanged."""
    left, values, _ = np.linalg.svd(features - features.mean(axis=0), full_matrices=False)
    return np.asarray(left * values, dtype=np.float64)
