"""Logistic regression on the columns of a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from graft.heads.columns.encoded import ENCODING, Encoded
from graft.heads.linear import LinearClassifier, affine
from graft.heads.logistic import Logistic
from graft.heads.softmax import softmax
from graft.heads.training import Training

if TYPE_CHECKING:
    from graft.heads.base import Matrix


class ColumnsLogistic(Encoded, LinearClassifier):
    """`Logistic` on the features that `Encoding` makes of columns, with its penalty and class weights."""

    name = "columns-logistic"
    rank = 30
    learned: ClassVar[dict[str, str]] = {"classes_": "K", "coef_": "K J", "intercept_": "K"} | ENCODING

    def __init__(
        self, penalty: float | None = None, class_weight: Literal["balanced"] | None = None, seed: int = 0
    ) -> None:
        self.penalty = penalty
        self.class_weight = class_weight
        self.seed = seed

    def learn(self, training: Training) -> None:
        """Learn from checked data."""
        inner = Logistic(self.penalty, self.class_weight, self.seed)
        inner.learn(replace(training, X=self.learn_encoding(training)))
        self._set_linear(inner.classes_, inner.coef_, inner.intercept_)

    def predict_proba(self, X: Matrix) -> NDArray[np.float64]:
        """Give the (N, K) class probabilities, in the order of `classes_`."""
        return softmax(affine(self.encode(X), self.coef_, self.intercept_))
