"""Average candidates instead of choosing one, where held-out samples are too few to tell them apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.weights import Floats

TEMPER = 1 / 8


def average_weights(losses: Sequence[NDArray[Any]], temper: float = TEMPER) -> Floats:
    """Give the (M,) weights exp(-temper · sum of losses) / total, of M arrays (N,) of held-out log losses.

    Where the sums differ by little all count alike; where one is lower by much it takes all, so that with more samples
    averaging becomes choosing. Samples without a loss (NaN) under some candidate are left out. With `temper` 1 these
    are pseudo-BMA weights, which trust a few samples too much: Geisser and Eddy 1979, A Predictive Approach to Model
    Selection; Yao et al. 2018, Using Stacking to Average Bayesian Predictive Distributions. 1/8 was chosen on reviews
    and photos of 2 to 64 labels a class. Raises DataError when there is no candidate or no sample they share.
    """
    if not len(losses):
        raise DataError("There is no candidate to average.")
    table = np.stack([np.asarray(each, dtype=np.float64) for each in losses])
    shared = np.isfinite(table).all(axis=0)
    if not shared.any():
        raise DataError("No sample has a loss under every candidate, so they cannot be averaged.")
    sums = table[:, shared].sum(axis=1)
    weights: Floats = np.exp(temper * (sums.min() - sums))
    weights /= weights.sum()
    return weights
