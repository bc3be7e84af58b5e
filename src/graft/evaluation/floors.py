"""The floor under a bootstrap interval: what so many samples must leave open even when nothing went wrong."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from graft.evaluation.classification import Counts
from graft.evaluation.panel import headline
from graft.evaluation.proportions import Bounds, auroc_bounds, f1_bounds, mean_bounds, wilson
from graft.evaluation.record import Score
from graft.evaluation.weights import Floats

MEANS = {
    "balanced_accuracy": "recall",
    "macro_precision": "precision",
    "macro_recall": "recall",
    "macro_f1": "f1",
    "auroc": "auroc",
    "average_precision": "average_precision",
}
POSITIVE_ONLY = ("auroc", "average_precision")
EXACT = ("accuracy", "precision", "recall", "f1")


def class_floors(values: Mapping[str, Floats], counts: Counts) -> dict[str, Bounds]:
    """Give the closed-form interval of each per-class score, from its (K,) values and the (K,) counts."""
    hits, actual, called = counts
    return {
        "precision": wilson(values["precision"], called),
        "recall": wilson(values["recall"], actual),
        "f1": f1_bounds(values["f1"], actual + called - hits),
        "auroc": auroc_bounds(values["auroc"], actual, actual.sum() - actual),
        "average_precision": wilson(values["average_precision"], actual),
    }


def overall_floors(values: Mapping[str, Floats], counts: Counts, floors: Mapping[str, Bounds]) -> dict[str, Bounds]:
    """Give the closed-form interval of accuracy and of each mean over classes, from those of the classes."""
    n = counts.actual.sum()
    found = {"accuracy": wilson(counts.hits.sum() / n, n)}
    for name, part in MEANS.items():
        low, high = floors[part]
        if part in POSITIVE_ONLY and len(low) == 2:
            found[name] = (headline(low), headline(high))
        else:
            found[name] = mean_bounds(values[part], floors[part])
    return found


def widened(score: Score, floor: Bounds | None, exact: bool) -> Score:
    """Give the Score with its ends widened to the floor's, or with the floor's own where it is exact."""
    if floor is None or (np.isnan(score.low) and not exact):
        return score
    low, high = float(floor[0]), float(floor[1])
    return Score(score.value, low, high) if exact else Score(score.value, min(score.low, low), max(score.high, high))
