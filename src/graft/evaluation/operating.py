"""Operating point: from which probability on the positive class is said, and how good the decisions are there."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.calibration import threshold
from graft.evaluation.crossval import plan
from graft.evaluation.record import Scores
from graft.evaluation.scores import score_classification
from graft.evaluation.weights import Integers


@dataclass(frozen=True)
class OperatingPoint:
    """The positive class by its index, the least probability at which it is said, and what was wished and reached.

    `sensitivity` is the share of positives that was asked for; `reached` and `specificity` are what the threshold gave
    on the `judged_on` samples it was chosen on, `positives` of them positive: not a score, since it was chosen there.
    """

    positive: int
    threshold: float
    sensitivity: float
    reached: float = 1.0
    specificity: float = 0.0
    judged_on: int = 0
    positives: int = 0

    def decide(self, probabilities: NDArray[Any]) -> Integers:
        """Give the (N,) class of (N, K) probabilities: the positive one from the threshold on, else the best other."""
        others = np.array(probabilities, dtype=np.float64)
        said = others[:, self.positive] >= self.threshold
        others[:, self.positive] = -1.0
        return np.where(said, self.positive, others.argmax(axis=1)).astype(np.int64)

    def to_dict(self) -> dict[str, Any]:
        """Give plain types for JSON."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any] | None) -> OperatingPoint | None:
        """Take back what `to_dict` gave; TypeError or ValueError where it is something else."""
        if data is None:
            return None
        found = cls(**data)
        if not (isinstance(found.positive, int) and found.positive >= 0 and 0 <= float(found.threshold) <= 1):
            raise ValueError(f"an operating point at class {found.positive!r} from {found.threshold!r} on")
        return found


def decisions(probabilities: NDArray[Any], point: OperatingPoint | None) -> Integers:
    """Give the (N,) class of each row: by the operating point where there is one, else the most probable."""
    if point is None:
        return np.asarray(np.argmax(probabilities, axis=1), dtype=np.int64)
    return point.decide(probabilities)


def point_for(targets: NDArray[Any], probabilities: NDArray[Any], positive: int, sensitivity: float) -> OperatingPoint:
    """Choose the highest threshold that finds at least the wished share of positives among samples not trained on.

    `targets` (N,) are class indices, `probabilities` (N, K). Raises DataError where one of the two sides is missing.
    """
    sick, share = np.asarray(targets) == positive, np.asarray(probabilities)[:, positive]
    if not sick.any() or sick.all():
        raise DataError("A threshold needs positive and negative samples to be chosen on; one of them is missing.")
    found = threshold(sick.astype(np.int64), share, "sensitivity", sensitivity=sensitivity)
    said = share >= found
    return OperatingPoint(
        positive,
        found,
        sensitivity,
        float(said[sick].mean()),
        float(1 - said[~sick].mean()),
        len(sick),
        int(sick.sum()),
    )


def cross_decisions(
    targets: NDArray[Any], probabilities: NDArray[Any], folds: NDArray[Any], point: OperatingPoint
) -> Integers:
    """Give the decisions on each fold by a threshold chosen on the other folds; -1 for samples of no fold.

    Choosing the threshold on the samples it is judged by would flatter it.
    """
    called = np.full(len(targets), -1, dtype=np.int64)
    known = np.asarray(folds) >= 0
    for fold in plan(folds):
        others = fold.train[known[fold.train]]
        sick = targets[others] == point.positive
        own = point
        if sick.any() and not sick.all():
            own = point_for(targets[others], probabilities[others], point.positive, point.sensitivity)
        called[fold.held] = own.decide(probabilities[fold.held])
    return called


def score_at(
    targets: NDArray[Any],
    probabilities: NDArray[Any],
    classes: Sequence[str],
    point: OperatingPoint,
    *,
    predicted: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
    source: str = "",
) -> Scores:
    """Score decisions at an operating point as `score_classification` does, with sensitivity and specificity first.

    Both have the interval of a recall: Wilson's, or the bootstrap's over groups. Specificity is the share of samples of
    all other classes that are not called positive. `predicted` (N,) are decisions made by several thresholds.
    """
    called = point.decide(probabilities) if predicted is None else np.asarray(predicted)
    whole = score_classification(
        targets, probabilities, classes, predicted=called, groups=groups, seed=seed, source=source
    )
    share = np.asarray(probabilities)[:, point.positive]
    two = score_classification(
        (np.asarray(targets) == point.positive).astype(np.int64),
        np.column_stack([1 - share, share]),
        ("negative", "positive"),
        predicted=(called == point.positive).astype(np.int64),
        groups=groups,
        seed=seed,
    )
    first = {"sensitivity": two.per_class["positive"]["recall"], "specificity": two.per_class["negative"]["recall"]}
    return dataclasses.replace(whole, values=first | whole.values)
