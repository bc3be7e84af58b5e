"""What a head is fitted on, checked and aligned once: features, targets, weights and groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import FeatureError, check_matrix


@dataclass(frozen=True, eq=False)
class Training:
    """Checked training data: (N, D) `X`, (N,) class numbers `y` or float targets, (N,) `weight` > 0, (N,) `group`."""

    X: Any
    y: NDArray[Any]
    weight: NDArray[np.float64]
    group: NDArray[np.int64] | None
    classes: NDArray[Any]

    def take(self, rows: NDArray[np.int64]) -> Training:
        """Give some of the samples; `classes` stay."""
        group = None if self.group is None else self.group[rows]
        return replace(self, X=self.X[rows], y=self.y[rows], weight=self.weight[rows], group=group)


def check_training(
    X: Any, y: Any, weight: Any, group: Any, *, sparse: bool = False, numeric: bool = False, missing: bool = False
) -> Training:
    """Check and align everything `fit` is given; samples of weight zero are left out.

    Raises FeatureError for lengths that differ, missing or non-finite targets, bad weights, or a single class.
    """
    matrix = check_matrix(X, sparse=sparse, missing=missing)
    rows = matrix.shape[0]
    target = _check_target(y, rows, numeric)
    weights = _check_weight(weight, rows)
    groups = None if group is None else np.unique(_same_length(group, rows, "groups"), return_inverse=True)[1]
    training = Training(matrix, target, weights, groups, np.empty(0))
    if not weights.all():
        training = training.take(np.flatnonzero(weights))
    if numeric:
        return training
    classes, codes = np.unique(training.y, return_inverse=True)
    if len(classes) < 2:
        raise FeatureError(f"All samples are of one class ({classes[0]!s}); a classifier needs at least two classes.")
    return replace(training, y=codes.astype(np.int64), classes=classes)


def _same_length(values: Any, rows: int, what: str) -> NDArray[Any]:
    array = np.asarray(values)
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.shape != (rows,):
        raise FeatureError(f"There are {rows} samples but the {what} have shape {array.shape}; give one for each.")
    return array


def _check_target(y: Any, rows: int, numeric: bool) -> NDArray[Any]:
    if y is None:
        raise FeatureError("This head requires y to be passed, but the target y is None.")
    target = _same_length(y, rows, "targets")
    if rows < 2:
        raise FeatureError(f"Found array with {rows} sample(s) while a minimum of 2 is required to fit a head.")
    if numeric or target.dtype.kind in "fc":
        return _check_numbers(target, numeric)
    if target.dtype.kind != "O":
        return target
    kinds = {type(label) for label in target.tolist()}
    if not all(issubclass(kind, str) for kind in kinds) and len(kinds) > 1:
        names = ", ".join(sorted(kind.__name__ for kind in kinds))
        raise FeatureError(f"The targets mix {names}; give every label the same type (is one missing?).")
    return np.array(target.tolist())


def _check_numbers(target: NDArray[Any], numeric: bool) -> NDArray[Any]:
    numbers = target.astype(np.float64)
    if not np.isfinite(numbers).all():
        row = int(np.argmin(np.isfinite(numbers)))
        raise FeatureError(f"Target {row} is NaN or infinity; every sample needs a finite target.")
    if not numeric and (numbers != np.round(numbers)).any():
        raise FeatureError("Unknown label type: continuous targets; a classifier needs names or whole numbers.")
    return numbers if numeric else target


def _check_weight(weight: Any, rows: int) -> NDArray[np.float64]:
    if weight is None:
        return np.ones(rows)
    weights = _same_length(weight, rows, "sample weights").astype(np.float64)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.any():
        raise FeatureError("Sample weights must be finite, none negative and not all zero.")
    return weights


def weigh_classes(training: Training, mode: str | None) -> Training:
    """Weigh the samples by class: 'balanced' gives every class the same total weight, and keeps the grand total."""
    if mode is None:
        return training
    if mode != "balanced":
        raise FeatureError(f"class_weight {mode!r} is unknown; use None or 'balanced'.")
    totals = np.bincount(training.y, weights=training.weight)
    return replace(training, weight=training.weight * (totals.sum() / (len(totals) * totals))[training.y])


def check_penalty(penalty: float) -> float:
    """Give a penalty as a float; raises FeatureError unless it is positive and finite."""
    if not 0 < float(penalty) < float("inf"):
        raise FeatureError(f"The penalty must be a positive number, or None to choose it, not {penalty!r}.")
    return float(penalty)
