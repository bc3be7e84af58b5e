"""The penalty of logistic regression, chosen along a path by internal cross-validation."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from graft.heads.lbfgs import minimize
from graft.heads.objective import NOTHING, Objective

STEPS = 18
PATH_GAP = 3e-4
LEAST_GAP = 1e-7
RISE = 0.02
FLAT = 0.003
EXACT_GAP = 1e-11
SINGLE_GAP = 1e-6
LOOSE_GAP = 1e-4
NOISE_SHARE = 0.02
DOUBLE_NUMBERS = 20_000_000
BATCH_NUMBERS = 4_000_000


class Chosen(NamedTuple):
    """The chosen `penalty`, the `path` (M, 2) of penalties and held-out losses, (K, r + 1) parameters near it."""

    penalty: float
    path: NDArray[np.float64]
    theta: NDArray[np.float64]

    def moved(self, theta: NDArray[np.float64], factor: float) -> Chosen:
        """Carry it over to more samples: parameters in their coordinates, penalties times the share there was."""
        return Chosen(self.penalty * factor, self.path * np.array([factor, 1.0]), theta)


def start_of(objective: Objective, problems: int = 1) -> NDArray[np.float64]:
    """Give (P, K, r + 1) parameters that predict the class shares: all coefficients zero."""
    theta = np.zeros((problems, objective.outputs, objective.width + 1))
    logs = np.log(objective.prior)
    theta[:, :, -1] = logs[1] - logs[0] if objective.count == 2 else logs - logs.mean()
    return theta


def choose_penalty(objective: Objective, fold: NDArray[np.int64], before: Chosen | None = None) -> Chosen:
    """Choose the penalty with the lowest log loss of held-out samples, by weight; `fold` (N,) is -1 for none.

    The path goes from strong to weak penalties, each solved from where the last ended to 0.03 % of the loss (1e-7 at
    least), until the loss has risen twice or by 2 %; one that has not moved at all yet has not risen. The first penalty
    is ten times the largest mean square of a coordinate, where hardly anything is learned; each next is smaller by
    sqrt(10). Or else it starts one step above what was chosen `before` on fewer samples, and a gain of less than 0.3 %
    ends it too. The folds go along the path together. When nothing can be held out the penalty is D / N, under which
    the scores of a sample have prior variance one.
    """
    theta = start_of(objective) if before is None else before.theta[None]
    if (fold < 0).all():
        plain = max(float(objective.curvature.sum()), 1.0) / float(objective.weight.sum())
        return Chosen(plain, np.empty((0, 2)), theta[0])
    objective = dataclasses.replace(objective, fold=fold)
    held = np.unique(fold[fold >= 0])
    theta = np.repeat(theta, len(held), axis=0)
    total = objective.weight[fold >= 0].sum()
    top = 10 * float(objective.curvature.max(initial=0)) or 1.0
    top = top if before is None else before.penalty * 10**0.5
    path: list[tuple[float, float]] = []
    best, gap = theta[-1], PATH_GAP
    for step in range(STEPS):
        penalty = top * 10 ** (-step / 2)
        theta, losses = _solve_all(objective, theta, held, penalty, gap)
        path.append((penalty, float(losses.sum() / total)))
        lowest = min(range(len(path)), key=lambda i: path[i][1])
        best, gap = (theta[-1], max(PATH_GAP * path[-1][1], LEAST_GAP)) if lowest == step else (best, gap)
        gain = 1 - path[-1][1] / path[-2][1] if step else 1.0
        risen = step - lowest >= 2 and path[-1][1] > path[lowest][1]
        if risen or gain < -RISE or (before is not None and gain < FLAT):
            break
    return Chosen(path[lowest][0], np.array(path), best)


def _solve_all(
    objective: Objective, theta: NDArray[np.float64], held: NDArray[np.int64], penalty: float, gap: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    batch = max(1, BATCH_NUMBERS // theta[0].size)
    parts = [slice(start, start + batch) for start in range(0, len(held), batch)]
    found = [minimize(objective, theta[part], held[part], penalty, gap) for part in parts]
    return np.concatenate([part.theta for part in found]), np.concatenate([part.held for part in found])


def polish(objective: Objective, theta: NDArray[np.float64], penalty: float) -> NDArray[np.float64]:
    """Give the converged (K, r + 1) parameters on all samples.

    The loss is within 1e-11 of its minimum (float64), unless N * D * K is above 20 million: then within 2 % of its
    statistical noise K (r + 1) / (2 N), or 1e-6 where that is less and 1e-4 where it is more (float32).
    """
    held = np.array([NOTHING])
    if objective.size > DOUBLE_NUMBERS:
        noise = theta.size / (2 * len(objective.y))
        gap = min(max(NOISE_SHARE * noise, SINGLE_GAP), LOOSE_GAP)
        found = minimize(objective, theta[None], held, penalty, gap)
    else:
        near = minimize(objective, theta[None], held, penalty, SINGLE_GAP).theta
        exact = dataclasses.replace(objective, dtype=np.float64)
        found = minimize(exact, near, held, penalty, EXACT_GAP)
    best: NDArray[np.float64] = found.theta[0]
    return best
