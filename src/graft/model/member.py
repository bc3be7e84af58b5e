"""Member: one backbone, what a head is shown of it, the fitted head, and its weight in the Model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from graft.extract.features import Features
from graft.extract.views import View
from graft.heads.base import Classifier, Head

FLOOR = 1e-12
Pool = Literal["geometric", "arithmetic"]
Moments = tuple[NDArray[np.float64], NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Member:
    """A fitted head on a view of one backbone's features; the weights of a Model's members sum to one.

    `moments` are the (D,) means and variances of what the head was fitted on, where there are any: by them a stream of
    inputs that look different is told from it.
    """

    backbone: str
    view: View
    head: Head
    weight: float = 1.0
    moments: Moments | None = None

    def scores(self, features: Features) -> NDArray[np.float64]:
        """Give (N, K) log-probabilities, or (N,) predicted values for regression."""
        shown = self.view.of(features)
        if isinstance(self.head, Classifier):
            return np.asarray(np.log(np.maximum(self.head.predict_proba(shown), FLOOR)), dtype=np.float64)
        return np.asarray(self.head.predict(shown), dtype=np.float64)


def moments_of(shown: Any) -> Moments | None:
    """Give the means and variances of (N, D) features; None for counts of words, and where values are missing."""
    if not isinstance(shown, np.ndarray):
        return None
    mean, var = (np.asarray(each(shown, axis=0, dtype=np.float64), np.float64) for each in (np.mean, np.var))
    return (mean, var) if np.isfinite(var).all() else None


def combine(
    members: tuple[Member, ...], features: Mapping[str, Features], pool: Pool = "geometric"
) -> NDArray[np.float64]:
    """Give the weighted sum of the members' scores: for classes, unnormalized log-probabilities.

    With the `arithmetic` pool it is the logarithm of the weighted sum of their probabilities.
    """
    return pooled([(member.weight, member.scores(features[member.backbone])) for member in members], pool)


def pooled(scores: Sequence[tuple[float, NDArray[np.float64]]], pool: Pool = "geometric") -> NDArray[np.float64]:
    """Give the weighted sum of scores by weight, as `combine` says."""
    if pool == "arithmetic":
        mean = np.sum([weight * np.exp(each) for weight, each in scores], axis=0)
        return np.asarray(np.log(np.maximum(mean, FLOOR)), dtype=np.float64)
    return np.asarray(np.sum([weight * each for weight, each in scores], axis=0), dtype=np.float64)


def softmax(scores: NDArray[np.float64], temperature: float = 1.0) -> NDArray[np.float64]:
    """Give the (N, K) probabilities exp(s / T) / sum exp(s / T)."""
    scaled = scores / temperature
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float64)
