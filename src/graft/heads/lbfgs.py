"""L-BFGS on many penalized logistic problems in step, preconditioned by their average curvature."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.heads.curvature import Memory
from graft.heads.objective import Objective, Value

MEMORY = 10
MEMORY_NUMBERS = 60_000_000
BACKTRACKS = 12


class Solution(NamedTuple):
    """Per problem: (P, K, r + 1) parameters, the (P,) sum of losses held out, and the (P,) bound on what is missing."""

    theta: NDArray[np.float64]
    held: NDArray[np.float64]
    gap: NDArray[np.float64]


def minimize(
    objective: Objective, start: NDArray[np.float64], held: NDArray[np.int64], penalty: float, gap: float
) -> Solution:
    """Minimize each of P problems until its loss is within `gap` of the minimum, or the arithmetic gives no more.

    Coordinates are divided by the square root of about their curvature, h * mean square + penalty, where h is the mean
    of p (1 - p) over samples and classes: (1 - exp(-loss)) / K, exact for even class shares and near enough elsewhere
    (the bound of Böhning 1992 is K / 2 times larger). L-BFGS (Nocedal 1980) learns the rest. The loss is
    `penalty`-strongly convex in the coefficients, hence loss - minimum <= ||gradient||² / (2 penalty): this bound, with
    the variances of the classes in place of the penalty for the intercepts, is compared with `gap`.
    """
    resolution = 1e-9 if objective.dtype == np.float32 else 1e-15
    memory = Memory(max(3, min(MEMORY, MEMORY_NUMBERS // (2 * start.size))), len(held), start[0].size)
    final = Solution(start.copy(), np.zeros(len(held)), np.zeros(len(held)))
    alive, theta, value = np.arange(len(held)), start, objective(start, held, penalty)
    scale, convexity = _preconditioner(objective, start.shape, penalty, float(value.loss.mean()))
    failures, tiny = np.zeros(len(held), dtype=int), np.zeros(len(held), dtype=bool)
    for iteration in range(501):
        bound = (np.square(value.gradient) / (2 * convexity)).sum(axis=(1, 2))
        done = (bound <= gap) | tiny | (failures > 1) | (iteration == 500)
        if done.any():
            for target, source in zip(final, (theta, value.held, bound), strict=True):
                target[alive[done]] = source[done]
            alive, theta, failures = alive[~done], theta[~done], failures[~done]
            value = Value(*(part[~done] for part in value))
            memory.keep(~done)
        if not len(alive):
            break
        slope = value.gradient * scale
        direction = memory.descent(slope)
        promise = _dot(slope, direction)
        tiny = -promise <= resolution * np.abs(value.loss)
        new, new_value, moved = _search(objective, theta, value, direction * scale, promise, held[alive], penalty)
        memory.add((new - theta) / scale, (new_value.gradient - value.gradient) * scale)
        failures = np.where(moved, 0, failures + 1)
        memory.forget(~moved)
        theta, value = new, new_value
    return final


def _search(
    objective: Objective,
    theta: NDArray[np.float64],
    value: Value,
    direction: NDArray[np.float64],
    promise: NDArray[np.float64],
    held: NDArray[np.int64],
    penalty: float,
) -> tuple[NDArray[np.float64], Value, NDArray[np.bool_]]:
    """Shorten each problem's step until its loss falls enough (Armijo); problems that never do stay where they are."""
    noise = (3e-7 if objective.dtype == np.float32 else 1e-14) * np.abs(value.loss)
    new = theta + direction
    found = objective(new, held, penalty)
    length = np.ones(len(theta))
    for _ in range(BACKTRACKS):
        bad = np.flatnonzero(~(found.loss <= value.loss + 1e-4 * length * promise + noise))
        if not len(bad):
            break
        length[bad] *= 0.4
        new[bad] = theta[bad] + length[bad, None, None] * direction[bad]
        for target, source in zip(found, objective(new[bad], held[bad], penalty), strict=True):
            target[bad] = source
    moved = found.loss <= value.loss + noise
    for target, source in zip((new, *found), (theta, *value), strict=True):
        target[~moved] = source[~moved]
    return new, found, moved


def _preconditioner(
    objective: Objective, shape: tuple[int, ...], penalty: float, loss: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give (1, K, r + 1) scales that make the curvature about one, and lower bounds on the curvature itself."""
    spread = (objective.prior * (1 - objective.prior))[-shape[1] :]
    curvature = np.empty((1, shape[1], shape[2]))
    curvature[:, :, :-1] = -np.expm1(-loss) / objective.count * objective.curvature + penalty
    curvature[:, :, -1] = spread
    convexity = np.full_like(curvature, penalty)
    convexity[:, :, -1] = 0.25 * spread
    return 1 / np.sqrt(curvature), convexity


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    products: NDArray[np.float64] = np.vecdot(a.reshape(len(a), -1), b.reshape(len(b), -1))
    return products
