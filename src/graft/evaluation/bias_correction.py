"""Bias-corrected temperature: one temperature for all probabilities and one bias for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.calibration import log_softmax
from graft.evaluation.checks import class_indices
from graft.evaluation.weights import Floats, as_weights

ROUNDS, ENOUGH = 100, 1e-10
HALVINGS = 30


@dataclass(frozen=True, eq=False)
class BiasCorrection:
    """Corrected log-probabilities log softmax(slope · log p + bias), with a (K,) `bias` that sums to zero.

    A network that has learned its training samples by heart is surer of classes that had many of them; samples it has
    not seen show that, and a temperature alone cannot mend it. Alexandari et al. 2020, Maximum Likelihood with
    Bias-Corrected Calibration is Hard-to-Beat at Label Shift Adaptation (arXiv:1901.06852).
    """

    slope: float
    bias: Floats

    @classmethod
    def fit(
        cls, log_probabilities: NDArray[Any], targets: NDArray[Any], weight: NDArray[Any] | None = None
    ) -> BiasCorrection:
        """Find both for (N, K) log-probabilities of samples the head did not see, and their (N,) class indices.

        Minimizes Σ wᵢ (-log softmax(slope · log pᵢ + bias)[yᵢ]) + ((slope - 1)² + |bias|²) / 2, which is convex, by
        Newton's method. The second term is worth one sample. Raises DataError on values that are not finite.
        """
        z = log_softmax(log_probabilities)
        y = class_indices(targets, z.shape[1])
        if len(y) != len(z) or not np.isfinite(z).all():
            raise DataError(f"A correction needs a finite log-probability of every class for each of {len(y)} samples.")
        w, count = as_weights(weight, len(z)), z.shape[1]
        start = np.concatenate([[1.0], np.zeros(count)])

        def loss(at: Floats) -> float:
            own = log_softmax(at[0] * z + at[1:])[np.arange(len(y)), y]
            return float(-(w @ own) + np.square(at - start).sum() / 2)

        at = start
        for _ in range(ROUNDS):
            step = _newton_step(at, start, z, y, w)
            share = next((0.5**i for i in range(HALVINGS) if loss(at + 0.5**i * step) <= loss(at)), 0.0)
            at = at + share * step
            if share * np.abs(step).max() < ENOUGH:
                break
        return cls(float(at[0]), at[1:] - at[1:].mean())

    def transform(self, log_probabilities: NDArray[Any]) -> Floats:
        """Give the corrected (N, K) log-probabilities."""
        return log_softmax(self.slope * log_softmax(log_probabilities) + self.bias)


def _newton_step(at: Floats, start: Floats, z: Floats, y: NDArray[Any], w: Floats) -> Floats:
    """Give minus the inverse Hessian times the gradient, in (slope, bias)."""
    p = np.exp(log_softmax(at[0] * z + at[1:]))
    off = (p - np.eye(z.shape[1])[y]) * w[:, None]
    gradient = np.concatenate([[np.sum(off * z)], off.sum(axis=0)]) + at - start
    mean = (p * z).sum(axis=1)
    hessian = np.eye(len(at))
    hessian[0, 0] += w @ ((p * z**2).sum(axis=1) - mean**2)
    hessian[0, 1:] = hessian[1:, 0] = w @ (p * (z - mean[:, None]))
    hessian[1:, 1:] += np.diag(w @ p) - (p * w[:, None]).T @ p
    return np.asarray(-np.linalg.solve(hessian, gradient), dtype=np.float64)
