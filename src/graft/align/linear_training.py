"""A linear head whose loss has a part on the unlabelled target: softmax regression by L-BFGS."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from graft.align.algebra import Floats, log_softmax
from graft.align.aligned import Aligned, aligned, linear_head
from graft.align.placing import Placing

Objective = Callable[[Floats], tuple[float, Floats]]
PENALTY = 1e-4
STEPS = 200


@dataclass(frozen=True, eq=False)
class Problem:
    """Placed source rows (N, r), their (N, K) target shares and (N,) weights of mean one, and target rows (M, r)."""

    S: Floats
    shares: Floats
    weights: Floats
    T: Floats
    penalty: float = PENALTY

    def source_only(self) -> Floats:
        """Give the (K, r + 1) parameters without any part on the target."""
        return self.solve(None, 0.0, np.zeros((self.shares.shape[1], self.S.shape[1] + 1)))

    def solve(self, objective: Objective | None, strength: float, start: Floats) -> Floats:
        """Minimize mean cross-entropy + strength · objective(target scores) + penalty / 2 ||coefficients||².

        `objective` maps (M, K) scores to its value and (M, K) gradient. Gives (K, r + 1), the intercepts last; where
        the objective is not convex, the minimum that L-BFGS reaches from `start` in 200 steps.
        """
        from scipy.optimize import minimize

        def loss(flat: Floats) -> tuple[float, Floats]:
            theta = flat.reshape(start.shape)
            value, gradient = self._source(theta)
            if objective is not None and strength > 0:
                extra, slope = objective(scores(theta, self.T))
                value, gradient = value + strength * extra, gradient + strength * backward(slope, self.T)
            return value, gradient.ravel()

        found = minimize(loss, start.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "maxcor": 20})
        best: Floats = np.asarray(found.x, dtype=np.float64).reshape(start.shape)
        return best

    def _source(self, theta: Floats) -> tuple[float, Floats]:
        logs = log_softmax(scores(theta, self.S))
        w = self.weights[:, None] / len(self.S)
        gradient = backward(w * (np.exp(logs) * self.shares.sum(axis=1, keepdims=True) - self.shares), self.S)
        gradient[:, :-1] += self.penalty * theta[:, :-1]
        value = -float((w * self.shares * logs).sum()) + self.penalty / 2 * float(np.square(theta[:, :-1]).sum())
        return value, gradient


def scores(theta: Floats, Z: Floats) -> Floats:
    """Give the (N, K) scores of (N, r) rows."""
    found: Floats = Z @ theta[:, :-1].T + theta[:, -1]
    return found


def backward(slope: Floats, Z: Floats) -> Floats:
    """Give the (K, r + 1) gradient of parameters from the (N, K) gradient of the scores."""
    return np.concatenate([slope.T @ Z, slope.sum(axis=0)[:, None]], axis=1)


def softmax_gradient(p: Floats, slope: Floats) -> Floats:
    """Give the (M, K) gradient of scores from that of their probabilities p."""
    through: Floats = p * (slope - (p * slope).sum(axis=1, keepdims=True))
    return through


def trained(method: str, placing: Placing, problem: Problem, objective: Objective, strength: float) -> Aligned:
    """Fit from the source-only solution and give the Aligned."""
    theta = problem.solve(objective, strength, problem.source_only())
    head = linear_head(theta[:, :-1], theta[:, -1])
    return aligned(method, placing, head, (problem.S, problem.T))
