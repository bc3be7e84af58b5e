"""Classifiers solved in closed form, their penalty chosen by exact leave-one-out: one `fit` for all of them."""

from __future__ import annotations

from abc import abstractmethod
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from graft.heads.leave_out import Shrunk
from graft.heads.linear import LinearClassifier
from graft.heads.softmax import best_sharpness
from graft.heads.threads import one_thread
from graft.heads.training import Training


class ClosedForm(LinearClassifier):
    """p = softmax(b * scores), scores linear in standardized features and solved for any penalty at once.

    `penalty_` and the sharpness b have the lowest log loss of the scores that each sample gets when it, or its group,
    is left out. `path_` (M, 2) holds the penalties and these losses.
    """

    penalty_: float
    path_: NDArray[np.float64]

    def __init__(self, class_weight: Literal["balanced"] | None = None) -> None:
        self.class_weight = class_weight

    @abstractmethod
    def prepare(self, training: Training) -> Shrunk:
        """Give the method's solutions for `training`."""

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        with one_thread():
            method = self.prepare(training)
            rows, scores = method.all_left_out(len(training.classes))
            weight = method.training.weight[rows]
            best, sharpness, losses = best_sharpness(scores, training.y[rows], weight)
            self.penalty_ = float(method.candidates[best])
            coef, intercept = method.solution(self.penalty_)
        self.path_ = np.column_stack([method.candidates, losses])
        self._set_linear(training.classes, sharpness * coef, sharpness * intercept)
