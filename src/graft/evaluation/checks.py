"""Checks at the door: what the scoring functions were handed, or a sentence about it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.weights import Floats, Integers

ROUNDING = 1e-3


def class_indices(targets: NDArray[Any], n_classes: int, what: str = "targets") -> Integers:
    """Give (N,) class indices as int64; raises DataError when empty, not whole, or outside 0..n_classes-1."""
    given = np.asarray(targets)
    if given.ndim != 1 or len(given) == 0:
        raise DataError(f"The {what} have shape {given.shape}; give one class index per sample, of one sample or more.")
    if given.dtype.kind not in "iub":
        raise DataError(f"The {what} are {given.dtype}; give class indices, 0 to {n_classes - 1}, as whole numbers.")
    wrong = np.flatnonzero((given < 0) | (given >= n_classes))
    if len(wrong):
        at = int(wrong[0])
        raise DataError(f"The {what} hold {given[at]} at position {at}; there are {n_classes} classes, counted from 0.")
    return given.astype(np.int64)


def class_probabilities(probabilities: NDArray[Any], n: int, n_classes: int) -> Floats:
    """Give (N, K) probabilities as float64; raises DataError on a wrong shape or a row that is none."""
    given = np.asarray(probabilities, dtype=np.float64)
    if given.shape != (n, n_classes):
        need = f"{n} samples of {n_classes} classes need {(n, n_classes)}"
        raise DataError(f"The probabilities have shape {given.shape}; {need}.")
    fine = np.isfinite(given).all(axis=1) & (given >= 0).all(axis=1) & (np.abs(given.sum(axis=1) - 1) <= ROUNDING)
    if not fine.all():
        at = int(np.flatnonzero(~fine)[0])
        row = np.array2string(given[at], threshold=8)
        raise DataError(f"Row {at} of the probabilities is {row}; give numbers from 0 to 1 that sum to 1.")
    return given


def numbers(values: NDArray[Any], n: int, what: str) -> Floats:
    """Give (N,) finite numbers as float64; raises DataError when empty, of another length, or not finite."""
    given = np.asarray(values, dtype=np.float64)
    if given.shape != (n,) or n == 0:
        raise DataError(f"The {what} have shape {given.shape}; give one number per sample, {n} in all and one or more.")
    if not np.isfinite(given).all():
        at = int(np.flatnonzero(~np.isfinite(given))[0])
        raise DataError(f"The {what} hold {given[at]} at position {at}; give finite numbers.")
    return given
