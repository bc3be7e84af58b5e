"""Exact leave-one-out in every closed form: which samples are left out, and which shrinkages are tried."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import slices
from graft.heads.training import Training

MOST_UNITS = 20_000
MOST_NUMBERS = 2_000_000
SHRINKAGES = 15


class LeaveOut(ABC):
    """A method whose scores for a left-out sample follow from sums over all samples, for each of A candidates."""

    training: Training

    @property
    @abstractmethod
    def candidates(self) -> NDArray[np.float64]:
        """The (A,) penalties, or numbers of variants, among which leave-one-out chooses."""

    @property
    def class_sizes(self) -> NDArray[np.float64] | None:
        """The (K,) weights of the classes where each must keep a sample, or None where one may vanish."""
        return None

    @abstractmethod
    def left_out(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, n, K) scores for samples, each by the fit without it (same scaling, same candidate)."""

    @abstractmethod
    def left_out_together(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """Give (A, m, K) scores for the samples of one group, by the fit without all of them."""

    def all_left_out(self, outputs: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Give the (n,) samples that were left out and their (A, n, K) scores.

        With more than 20,000 samples or groups (fewer for many outputs), evenly spaced ones stand for all.
        """
        most = max(1000, min(MOST_UNITS, MOST_NUMBERS // outputs))
        single, together = units_of(len(self.training.y), self.training.group, most)
        single = single[self._may_leave(single)]
        together = [rows for rows in together if self._may_leave_together(rows)]
        parts = [single[part] for part in slices(len(single), self.training.X.shape[1])]
        found = [self.left_out(part) for part in parts] + [self.left_out_together(rows) for rows in together]
        nothing = np.empty((len(self.candidates), 0, outputs))
        return np.concatenate([single, *together]), np.concatenate([nothing, *found], axis=1)

    def _may_leave(self, rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        if self.class_sizes is None:
            return np.ones(len(rows), dtype=bool)
        sizes = self.class_sizes[self.training.y[rows]]
        kept: NDArray[np.bool_] = sizes - self.training.weight[rows] > 1e-9 * sizes
        return kept

    def _may_leave_together(self, rows: NDArray[np.int64]) -> bool:
        if self.class_sizes is None:
            return True
        lost = np.bincount(self.training.y[rows], weights=self.training.weight[rows], minlength=len(self.class_sizes))
        return bool((self.class_sizes - lost > 1e-9 * self.class_sizes).all())


class Shrunk(LeaveOut):
    """Such a method with (r,) `eigenvalues` to each of which the penalty is added, linear in the features."""

    eigenvalues: NDArray[np.float64]

    @abstractmethod
    def solution(self, penalty: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Give the (K, D) coefficients and (K,) intercepts on the features."""

    @property
    def candidates(self) -> NDArray[np.float64]:
        """The penalties: from ten times the largest eigenvalue down by sqrt(10), fifteen of them."""
        top = float(self.eigenvalues.max(initial=0)) or 1.0
        return 10.0 * top * np.logspace(0, -(SHRINKAGES - 1) / 2, SHRINKAGES)

    @property
    def inverses(self) -> NDArray[np.float64]:
        """The (A, r) inverses of the eigenvalues with each penalty added."""
        return 1 / (self.eigenvalues + self.candidates[:, None])


def units_of(
    rows: int, group: NDArray[np.int64] | None, most: int = MOST_UNITS
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Give the samples that are left out alone, and the groups of several that are left out together."""
    if group is None:
        return np.arange(rows)[:: -(-rows // most)], []
    order = np.argsort(group, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(group))[:-1])
    members = [unit for unit in members if len(unit)][:: -(-len(members) // most)]
    single = np.sort(np.concatenate([np.empty(0, dtype=np.int64), *(m for m in members if len(m) == 1)]))
    return single, [m for m in members if len(m) > 1]


def one_hot(y: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """Give the (N, K) matrix with a one at each sample's class."""
    return np.eye(count)[y]
