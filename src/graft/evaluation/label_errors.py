"""Likely wrong labels: confident learning on probabilities by models that never saw the sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.checks import class_indices, class_probabilities
from graft.evaluation.weights import Floats, Integers


@dataclass(frozen=True, eq=False)
class LabelErrors:
    """Suggestions, the surest first.

    `index` (M,) are the samples whose label is likely wrong, `suggested` (M,) the class they are confidently taken for,
    `margin` (M,) the probability of the given label minus that of the most probable other class: the lower, the surer.
    `joint` (K, K) estimates the share of samples labelled i (row) that truly are of class j (column), `thresholds` (K,)
    are the t of the method. `rate` is the estimated share of wrong labels.
    """

    index: Integers
    suggested: Integers
    margin: Floats
    joint: Floats
    thresholds: Floats

    @property
    def rate(self) -> float:
        """The estimated share of wrong labels, 1 - Σᵢ joint[i, i]."""
        return float(1 - np.trace(self.joint))


def label_errors(targets: NDArray[Any], probabilities: NDArray[Any]) -> LabelErrors:
    """Find labels that contradict (N, K) probabilities, which must be of models that did not see the sample.

    With labels y and tⱼ the mean of p(j | x) over the samples labelled j, a sample counts in C[i, j] where y = i and
    j = argmax of p(l | x) among the classes l with p(l | x) >= tₗ. Every sample counted beside the diagonal is a
    suggestion, ranked by p(y | x) - max over l ≠ y of p(l | x). The joint is C with each row scaled to the number of
    samples labelled i, divided by N. Classes without a sample have threshold 1.
    Raises DataError on values that are no class indices or no probabilities.

    Northcutt, Jiang and Chuang, "Confident learning: estimating uncertainty in dataset labels" (JAIR 2021).
    """
    given = np.asarray(probabilities)
    classes = given.shape[1] if given.ndim == 2 else 0
    y = class_indices(targets, classes)
    p = class_probabilities(given, len(y), classes)
    counts = np.bincount(y, minlength=classes)
    own = p[np.arange(len(y)), y]
    thresholds = np.where(counts > 0, np.bincount(y, own, classes) / np.maximum(counts, 1), 1.0)
    sure = np.where(p >= thresholds, p, -1.0)
    confident = sure.max(axis=1) >= 0
    taken = sure.argmax(axis=1)
    margin = own - _others(p, y).max(axis=1)
    wrong = np.flatnonzero(confident & (taken != y) & (margin < 0))
    order = wrong[np.argsort(margin[wrong], kind="stable")]
    joint = _joint(y[confident], taken[confident], counts)
    return LabelErrors(order, taken[order], margin[order], joint, thresholds)


def _others(p: Floats, y: Integers) -> Floats:
    others = p.copy()
    others[np.arange(len(y)), y] = -1.0
    return others


def _joint(labelled: Integers, taken: Integers, counts: Integers) -> Floats:
    confident = np.zeros((len(counts), len(counts)))
    np.add.at(confident, (labelled, taken), 1.0)
    rows = confident.sum(axis=1, keepdims=True)
    spread = np.where(rows > 0, confident / np.maximum(rows, 1), np.eye(len(counts)))
    joint = spread * counts[:, None]
    return np.asarray(joint / joint.sum())
