"""Score predictions: every score of the panel with its 95 % interval.

Where the samples stand alone, accuracy and each class's precision, recall and F1 have Wilson's interval. Every other
score has a bootstrap interval (over groups where there are groups). The bootstrap collapses to a point where nothing
went wrong, so it is widened, where it is narrower, to a floor in closed form: Wilson's interval for proportions and
F1, Newcombe's for AUROC, Wilson's over the positives for average precision (Boyd et al. 2013), and for a mean over
classes the combination of theirs. With groups the floor is that of as many samples that stand alone, so it says the
least doubt there can be; a single group gives no interval. The calibration error of few samples is too high, and
resampling makes it higher still, so its interval reaches as far below it as its resamples lie above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.checks import class_indices, class_probabilities, numbers
from graft.evaluation.classification import Counts, confusion, count
from graft.evaluation.floors import EXACT, class_floors, overall_floors, widened
from graft.evaluation.intervals import Interval, affordable, bootstrap
from graft.evaluation.panel import CLASSIFICATION, PER_CLASS, REGRESSION, Predictions, Tally
from graft.evaluation.proportions import Bounds
from graft.evaluation.record import Score, Scores
from graft.evaluation.weights import Floats

__all__ = ["Score", "Scores", "score_classification", "score_regression"]


def score_classification(
    targets: NDArray[Any],
    probabilities: NDArray[Any],
    classes: Sequence[str],
    *,
    predicted: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
    source: str = "",
) -> Scores:
    """Score (N, K) probabilities of `classes` against (N,) true class indices.

    `predicted` (N,) are the decisions where they are not the most probable class (a threshold, say); samples that share
    an entry of `groups` (N,) are resampled together. AUROC and average precision are of the second class when there are
    two, and the mean over classes of one-against-the-rest when there are more. Raises DataError on values that are no
    class indices or no probabilities. See the module for the intervals.
    """
    labels = tuple(map(str, classes))
    if len(set(labels)) != len(labels):
        raise DataError(f"Two classes share a name among {', '.join(labels)}; give every class its own.")
    y = class_indices(targets, len(labels))
    p = class_probabilities(probabilities, len(y), len(labels))
    called = p.argmax(axis=1) if predicted is None else class_indices(predicted, len(labels), "predictions")
    if len(called) != len(y):
        raise DataError(f"There are {len(called)} predictions for {len(y)} targets; give one for each.")
    overall, each = bootstrapped(Predictions(y, p, called), groups, seed)
    values, per_class = with_floors(overall, each, count(y, called, len(labels)), exact=groups is None)
    named = dict(zip(labels, per_class, strict=True))
    return Scores(values, named, confusion(y, called, len(labels)).tolist(), labels, len(y), source)


def bootstrapped(said: Predictions, groups: NDArray[Any] | None, seed: int) -> tuple[Interval, list[Interval]]:
    """Give the intervals of the overall scores and of each class's, both in the order of their tables."""
    n, k, m = len(said.targets), said.n_classes, len(CLASSIFICATION)

    def statistic(weights: Floats) -> Floats:
        tally = Tally(said, weights)
        overall = np.stack([score(tally) for score in CLASSIFICATION.values()], axis=1)
        each = np.stack([score(tally) for score in PER_CLASS.values()], axis=2)
        return np.concatenate([overall, each.reshape(len(weights), -1)], axis=1)

    found = bootstrap(
        statistic, n, groups, seed, affordable(n * k), biased=(list(CLASSIFICATION).index("calibration_error"),)
    )
    each = [column[m:].reshape(k, -1) for column in found]
    return Interval(*(column[:m] for column in found)), [Interval(*(part[c] for part in each)) for c in range(k)]


def with_floors(
    overall: Interval, each: list[Interval], counts: Counts, exact: bool
) -> tuple[dict[str, Score], list[dict[str, Score]]]:
    """Widen the intervals to their floors; `exact` puts the closed form in the place of those it is exact for."""
    values = {name: np.array([found.value[i] for found in each]) for i, name in enumerate(PER_CLASS)}
    floors = class_floors(values, counts)
    wide = overall_floors(values, counts, floors)

    def merged(names: Iterable[str], found: Interval, floor: Mapping[str, Bounds]) -> dict[str, Score]:
        return {
            name: widened(score, floor.get(name), exact and name in EXACT)
            for name, score in zip(names, as_scores(found), strict=True)
        }

    own = [{name: (low[c], high[c]) for name, (low, high) in floors.items()} for c in range(len(each))]
    return merged(CLASSIFICATION, overall, wide), [
        merged(PER_CLASS, found, floor) for found, floor in zip(each, own, strict=True)
    ]


def as_scores(found: Interval) -> list[Score]:
    """Give an interval's columns as Scores of plain numbers."""
    return [Score(*ends) for ends in zip(*map(np.ndarray.tolist, found), strict=True)]


def score_regression(
    targets: NDArray[Any],
    predicted: NDArray[Any],
    *,
    groups: NDArray[Any] | None = None,
    seed: int = 0,
    source: str = "",
) -> Scores:
    """Score (N,) predicted numbers against (N,) true ones; raises DataError when some are not finite."""
    y = numbers(targets, len(targets), "targets")
    p = numbers(predicted, len(y), "predictions")

    def statistic(weights: Floats) -> Floats:
        return np.stack([score(y, p, weights) for score in REGRESSION.values()], axis=1)

    found = bootstrap(statistic, len(y), groups, seed, affordable(len(y)))
    return Scores(dict(zip(REGRESSION, as_scores(found), strict=True)), n=len(y), source=source)
