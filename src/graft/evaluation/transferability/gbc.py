"""GBC: how little the classes overlap when each is a Gaussian cloud.

Pándy et al. 2022, "Transferability estimation using Bhattacharyya class separability" (CVPR, arXiv:2111.12780).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.transferability.checks import centred, labelled

WIDTH = 64
LEAST = 1e-6


def gbc(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give -Σ over ordered pairs of classes c ≠ k of exp(-B(c, k)), on the first 64 principal coordinates.

    With class means m, spherical variances v (the mean over coordinates, divided by the class size) and
    u = (v_c + v_k) / 2, B = ||m_c - m_k||² / (8 u) + d/2 log(u / sqrt(v_c v_k)) is the distance of Bhattacharyya
    between the two clouds in d coordinates. A variance is at least 1e-6 of that of all samples, and that of all classes
    together where a class has one sample. At most 0. Raises DataError as `labelled` says.
    """
    given = labelled(features, targets)
    Z = centred(given.features)[:, :WIDTH]
    given = given._replace(features=Z)
    means = given.means()
    away = ((Z - means[given.labels]) ** 2).mean(axis=1)
    variances = given.one_hot.T @ away / given.sizes
    variances = np.where(given.sizes > 1, variances, away.mean())
    variances = np.maximum(variances, max(LEAST * float((Z**2).mean()), np.finfo(float).tiny))
    apart = ((means[:, None] - means) ** 2).sum(axis=2)
    both = (variances[:, None] + variances) / 2
    logs = np.log(both) - (np.log(variances)[:, None] + np.log(variances)) / 2
    overlap = np.exp(-(apart / (8 * both) + Z.shape[1] / 2 * logs))
    return float(-(overlap.sum() - np.trace(overlap)))
