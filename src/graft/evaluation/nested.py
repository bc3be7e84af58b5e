"""Nested cross-validation: a score of the whole procedure, choice included, on samples that took no part in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from graft.errors import DataError
from graft.evaluation.crossval import plan
from graft.evaluation.weights import Floats, Integers
from graft.progress import Step, silent

Predictor = Callable[[Integers], NDArray[Any]]
Procedure = Callable[[Integers], Predictor]


def nested(
    procedure: Procedure, folds: NDArray[Any], groups: NDArray[Any] | None = None, step: Step = silent
) -> Floats:
    """Run the whole procedure once per outer fold and give its predictions for the samples it did not have.

    `procedure(train)` gets the indices it may use, makes every choice on them, and returns `predictor(held)`, which
    gives one row (or number) for each index it is asked for. The result is (N, ...); samples of fold -1 are in every
    `train` and get NaN. `step` is told of each finished fold. Varma and Simon, "Bias in error estimation when using
    cross-validation for model selection" (2006). Raises DataError when a prediction has the wrong length.
    """
    out: Floats | None = None
    for fold in plan(folds, groups):
        predicted = np.asarray(procedure(fold.train)(fold.held), dtype=np.float64)
        if out is None:
            out = np.full((len(folds), *predicted.shape[1:]), np.nan)
        if predicted.shape != (len(fold.held), *out.shape[1:]):
            raise DataError(
                f"The predictions for outer fold {fold.number} have shape {predicted.shape}; "
                f"expected {(len(fold.held), *out.shape[1:])}."
            )
        out[fold.held] = predicted
        step()
    assert out is not None
    return out
