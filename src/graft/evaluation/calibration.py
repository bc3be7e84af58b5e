"""Calibration on data the head did not see: one temperature for the probabilities, one threshold for a decision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.checks import class_indices, numbers
from graft.evaluation.weights import Floats, as_weights

COLDEST, HOTTEST = 0.05, 20.0


def log_softmax(logits: NDArray[Any]) -> Floats:
    """Give the logarithms of the softmax over the last axis."""
    shifted = np.asarray(logits, dtype=np.float64)
    shifted = shifted - shifted.max(axis=-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True)))


@dataclass(frozen=True)
class Temperature:
    """Calibrated log-probabilities log softmax(log p / T), T = `value`; 1 changes nothing.

    Guo et al., "On calibration of modern neural networks" (2017). The order of the classes stays as it is.
    """

    value: float = 1.0

    @classmethod
    def fit(
        cls, log_probabilities: NDArray[Any], targets: NDArray[Any], weight: NDArray[Any] | None = None
    ) -> Temperature:
        """Find T for (N, K) log-probabilities of samples the head did not see, and their (N,) class indices.

        Minimizes Σ wᵢ (-log softmax(log pᵢ / T)[yᵢ]) + (log T)² / 2 between T = 0.05 and 20, by Newton's method in
        log T within a shrinking bracket. The second term is worth one sample, and keeps T from running to its bound
        where all samples are right. Gives T = 1 when nothing else is lower.
        Raises DataError on values that are not finite.
        """
        z = log_softmax(log_probabilities)
        y = class_indices(targets, z.shape[1])
        if len(y) != len(z) or not np.isfinite(z).all():
            raise DataError(
                f"A temperature needs a finite log-probability of every class for each of {len(y)} samples."
            )
        w = as_weights(weight, len(z))
        own = z[np.arange(len(y)), y]

        def slopes(log_t: float) -> tuple[float, float, float]:
            cold = math.exp(-log_t)
            p = log_softmax(cold * z)
            q = np.exp(p)
            mean = (q * z).sum(axis=1)
            spread = (q * (z - mean[:, None]) ** 2).sum(axis=1)
            loss = float(w @ -p[np.arange(len(y)), y]) + log_t**2 / 2
            first = cold * float(w @ (own - mean))
            return loss, first + log_t, cold**2 * float(w @ spread) - first + 1

        found = newton(slopes)
        return cls(math.exp(found)) if slopes(found)[0] < slopes(0.0)[0] - 1e-9 * len(z) else cls()

    def transform(self, log_probabilities: NDArray[Any]) -> Floats:
        """Give the calibrated (N, K) log-probabilities; at T = 1 they are what was given."""
        if self.value == 1.0:
            return np.array(log_probabilities, dtype=np.float64)
        return log_softmax(np.asarray(log_probabilities, dtype=np.float64) / self.value)


def newton(slopes: Any) -> float:
    """Give the log T where the first slope is 0: Newton's step where it stays in the bracket, else its middle."""
    low, high, at = math.log(COLDEST), math.log(HOTTEST), 0.0
    for _ in range(60):
        _, first, second = slopes(at)
        low, high = (low, at) if first > 0 else (at, high)
        step = at - first / second if second > 0 else math.inf
        following = step if low < step < high else (low + high) / 2
        if abs(following - at) < 1e-10:
            break
        at = following
    return at


def threshold(
    targets: NDArray[Any],
    probability: NDArray[Any],
    metric: Literal["balanced_accuracy", "accuracy", "sensitivity"] = "balanced_accuracy",
    *,
    sensitivity: float = 0.95,
    weight: NDArray[Any] | None = None,
) -> float:
    """Find the least `probability` (N,) of the positive class at which to say it, on validation data.

    Candidates lie halfway between neighbouring values, and at 0.5. The one with the best accuracy or balanced accuracy
    is taken; with "sensitivity", the highest that finds at least that share of the positives. Of equals the nearest to
    0.5 is taken. `targets` (N,) are 0 or 1; raises DataError when one of the two is missing.
    """
    y = class_indices(targets, 2)
    p = numbers(probability, len(y), "probabilities")
    w = as_weights(weight, len(y))
    sums = np.array([w[y == 0].sum(), w[y == 1].sum()])
    if not sums.all():
        raise DataError("A threshold needs samples of both classes to be chosen on; one class is missing.")
    distinct = np.unique(p)
    cuts = np.unique(np.r_[0.5, (distinct[1:] + distinct[:-1]) / 2, max(distinct[0], 0.0)])
    order = np.argsort(p, kind="stable")
    place = np.searchsorted(p[order], cuts)
    missed = np.r_[0.0, np.cumsum((w * y)[order])][place]
    cleared = np.r_[0.0, np.cumsum((w * (1 - y))[order])][place]
    found, spared = (sums[1] - missed) / sums[1], cleared / sums[0]
    if metric == "sensitivity":
        return float(cuts[found >= sensitivity - 1e-12].max())
    share = sums / sums.sum() if metric == "accuracy" else np.array([0.5, 0.5])
    value = share[0] * spared + share[1] * found
    best = cuts[value >= value.max() - 1e-12]
    return float(best[np.argmin(np.abs(best - 0.5))])
