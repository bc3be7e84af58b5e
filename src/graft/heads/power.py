"""The power transform: features that are skewed and never negative become nearly symmetric."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

SKEWED = 1.0


def is_skewed(X: Any) -> bool:
    """Say whether (N, D) features are never negative and the skewness of all their entries together is above 1.

    That is what averages of rectified responses look like; symmetric features are better left as they are.
    """
    values = np.asarray(X, dtype=np.float64)
    if values.size == 0 or values.min() < 0:
        return False
    off = values - values.mean()
    spread = float(np.sqrt(np.mean(off**2)))
    return spread > 0 and float(np.mean(off**3)) > SKEWED * spread**3


def power(X: Any, exponent: float = 0.5) -> NDArray[np.float64]:
    """Give sign(x) |x|^exponent of every entry, as float64.

    Tukey 1977, Exploratory Data Analysis (the ladder of powers); for few labels Yang et al. 2021, Free Lunch for
    Few-Shot Learning (arXiv:2101.06395), and Hu et al. 2020 (arXiv:2006.03806).
    """
    values = np.asarray(X, dtype=np.float64)
    raised: NDArray[np.float64] = np.sign(values) * np.abs(values) ** exponent
    return raised
