"""Blend candidates: a few of them, weighted, chosen greedily on out-of-fold predictions.

Caruana et al., "Ensemble selection from libraries of models" (2004). Classifiers are blended as the weighted geometric
mean of their probabilities, softmax(Σ wₘ log pₘ); numbers as the weighted mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.calibration import log_softmax
from graft.evaluation.crossval import plan
from graft.evaluation.weights import Floats, as_weights

STEPS = 20


def blend(outputs: Sequence[NDArray[Any]], weights: NDArray[Any]) -> Floats:
    """Give log softmax(Σ wₘ log pₘ) of M arrays (N, K) of log-probabilities, or Σ wₘ pₘ of M arrays (N,) of numbers."""
    total: Floats = np.zeros(np.shape(outputs[0]), dtype=np.float64)
    for weight, out in zip(weights, outputs, strict=True):
        if weight > 0:
            total += weight * np.asarray(out, dtype=np.float64)
    return log_softmax(total) if total.ndim == 2 else total


def output_losses(targets: NDArray[Any], outputs: NDArray[Any]) -> Floats:
    """Give each sample's log loss of (N, K) log-probabilities, or squared error of (N,) numbers."""
    if np.ndim(outputs) == 2:
        return np.asarray(-outputs[np.arange(len(targets)), targets], dtype=np.float64)
    return np.asarray((np.asarray(targets) - outputs) ** 2, dtype=np.float64)


def blend_weights(
    outputs: Sequence[NDArray[Any]],
    targets: NDArray[Any],
    steps: int = STEPS,
    sample_weight: NDArray[Any] | None = None,
) -> Floats:
    """Give the (M,) weights, summing to 1, of candidates picked one by one, with replacement.

    Each step adds the candidate after which the blend's loss is lowest; of all steps the one with the lowest loss is
    kept (the earliest of equals), so the blend's loss on these samples is never above that of the best alone. Rows
    where an output is NaN are left out. Raises DataError when there is no candidate or no row.
    """
    stack = [np.asarray(out, dtype=np.float64) for out in outputs]
    if not stack or len({out.shape for out in stack}) > 1:
        raise DataError("A blend needs one or more candidates whose predictions have the same shape.")
    known = np.logical_and.reduce([np.isfinite(out).reshape(len(out), -1).all(axis=1) for out in stack])
    if not known.any():
        raise DataError("No sample has a prediction by every candidate, so there is nothing to fit a blend on.")
    stack = [out[known] for out in stack]
    y, w = np.asarray(targets)[known], as_weights(sample_weight, len(targets))[known]
    picks = np.zeros(len(stack))
    total = np.zeros_like(stack[0])
    best, kept = np.inf, picks
    for taken in range(1, steps + 1):
        losses = [w @ output_losses(y, blend([total, out], np.array([1.0, 1.0]) / taken)) / w.sum() for out in stack]
        pick = int(np.argmin(losses))
        picks = picks + np.eye(len(stack))[pick]
        total = total + stack[pick]
        if losses[pick] < best - 1e-12:
            best, kept = float(losses[pick]), picks
    return np.asarray(kept / kept.sum())


def cross_blend(
    outputs: Sequence[NDArray[Any]],
    targets: NDArray[Any],
    folds: NDArray[Any],
    steps: int = STEPS,
    sample_weight: NDArray[Any] | None = None,
) -> Floats:
    """Give the blend's out-of-fold output: for each fold, with the weights fitted on the other folds.

    The outputs are out-of-fold predictions already; fitting the weights on the same rows would flatter the blend. What
    comes back can be compared with a single candidate's output by `choose`, and has NaN in rows of fold -1.
    """
    result = np.full(np.shape(outputs[0]), np.nan)
    weight = as_weights(sample_weight, len(targets))
    for fold in plan(folds):
        inner = blend_weights([out[fold.train] for out in outputs], targets[fold.train], steps, weight[fold.train])
        result[fold.held] = blend([out[fold.held] for out in outputs], inner)
    return result
