"""A threshold for a wished sensitivity: chosen on what nobody trained on, scored on what did not choose it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from graft.errors import DataError, GraftError, did_you_mean
from graft.evaluation.calibration import log_softmax
from graft.evaluation.operating import OperatingPoint, cross_decisions, point_for, score_at
from graft.evaluation.scores import Scores
from graft.model.model import Model
from graft.plan.decide import Decision
from graft.plan.scoring import Answers
from graft.plan.trials import Ground

NOT_MOVED = (
    "Weights were not moved: a threshold for a wished sensitivity is chosen on out-of-fold predictions, which moved "
    "weights do not have."
)


def positive_of(classes: Sequence[str], sensitivity: float | None, positive: str | None) -> int:
    """Give the index of the positive class: the one named, or the second of two; -1 where no sensitivity is wished.

    Raises GraftError for a share outside (0, 1], an unknown class, or several classes with none named.
    """
    if sensitivity is None:
        if positive is not None:
            raise GraftError("positive names the class of a wished sensitivity: give that too (--sensitivity 0.95).")
        return -1
    if not 0 < sensitivity <= 1:
        raise GraftError(f"A sensitivity of {sensitivity} is no share: give one above 0 and up to 1, such as 0.95.")
    if not classes:
        raise GraftError("A sensitivity is for classes, and the target column holds amounts.")
    if positive is None:
        if len(classes) != 2:
            raise GraftError(f"Say which of {', '.join(classes)} is to be found, with --positive.")
        return 1
    if positive not in classes:
        raise GraftError(f"There is no class {positive!r}. {did_you_mean(positive, classes)}")
    return list(classes).index(positive)


def chosen_point(decision: Decision, ground: Ground, positive: int, sensitivity: float) -> OperatingPoint:
    """Choose the threshold on the out-of-fold probabilities of the choice, or of the validation part.

    Raises DataError where nothing could be held out, or one side is missing among what was.
    """
    known = np.isfinite(decision.output).all(axis=1)
    if not known.any():
        raise DataError("There are too few samples to hold any out, so no threshold can be chosen; give more of them.")
    probabilities = np.exp(log_softmax(decision.output[known] / decision.temperature))
    return point_for(ground.targets[known], probabilities, positive, sensitivity)


def pointed(model: Model, decision: Decision, ground: Ground, positive: int, sensitivity: float) -> tuple[Model, str]:
    """Give the model with the threshold chosen, as `chosen_point` says, and a sentence on it."""
    point = chosen_point(decision, ground, positive, sensitivity)
    return dataclasses.replace(model, operating=point), point_note(point, model.classes)


def scored_at(answers: Answers, ground: Ground, point: OperatingPoint, classes: tuple[str, ...], seed: int) -> Scores:
    """Score at the point: a test set by the threshold itself, out-of-fold answers by thresholds of the other folds."""
    targets, groups = answers.held.targets, answers.held.groups
    assert targets is not None
    known = np.isfinite(answers.output).all(axis=1)
    called = None
    if answers.held is answers.train:
        called = cross_decisions(targets, answers.output, np.where(known, ground.folds, -1), point)[known]
    return score_at(
        targets[known], answers.output[known], classes, point, predicted=called,
        groups=None if groups is None else groups[known], seed=seed, source=answers.source,
    )  # fmt: skip


def point_note(point: OperatingPoint, classes: Sequence[str]) -> str:
    """Say what is called positive from which probability on, and what that gave where it was chosen."""
    return (
        f"{classes[point.positive]!r} is said from a probability of {point.threshold:.3f} on, the highest that finds "
        f"{point.sensitivity:.0%} of the {point.positives} of it among the {point.judged_on} samples held out to choose"
        f" it: there it finds {point.reached:.1%} and spares {point.specificity:.1%} of the others."
    )
