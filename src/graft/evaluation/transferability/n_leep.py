"""N-LEEP: LEEP with the clusters of a Gaussian mixture in the place of the backbone's own classes.

Li et al. 2021, "Ranking neural checkpoints" (CVPR, arXiv:2011.11200).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.transferability.checks import centred, labelled
from graft.evaluation.transferability.leep import leep

ENERGY = 0.8
PER_CLASS = 5
ROUNDS = 100


def n_leep(features: NDArray[Any], targets: NDArray[Any]) -> float:
    """Give LEEP of the (N, V) posteriors of a Gaussian mixture on principal coordinates that hold 80 % of the variance.

    V = 5 K components for K classes, but at most N / 2 so that few samples do not have one each; diagonal covariances,
    seed 0. Raises DataError as `labelled` says.
    """
    from sklearn.mixture import GaussianMixture

    given = labelled(features, targets)
    Z = centred(given.features)
    share = np.cumsum((Z**2).sum(axis=0))
    width = int(np.searchsorted(share, ENERGY * share[-1])) + 1
    kept = Z[:, :width] / max(float(np.sqrt(share[-1] / len(Z))), np.finfo(float).tiny)
    clusters = max(2, min(PER_CLASS * len(given.sizes), len(Z) // 2))
    mixture = GaussianMixture(clusters, covariance_type="diag", max_iter=ROUNDS, random_state=0)
    return leep(quiet_posteriors(mixture, kept), given.labels)


def quiet_posteriors(mixture: Any, kept: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the posteriors of a fitted mixture; that it has not converged yet is no news here."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        posteriors: NDArray[np.float64] = mixture.fit(kept).predict_proba(kept)
    return posteriors
