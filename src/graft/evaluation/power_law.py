"""A power law through errors measured at several numbers of labels, and what it says of more labels.

Cortes et al. 1993, "Learning curves: asymptotic values and rate of convergence" (NeurIPS); Hestness et al. 2017
(arXiv:1712.00409).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.weights import Floats

LEAST_POINTS = 4
SLOPES = np.geomspace(0.05, 1.0, 30)
REFITS = 200


@dataclass(frozen=True)
class PowerLaw:
    """err(n) = scale n^-slope + floor; scale and floor are not negative, slope lies between 0.05 and 1.

    A slope above 1, faster than any parametric rate, would be the fall of the first few labels taken for the rest.
    """

    scale: float
    slope: float
    floor: float

    def at(self, n: NDArray[Any] | float) -> Floats:
        """Give the error at n labels."""
        return np.asarray(self.scale * np.asarray(n, dtype=np.float64) ** -self.slope + self.floor)

    def reach(self, error: float) -> float:
        """Give the number of labels at which the error is down to `error`; infinity where it never is."""
        if error >= self.scale + self.floor:
            return 1.0
        if error <= self.floor:
            return float("inf")
        with np.errstate(over="ignore"):
            return float(np.exp(np.float64(np.log(self.scale / (error - self.floor)) / self.slope)))


def power_law(n: NDArray[Any], errors: NDArray[Any], deviations: NDArray[Any]) -> PowerLaw:
    """Fit a power law to errors (M,) at n (M,) labels: the least Σ ((err(n) - error) / deviation)².

    For one slope, scale and floor have a least-squares solution without negative numbers (Lawson and Hanson 1974); the
    slope is the best of 30, then refined between its neighbours (Golub and Pereyra 1973). Raises DataError for fewer
    than four sizes, and for numbers that are not finite, errors below zero, or sizes and deviations not above it.
    """
    return best_law(*checked(n, errors, deviations))


def best_law(labels: Floats, y: Floats, sigma: Floats) -> PowerLaw:
    """Fit a power law to what `checked` gave."""
    from scipy.optimize import minimize_scalar

    losses = [linear_part(labels, y, sigma, slope)[0] for slope in SLOPES]
    best = int(np.argmin(losses))
    ends = SLOPES[max(best - 1, 0)], SLOPES[min(best + 1, len(SLOPES) - 1)]
    fine = minimize_scalar(lambda slope: linear_part(labels, y, sigma, slope)[0], bounds=ends, method="bounded")
    return linear_part(labels, y, sigma, float(fine.x if fine.fun < losses[best] else SLOPES[best]))[1]


def linear_part(labels: Floats, y: Floats, sigma: Floats, slope: float) -> tuple[float, PowerLaw]:
    """Give the weighted sum of squares and the best power law of one slope."""
    from scipy.optimize import nnls

    columns = np.stack([(labels / labels[0]) ** -slope, np.ones(len(y))], axis=1) / sigma[:, None]
    (scale, floor), norm = nnls(columns, y / sigma)
    return float(norm) ** 2, PowerLaw(float(scale * labels[0] ** slope), float(slope), float(floor))


def reach_interval(
    n: NDArray[Any], errors: NDArray[Any], deviations: NDArray[Any], error: float, seed: int = 0
) -> tuple[float, float]:
    """Give the 95 % interval of the number of labels at which the error is down to `error`.

    200 refits to errors drawn from N(error, deviation²) (a parametric bootstrap); an end may be infinite. It holds the
    noise of the measurements, not the doubt whether the curve goes on as a power law.
    """
    labels, y, sigma = checked(n, errors, deviations)
    random = np.random.default_rng(seed)
    drawn = np.maximum(random.normal(y, sigma, (REFITS, len(y))), 0)
    found = [best_law(labels, row, sigma).reach(error) for row in drawn]
    low, high = np.quantile(found, [0.025, 0.975], method="closest_observation")
    return float(low), float(high)


def checked(n: NDArray[Any], errors: NDArray[Any], deviations: NDArray[Any]) -> tuple[Floats, Floats, Floats]:
    """Give the three as float64 arrays of one length; raises DataError."""
    labels, y, sigma = (np.asarray(values, dtype=np.float64) for values in (n, errors, deviations))
    if not labels.shape == y.shape == sigma.shape or labels.ndim != 1:
        raise DataError(f"A power law needs one error and deviation a size, not {labels.shape, y.shape, sigma.shape}.")
    if len(np.unique(labels)) < LEAST_POINTS:
        raise DataError(f"A power law needs errors at four sizes or more; there are {len(np.unique(labels))}.")
    if not np.isfinite([labels, y, sigma]).all() or (labels <= 0).any() or (y < 0).any() or (sigma <= 0).any():
        raise DataError("A power law needs finite errors of zero or more, at sizes and with deviations above zero.")
    return labels, y, sigma
