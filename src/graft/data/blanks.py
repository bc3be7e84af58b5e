"""Numbers that stand for nothing: -9, -99 and the like in columns that are never below zero otherwise."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

STAND_INS = (-9.0, -99.0, -999.0, -9999.0)
LEAST = 2


def blanks(values: NDArray[Any]) -> NDArray[np.float64]:
    """Give, for each column of (N, C) values, the number that stands for nothing there; infinity where there is none.

    A number is a stand-in when some column holds it twice or more and nothing else below zero. It then stands for
    nothing in every column whose other values all lie above half of it, so that a column without such a cell here is
    read the same way where there is one elsewhere.
    """
    found = np.full(values.shape[1], np.inf)
    for number in STAND_INS:
        here = values == number
        others = np.where(here | np.isnan(values), np.inf, values).min(axis=0, initial=np.inf)
        if np.any((here.sum(axis=0) >= LEAST) & (others >= 0) & np.isfinite(others)):
            found[(others > number / 2) & np.isinf(found)] = number
    return found


def without_blanks(values: NDArray[Any], stand_in: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give a copy of (N, C) values with NaN for what stands for nothing in its column."""
    return np.where(values == stand_in, np.nan, np.asarray(values, dtype=np.float64))


def blank_notes(values: NDArray[Any], names: list[str]) -> list[str]:
    """Say which numbers are read as missing, and in which columns."""
    stand_in = blanks(values)
    said = []
    for number in np.unique(stand_in[np.isfinite(stand_in)]):
        columns = [name for name, own, cells in zip(names, stand_in, values.T, strict=True)
                   if own == number and np.any(cells == number)]  # fmt: skip
        if columns:
            listed = ", ".join(columns)
            said.append(f"{number:g} is read as a missing value in {listed}, where it lies far below all other values.")
    return said
