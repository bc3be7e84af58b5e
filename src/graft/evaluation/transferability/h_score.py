"""H-score, regularized: how much of the features' spread lies between the classes.

Bao et al. 2019, "An information-theoretic approach to transferability in task transfer learning" (ICIP); shrinkage by
Ibrahim et al. 2022, "Newer is not always better" (arXiv:2110.06893), after Ledoit and Wolf 2004.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from graft.evaluation.transferability.checks import centred, labelled
from graft.evaluation.weights import Floats


def h_score(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give tr(C_a⁻¹ (1 - a) B) with C_a = (1 - a) C + a tr(C) / D I.

    C (D, D) is the covariance of the (N, D) features (divided by N), B that of the features when each is replaced by
    the mean of its class, and a Ledoit and Wolf's shrinkage. From 0 to K - 1. Raises DataError for features that are no
    finite table, targets that are no classes, and a single class.
    """
    given = labelled(features, targets)
    n, d = given.features.shape
    Z = centred(given.features)
    power = (Z**2).sum(axis=0) / n
    if power.sum() == 0:
        return 0.0
    share = shrinkage(Z, d)
    means = given._replace(features=Z).means()
    between = given.sizes @ means**2 / n
    inside = (1 - share) * power + share * power.sum() / d
    varies = inside > 1e-12 * power.max()
    return float(((1 - share) * between[varies] / inside[varies]).sum())


def shrinkage(Z: Floats, d: int) -> float:
    """Give Ledoit and Wolf's share a of the identity, from (N, r) principal coordinates of features of width D.

    a = min(b, c) / c with b = Σᵢ ||zᵢ zᵢ' - C||² / N² and c = ||C - tr(C) / D I||², Frobenius norms.
    """
    n = len(Z)
    power = (Z**2).sum(axis=0) / n
    norm = float((power**2).sum())
    noise = float((((Z**2).sum(axis=1) ** 2).sum() - n * norm) / n**2)
    distance = norm - float(power.sum()) ** 2 / d
    return min(max(noise, 0.0), distance) / distance if distance > 1e-12 * norm else 1.0
