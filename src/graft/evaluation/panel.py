"""The one table of scores: every score by name, as a function of predictions under weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from graft.evaluation import classification, probability, ranking, regression
from graft.evaluation.weights import Floats, Integers, macro


@dataclass(frozen=True, eq=False)
class Predictions:
    """What N samples are, (N,) class indices, beside what was said: (N, K) probabilities and (N,) decisions."""

    targets: Integers
    probabilities: Floats
    predicted: Integers

    @property
    def n_classes(self) -> int:
        """The number of classes, K."""
        return int(self.probabilities.shape[1])

    @cached_property
    def rankings(self) -> list[ranking.Ranked]:
        """The samples in the order of each class's probability."""
        return [ranking.rank(self.targets == k, self.probabilities[:, k]) for k in range(self.n_classes)]


@dataclass(frozen=True, eq=False)
class Tally:
    """Predictions under weights (B, N): the sums which several scores share, taken once."""

    said: Predictions
    weights: Floats

    @cached_property
    def counts(self) -> classification.Counts:
        """Hits, samples and calls per class."""
        return classification.count(self.said.targets, self.said.predicted, self.said.n_classes, self.weights)

    @cached_property
    def areas(self) -> tuple[Floats, Floats]:
        """AUROC and average precision of each class against the rest."""
        found = [ranked.areas(self.weights) for ranked in self.said.rankings]
        return np.stack([area for area, _ in found], axis=-1), np.stack([mean for _, mean in found], axis=-1)


def headline(per_class: Floats) -> Floats:
    """Give the positive (second) class's score of two classes, and the mean over the classes of more."""
    return per_class[..., 1] if per_class.shape[-1] == 2 else macro(per_class)


PER_CLASS: dict[str, Callable[[Tally], Floats]] = {
    "precision": lambda tally: classification.precision(tally.counts),
    "recall": lambda tally: classification.recall(tally.counts),
    "f1": lambda tally: classification.f1(tally.counts),
    "auroc": lambda tally: tally.areas[0],
    "average_precision": lambda tally: tally.areas[1],
}

CLASSIFICATION: dict[str, Callable[[Tally], Floats]] = {
    "accuracy": lambda tally: classification.accuracy(tally.counts),
    "balanced_accuracy": lambda tally: classification.balanced_accuracy(tally.counts),
    "macro_precision": lambda tally: macro(classification.precision(tally.counts)),
    "macro_recall": lambda tally: classification.balanced_accuracy(tally.counts),
    "macro_f1": lambda tally: macro(classification.f1(tally.counts)),
    "auroc": lambda tally: headline(tally.areas[0]),
    "average_precision": lambda tally: headline(tally.areas[1]),
    "log_loss": lambda t: probability.log_loss(t.said.targets, t.said.probabilities, t.weights),
    "brier": lambda t: probability.brier(t.said.targets, t.said.probabilities, t.weights),
    "calibration_error": lambda t: probability.calibration_error(t.said.targets, t.said.probabilities, t.weights),
}

REGRESSION: dict[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "mae": regression.mae,
    "rmse": regression.rmse,
    "r2": regression.r2,
}

LOWER_IS_BETTER = frozenset({"log_loss", "brier", "calibration_error", "mae", "rmse"})

WORDS: dict[str, str] = {
    "sensitivity": "sensitivity",
    "specificity": "specificity",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "macro_precision": "macro-precision",
    "macro_recall": "macro-recall",
    "macro_f1": "macro-F1",
    "auroc": "AUROC",
    "average_precision": "average precision",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
    "precision": "precision",
    "recall": "recall",
    "f1": "F1",
    "mae": "MAE",
    "rmse": "RMSE",
    "r2": "R²",
}
