"""Features are checked once, at the door of a head, and every refusal is a sentence."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError

BLOCK_NUMBERS = 1_000_000


class FeatureError(DataError, ValueError):
    """Features, targets or weights that no head can be fitted on; a ValueError too, as scikit-learn's tools expect."""


def slices(rows: int, width: int) -> list[slice]:
    """Give the blocks of rows in which (rows, width) features are worked through: about a million numbers each."""
    step = max(64, BLOCK_NUMBERS // max(1, width))
    return [slice(start, min(start + step, rows)) for start in range(0, rows, step)]


def is_sparse(X: Any) -> bool:
    """Say whether X is a SciPy sparse matrix, without importing SciPy."""
    return hasattr(X, "tocsr")


def check_matrix(X: Any, width: int | None = None, sparse: bool = False, missing: bool = False) -> Any:
    """Give X as a finite 2-D floating array (or CSR matrix); raises FeatureError with the first bad row.

    `width` is the number of features the head was fitted on, None while fitting. Memory maps stay memory maps. With
    `missing` NaN is a missing value and allowed.
    """
    if is_sparse(X) and not sparse:
        raise FeatureError("This head needs dense features but got a sparse matrix; use 'tfidf-logistic' for counts.")
    matrix = X.tocsr() if is_sparse(X) else _as_array(X)
    if matrix.ndim != 2:
        shape = tuple(int(size) for size in matrix.shape)
        raise FeatureError(f"Features must be a table of (samples, features), not of shape {shape}. Reshape your data.")
    if matrix.shape[1] == 0:
        raise FeatureError(f"Found array with 0 feature(s) (shape={matrix.shape}) while a minimum of 1 is required.")
    if width is not None and matrix.shape[1] != width:
        raise FeatureError(f"X has {matrix.shape[1]} features, but Head is expecting {width} features as input.")
    _check_finite(matrix, missing)
    return _floating(matrix)


def _as_array(X: Any) -> NDArray[Any]:
    array = X if isinstance(X, np.ndarray) else np.asarray(X)
    if array.dtype.kind == "c":
        raise FeatureError("Complex data not supported: features must be real numbers.")
    if array.dtype.kind not in "fiub":
        try:
            return array.astype(np.float64)
        except (TypeError, ValueError) as error:
            raise FeatureError(f"Features must be numbers, but: {error}.") from error
    return array


def _floating(matrix: Any) -> Any:
    return matrix if matrix.dtype in (np.float32, np.float64) else matrix.astype(np.float32)


def _check_finite(matrix: Any, missing: bool) -> None:
    if is_sparse(matrix):
        if not np.isfinite(matrix.data).all():
            raise FeatureError("The sparse features contain NaN or infinity; every count must be a finite number.")
        return
    for rows in slices(*matrix.shape):
        bad = np.isinf(matrix[rows]) if missing else ~np.isfinite(matrix[rows])
        if bad.any():
            row = rows.start + int(np.argmax(bad.any(axis=1)))
            what = "infinity" if missing else "NaN or infinity"
            raise FeatureError(f"Row {row} of the features contains {what}; leave it out or fill it in first.")
