"""LEEP: how well a backbone's own classes predict the new ones.

Nguyen et al. 2020, "LEEP: A new measure to evaluate transferability of learned representations" (arXiv:2002.12462).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.transferability.checks import labelled

ROUNDING = 1e-3


def leep(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give the mean over samples of log Σ over source classes z of P(y | z) p(z | x).

    The features are the (N, Z) probabilities p(z | x) of the backbone's own classes, and P(y | z) is
    Σ p(z | x) over the samples of class y, divided by Σ p(z | x) over all. At most 0. Raises DataError for rows that
    are no probabilities, and as `labelled` says.
    """
    given = labelled(features, targets)
    p = given.features
    wrong = (p < 0).any(axis=1) | (np.abs(p.sum(axis=1) - 1) > ROUNDING)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(f"Row {row} of the features is no set of probabilities; LEEP needs the backbone's own classes.")
    joint = given.one_hot.T @ p
    total = joint.sum(axis=0)
    share = np.divide(joint, total, out=np.zeros_like(joint), where=total > 0)
    expected = (share[given.labels] * p).sum(axis=1)
    return float(np.log(np.maximum(expected, np.finfo(float).tiny)).mean())
