"""Scores of an order: area under the ROC curve and average precision, for many sets of weights at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.weights import Floats, Integers, as_weights, ratio


@dataclass(frozen=True, eq=False)
class Ranked:
    """Samples sorted once from the highest score down, with what sums need to know about ties.

    For each positive sample (in that order): `starts` and `ends` are the number of samples before and up to the end of
    its tie, `first` and `last` the number of positives there. `order` (N,) and `positives` (P,) index the samples.
    """

    order: Integers
    positives: Integers
    starts: Integers
    ends: Integers
    first: Integers
    last: Integers

    def areas(self, weights: NDArray[Any] | None = None) -> tuple[Floats, Floats]:
        """Give (AUROC, average precision) for weights (..., N).

        AUROC = Σᵢ wᵢ (negatives ranked below i + half of those tied with it) / (P · N) over the positives i; average
        precision = Σᵢ wᵢ (positives / samples ranked at or above i) / P. NaN without a positive, AUROC also without a
        negative.
        """
        w = as_weights(weights, len(self.order))
        own = w[..., self.positives]
        everyone, positive = cumulated(w[..., self.order]), cumulated(own)
        seen, right = everyone[..., self.ends], positive[..., self.last]
        passed = (seen - right + everyone[..., self.starts] - positive[..., self.first]) / 2
        total = positive[..., -1]
        negative = everyone[..., -1] - total
        area = ratio(negative * total - (own * passed).sum(axis=-1), total * negative)
        share = np.divide(right, seen, out=np.zeros_like(right), where=seen > 0)
        return area, ratio((own * share).sum(axis=-1), total)


def cumulated(weights: Floats) -> Floats:
    """Give the cumulative sums along the last axis, with a 0 in front."""
    sums = np.zeros((*weights.shape[:-1], weights.shape[-1] + 1))
    np.cumsum(weights, axis=-1, out=sums[..., 1:])
    return sums


def rank(positive: NDArray[np.bool_], score: NDArray[Any]) -> Ranked:
    """Sort (N,) samples by score, highest first, and note the ties."""
    order = np.argsort(-np.asarray(score, dtype=np.float64), kind="stable")
    ordered, hit = np.asarray(score)[order], np.asarray(positive)[order]
    opens = np.r_[True, ordered[1:] != ordered[:-1]] if len(order) else np.zeros(0, dtype=bool)
    edges = np.r_[np.flatnonzero(opens), len(order)]
    tie = np.cumsum(opens)[hit] - 1
    starts, ends = edges[tie], edges[tie + 1]
    before = np.r_[0, np.cumsum(hit)]
    return Ranked(order, order[hit], starts, ends, before[starts], before[ends])


def auroc(positive: NDArray[np.bool_], score: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the area under the ROC curve: the chance that a positive scores above a negative, ties counting half."""
    return rank(positive, score).areas(weights)[0]


def average_precision(positive: NDArray[np.bool_], score: NDArray[Any], weights: NDArray[Any] | None = None) -> Floats:
    """Give the average precision Σ (Rₙ - Rₙ₋₁) Pₙ over the distinct scores, highest first."""
    return rank(positive, score).areas(weights)[1]
