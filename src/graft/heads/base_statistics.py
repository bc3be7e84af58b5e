"""Distribution calibration: what classes with many samples say about the spread of classes with few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.heads.check import FeatureError, check_matrix
from graft.heads.training import check_training

NEAREST = 2
DRAWN = 100


@dataclass(frozen=True, eq=False)
class BaseStatistics:
    """Classes with many samples: their `means` (B, D), and how each sample differs from its mean, `off` (N, D).

    `starts` (B + 1,) say which rows of `off` are whose; a covariance is never formed, since it would be (D, D).
    """

    means: NDArray[np.float64]
    off: NDArray[np.float64]
    starts: NDArray[np.int64]

    @classmethod
    def of(cls, X: Any, y: Any) -> BaseStatistics:
        """Take them from (N, D) features and (N,) labels; raises FeatureError where a class has one sample only."""
        training = check_training(X, y, None, None)
        sizes = np.bincount(training.y)
        if sizes.min() < 2:
            alone = training.classes[int(np.argmin(sizes))]
            raise FeatureError(f"The base class {alone!s} has one sample, which shows no spread; leave it out.")
        order = np.argsort(training.y, kind="stable")
        values, starts = np.asarray(training.X, np.float64)[order], np.concatenate([[0], np.cumsum(sizes)])
        means = np.add.reduceat(values, starts[:-1]) / sizes[:, None]
        return cls(means, values - np.repeat(means, sizes, axis=0), starts)

    def calibrated(
        self, support: Any, labels: Any, *, nearest: int = NEAREST, drawn: int = DRAWN, seed: int = 0
    ) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Give the support with samples drawn around each of its own, and their labels: what any head is fitted on.

        Around x they are normal with mean (x + sum of the `nearest` nearest base means) / (nearest + 1) and the mean
        covariance of these base classes; `drawn` for each class in all. Skewed features should be raised to a power
        before (`graft.heads.power`). Yang et al. 2021, Free Lunch for Few-Shot Learning (arXiv:2101.06395).
        """
        training = check_training(support, labels, None, None)
        check_matrix(training.X, self.means.shape[1])
        random, nearest = np.random.default_rng(seed), min(nearest, len(self.means))
        values = np.asarray(training.X, np.float64)
        each = -(-drawn // np.bincount(training.y))
        found, whose = [values], [training.y]
        for x, label in zip(values, training.y, strict=True):
            near = np.argsort(np.square(self.means - x).sum(axis=1), kind="stable")[:nearest]
            middle = (x + self.means[near].sum(axis=0)) / (nearest + 1)
            found.append(middle + sum(self._noise(base, each[label], random) for base in near) / np.sqrt(nearest))
            whose.append(np.full(each[label], label))
        return np.concatenate(found), training.classes[np.concatenate(whose)]

    def _noise(self, base: int, count: int, random: np.random.Generator) -> NDArray[np.float64]:
        """Draw from the normal distribution with a base class's covariance: mixtures of its deviations."""
        off = self.off[self.starts[base] : self.starts[base + 1]]
        noise: NDArray[np.float64] = random.normal(size=(count, len(off))) @ off / np.sqrt(len(off) - 1)
        return noise
