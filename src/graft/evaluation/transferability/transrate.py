"""TransRate: the mutual information of features and classes, by coding rates.

Huang et al. 2022, "Frustratingly easy transferability estimation" (ICML, arXiv:2106.09362).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.transferability.checks import centred, labelled
from graft.evaluation.weights import Floats

PRECISION = 1e-4


def transrate(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give R(Z) - Σ over classes c of N_c / N R(Z_c), the bits a code of precision e = 1e-4 saves by the classes.

    R(Z) = log det(I + Z'Z / (N e)) / 2 for the (N, D) features Z less their mean; Z_c are the rows of class c, N_c of
    them. Raises DataError as `labelled` says.
    """
    given = labelled(features, targets)
    Z = centred(given.features)
    parts = [size / len(Z) * rate(Z[given.labels == c]) for c, size in enumerate(given.sizes)]
    return rate(Z) - float(sum(parts))


def rate(Z: Floats) -> float:
    """Give log det(I + Z'Z / (N e)) / 2."""
    values = np.linalg.svd(Z, compute_uv=False)
    return float(np.log1p(values**2 / (len(Z) * PRECISION)).sum() / 2)
