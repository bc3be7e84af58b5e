"""Honest scores: on the test set, once; or, without one, of the whole procedure by nested cross-validation."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.evaluation.crossval import class_columns
from graft.evaluation.nested import Predictor, nested
from graft.evaluation.scores import Scores, score_classification, score_regression
from graft.heads.base import Classifier
from graft.model.member import FLOOR, softmax
from graft.plan.budget import Clock
from graft.plan.candidates import Candidate
from graft.plan.decide import Decision, refit, settle
from graft.plan.focus import focused_folds
from graft.plan.splitting import FOLDS
from graft.plan.trials import Ground
from graft.progress import Step

NESTED_SHARE = 0.85


def subset(ground: Ground, index: NDArray[np.int64], seed: int) -> Ground:
    """Give the ground of some samples, with folds of its own; all in fold -1 where there is too little to hold out."""
    targets, ties = ground.targets[index], ground.tied[index]
    focus = None if ground.focus is None else ground.focus[index]
    inner = focused_folds(targets, ties, ground.n_classes, seed, focus)
    return dataclasses.replace(
        ground,
        shown={key: shown[index] for key, shown in ground.shown.items()},
        targets=targets,
        tied=ties,
        folds=np.full(len(index), -1) if inner is None else inner,
        weight=ground.weight[index],
        focus=focus,
    )


def predict_with(decision: Decision, fitted: Ground, ground: Ground, held: NDArray[np.int64]) -> NDArray[np.float64]:
    """Fit what was kept on one ground and predict samples of another: (N, K) probabilities or (N,) numbers."""
    total: Any = 0.0
    for member in refit(decision, fitted):
        shown = ground.shown[member.backbone, member.view][held]
        if isinstance(member.head, Classifier):
            output = np.log(np.maximum(class_columns(member.head, shown, ground.n_classes), FLOOR))
        else:
            output = np.asarray(member.head.predict(shown), dtype=np.float64)
        total = total + member.weight * output
    return softmax(total, decision.temperature) if ground.n_classes else np.asarray(total)


def nested_output(
    candidates: Sequence[Candidate], ground: Ground, clock: Clock, seed: int, step: Step
) -> NDArray[np.float64]:
    """Give each sample's prediction by a model whose choice and fit it had no part in.

    Choosing has what fitting the choice anew, as the last fold shows, leaves of each fold's equal part of the time.
    """
    end, refits = clock.spent() + clock.share(NESTED_SHARE), [0.0]

    def procedure(train: NDArray[np.int64]) -> Predictor:
        inner = subset(ground, train, seed)
        part = (end - clock.spent()) / max(1, FOLDS + 1 - len(refits))
        decision, _, _ = settle(candidates, inner, max(0.0, part - refits[-1]))

        def predictor(held: NDArray[np.int64]) -> NDArray[np.float64]:
            begun = clock.spent()
            said = predict_with(decision, inner, ground, held)
            refits.append(clock.spent() - begun)
            return said

        return predictor

    return nested(procedure, ground.folds, step=step)


def score(
    targets: NDArray[Any], output: NDArray[np.float64], classes: tuple[str, ...], groups: Any, source: str, seed: int
) -> Scores:
    """Score (N, K) probabilities or (N,) numbers; samples without an output are left out."""
    known = np.isfinite(output).all(axis=1) if output.ndim == 2 else np.isfinite(output)
    groups = None if groups is None else groups[known]
    if classes:
        return score_classification(targets[known], output[known], classes, groups=groups, seed=seed, source=source)
    return score_regression(targets[known], output[known], groups=groups, seed=seed, source=source)
